import fc from 'fast-check'
import t from 'tap'
import { expectedConsumers, leastLoaded, weigh } from '../../src/media/placement.ts'

const load = (...consumers: number[]) => ({ rooms: consumers.map((count) => ({ consumers: count })) })

t.test('a new room goes to the worker that forwards least', async (t) => {
  const table: [loads: ReturnType<typeof load>[], expected: number | undefined, why: string][] = [
    [[], undefined, 'no worker, no place'],
    [[load()], 0, 'the only one'],
    [[load(), load()], 0, 'the first of equals'],
    [[load(4), load()], 1, 'the idle one'],
    [[load(4, 4), load(4), load(4, 4)], 1, 'the one with fewer 1:1 rooms'],
    [[load(100), load(4, 4, 4)], 1, 'three talks are less than one workshop'],
    [[load(0, 0), load(4)], 1, 'rooms just opened count as the talks they will be'],
    [[load(0), load(1), load(3)], 0, 'a room with one person weighs as much as an empty one'],
    [[load(8), load(4, 4)], 0, 'equal weights: the first'],
  ]
  for (const [loads, expected, why] of table) t.equal(leastLoaded(loads), expected, why)
})

t.test('a burst of rooms that are all still empty spreads evenly', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 0, max: 200 }), (workers, rooms) => {
      const loads = Array.from({ length: workers }, () => ({ rooms: [] as { consumers: number }[] }))
      for (let n = 0; n < rooms; n += 1) loads[leastLoaded(loads) ?? -1]?.rooms.push({ consumers: 0 })
      const counts = loads.map((each) => each.rooms.length)
      return Math.max(...counts) - Math.min(...counts) <= 1
    }),
  )
  t.pass('no worker has two more than another')
})

t.test('no worker is chosen while another weighs less', async (t) => {
  const rooms = fc.array(fc.record({ consumers: fc.integer({ min: 0, max: 2_450 }) }), { maxLength: 20 })
  fc.assert(
    fc.property(fc.array(fc.record({ rooms }), { minLength: 1, maxLength: 12 }), (loads) => {
      const chosen = loads[leastLoaded(loads) ?? -1]
      return chosen !== undefined && loads.every((other) => weigh(chosen) <= weigh(other))
    }),
  )
  t.equal(weigh(load(0)), expectedConsumers)
})
