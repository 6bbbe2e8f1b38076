import t from 'tap'
import {
  afterLosingOne,
  breaksOf,
  defaultLimits,
  type Figures,
  objectiveNames,
} from '../../../bench/capacity/objectives.ts'
import { capacityUsage, parseCapacity } from '../../../bench/capacity/options.ts'
import { flagOf } from '../../../bench/capacity/parameters.ts'

const usual = ['--region', 'bretagne']

t.test('each objective is a flag, and what is more than it says breaks it', async (t) => {
  for (const name of objectiveNames) {
    const flag = `--${flagOf(name)}`
    t.match(capacityUsage, `${flag} `, `${flag} is told of`)
    const { limits } = parseCapacity([...usual, flag, '0.25'])
    t.strictSame(limits, { ...defaultLimits, [name]: 0.25 }, `${flag} sets this one alone`)
    const breaks = (value: number) => breaksOf({ [name]: value } as Figures, limits).map(({ objective }) => objective)
    t.strictSame([breaks(0.25), breaks(0.26), breaks(Number.NaN)], [[], [name], [name]])
  }
  t.throws(() => parseCapacity([...usual, '--message-p99-ms=-1']), { message: /--message-p99-ms takes a number/ })
  t.throws(() => parseCapacity([...usual, '--message-p98-ms', '1']))
})

t.test('what the issue of a launch is decided by is among them', async (t) => {
  const asked = ['messageP99Ms', 'offerP99Ms', 'firstFrameP95Ms', 'lossShare', 'freezeShare', 'errorShare']
  t.strictSame(
    [...asked, 'eventLoopP99Ms', 'cpuShare'].filter((name) => !(name in defaultLimits)),
    [],
  )
})

t.test('several nodes must carry the load once one of them is lost, and a single one has none to lose', async (t) => {
  const uses = { 'worker CPU': 0.5, 'event loop': 0.3, Redis: 0.4, network: 0.99, 'load generator': 0.99 }
  t.equal(afterLosingOne(uses, 1), 0.5)
  t.equal(afterLosingOne(uses, 2), 1)
  t.equal(afterLosingOne(uses, 3), 0.75)
  t.equal(afterLosingOne({ ...uses, Redis: 0.95 }, 3), 0.95, 'Redis is one, whatever is lost')
  t.equal(breaksOf({ cpuShare: afterLosingOne(uses, 2) }, defaultLimits).length, 1)
  t.equal(breaksOf({ cpuShare: afterLosingOne(uses, 3) }, defaultLimits).length, 0)
})
