import t from 'tap'
import { demandOf } from '../../../bench/capacity/demand.ts'
import { nationOnPaper, onPaper, unitsOf } from '../../../bench/capacity/extrapolation.ts'
import type { Noted } from '../../../bench/capacity/measure.ts'
import { chooseParameters } from '../../../bench/capacity/parameters.ts'

const step = (rooms: number, outcome = 'held', cores: object = {}): Noted =>
  ({
    ...{ outcome, load: { rooms }, sessions: 10 * rooms },
    watched: {
      cores: { 'worker 1': 0.01 * rooms, 'worker 2': 0.01 * rooms, redis: 0.001 * rooms, ...cores },
      nodes: [{ cores: 0.005 * rooms }],
    },
  }) as unknown as Noted

t.test('a unit costs what it did in runs that were held', async (t) => {
  const units = unitsOf([step(10), step(20), step(40), step(50, 'broken', { 'worker 1': 9 })], 1)
  t.match(units, [
    { name: 'worker core per room', cost: { value: 0.02 }, runs: 3 },
    { name: 'node core per session', runs: 3 },
    { name: 'Redis core per session', runs: 3 },
  ])
  t.ok(Math.abs((units[1]?.cost.value ?? 0) - 0.0005) < 1e-9)
  t.same(unitsOf([step(10, 'broken')], 1), [])
  const elsewhere = { ...step(10), watched: { cores: {}, nodes: [{ cores: 0.05 }] } } as unknown as Noted
  t.same(
    unitsOf([elsewhere], 1).map(({ name }) => name),
    ['node core per session'],
    'what nobody told is left out',
  )
  const [room] = unitsOf([step(10)], 1.5)
  t.ok(Math.abs((room?.cost.value ?? 0) - 0.03) < 1e-9, 'browsers cost more than a room here')
})

t.test('more people take what their demand takes, and never less', async (t) => {
  const { values: parameters } = chooseParameters({})
  const extrapolation = { units: unitsOf([step(10), step(20)], 1), parameters, margin: 0.2, cpuShare: 0.9 }
  const { rooms, sessions, cores } = onPaper(30_000, extrapolation)
  const demand = demandOf({ ...parameters, volunteers: 30_000 })
  t.equal(rooms, demand.concurrentRooms)
  t.equal(sessions, demand.sockets + 2 * rooms)
  t.equal(cores['worker core per room']?.high, Math.ceil((rooms * 1.2 * 0.02) / 0.9))
  const many = onPaper(300_000, extrapolation)
  t.ok((many.cores['worker core per room']?.low ?? 0) > (cores['worker core per room']?.high ?? 0))
})

t.test('the nation is told by nodes like those that were measured, from both ends of the interval', async (t) => {
  const { values: parameters } = chooseParameters({})
  const extrapolation = { units: unitsOf([step(10), step(20)], 1), parameters, margin: 0.2, cpuShare: 0.9 }
  const capacity = { value: 12_000, low: 10_000, high: 20_000, atLeast: false }
  const [asked, ...nation] = nationOnPaper(extrapolation, { capacity }, 1)
  t.equal(asked?.volunteers, parameters.volunteers)
  t.match(
    nation.map(({ volunteers, nodes }) => [volunteers, nodes]),
    [
      [30_000, { low: 3, high: 5 }],
      [100_000, { low: 7, high: 13 }],
      [1_483_000, { low: 90, high: 179 }],
    ],
  )
  for (const { cores } of nation) t.ok((cores['worker core per room']?.low ?? 0) > 0)
  t.ok(nationOnPaper(extrapolation, { capacity: undefined }, 1).every(({ nodes }) => nodes === undefined))
})
