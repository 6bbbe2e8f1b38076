import fc from 'fast-check'
import t from 'tap'
import { demandOf, formulas } from '../../../bench/capacity/demand.ts'
import { capacityUsage, parseCapacity } from '../../../bench/capacity/options.ts'
import {
  chooseParameters,
  flagOf,
  isPreset,
  parameterNames,
  parameters,
  presets,
} from '../../../bench/capacity/parameters.ts'

const demand = (flags: Parameters<typeof chooseParameters>[0]) => demandOf(chooseParameters(flags).values)

t.test('every parameter has a source, and what a flag gave says so', async (t) => {
  const { given } = chooseParameters({ volunteers: 5_000 }, 'trial-2014')
  t.equal(given.length, parameterNames.length)
  for (const { name, source } of given) t.ok(source.length > 5, `${name}: ${source}`)
  t.equal(given.find(({ name }) => name === 'volunteers')?.source, 'given by flag')
  t.match(given.find(({ name }) => name === 'portfolio')?.source, /Les Echos/)
  t.equal(given.find(({ name }) => name === 'onlineShare')?.source, 'assumption')
})

t.test('every parameter is a flag, told of with its unit, its default and where that is from', async (t) => {
  for (const name of parameterNames) {
    const { default: usual, unit, source } = parameters[name]
    const [line = ''] = capacityUsage.split('\n').filter((text) => text.startsWith(`  --${flagOf(name)} `))
    t.ok(line.includes(unit) && line.includes(`(${usual}; ${source})`), `--${flagOf(name)}: ${line}`)
    const { given, parameters: read } = parseCapacity(['--region', 'bretagne', `--${flagOf(name)}`, String(usual)])
    t.equal(read[name], usual)
    t.strictSame(
      given.filter(({ source }) => source === 'given by flag').map(({ name }) => name),
      [name],
    )
  }
})

t.test('what cannot be is refused by the name of its flag', async (t) => {
  t.throws(() => chooseParameters({ onShift: 2 }), { message: /--on-shift takes/ })
  t.throws(() => chooseParameters({ volunteers: Number.NaN }), { message: /--volunteers takes/ })
  t.throws(() => chooseParameters({ registered: 10, volunteers: 11 }), { message: /more --volunteers/ })
  t.notOk(isPreset('toString'))
})

t.test('the trial of 2014 has its 91 advisors', async (t) => {
  const trial = demandOf(chooseParameters({}, 'trial-2014').values)
  t.equal(trial.advisors, 91)
  t.ok(trial.concurrentRooms <= trial.advisorsOnShift)
  for (const name of Object.keys(presets)) t.ok(isPreset(name))
})

t.test(
  'the worked example of the model: 15,000 volunteers once a month, half an hour, a fifth in the busy hour',
  async (t) => {
    const { appointmentsPerDay, rooms } = demand({
      ...{ registered: 300_000, volunteers: 15_000, onShift: 1, appointmentsPerMonth: 1, appointmentMinutes: 30 },
      ...{ overrunShare: 0, callbacksPerMonth: 0 },
    })
    t.equal(appointmentsPerDay, 750)
    t.equal(rooms.mean, 75)
    t.equal(rooms.starting, 75)
  },
)

t.test('advisors cap the rooms, and what does not fit is told', async (t) => {
  const { rooms, advisorsOnShift } = demand({ appointmentsPerMonth: 4 })
  t.equal(rooms.most, advisorsOnShift)
  t.ok(rooms.turnedAway > 0.2)
})

t.test('never more rooms than advisors on shift, and every figure has its formula', async (t) => {
  fc.assert(
    fc.property(
      fc.record({
        volunteers: fc.integer({ min: 1, max: 50_000 }),
        portfolio: fc.integer({ min: 20, max: 400 }),
        appointmentsPerMonth: fc.double({ min: 0, max: 4, noNaN: true }),
        appointmentMinutes: fc.integer({ min: 10, max: 90 }),
        callbacksPerMonth: fc.double({ min: 0, max: 4, noNaN: true }),
        overrunShare: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      (flags) => {
        const { rooms, advisorsOnShift, jobseekersOnline, sockets, callbackWaits } = demand(flags)
        return (
          rooms.most <= advisorsOnShift &&
          rooms.mean <= rooms.most &&
          rooms.p99 <= rooms.most &&
          rooms.starting <= advisorsOnShift &&
          sockets === jobseekersOnline + advisorsOnShift &&
          callbackWaits >= 0 &&
          callbackWaits <= 1
        )
      },
    ),
    { numRuns: 60 },
  )
  const figures = Object.keys(demand({})).filter((name) => name !== 'rooms')
  t.strictSame(figures.sort(), Object.keys(formulas).sort())
  for (const { least, most, default: usual } of Object.values(parameters)) t.ok(usual >= least && usual <= most)
})
