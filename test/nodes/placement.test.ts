import fc from 'fast-check'
import t from 'tap'
import { FreeCpu } from '../../src/nodes/free-cpu.ts'
import { chooseNode, cpuPerRoom, expectedFree, type NodeLoad, worthMoving } from '../../src/nodes/placement.ts'

const load = (node: string, freeCpu: number, more: Partial<NodeLoad> = {}): NodeLoad => ({
  ...{ node, freeCpu, rooms: 0, promised: 0, draining: false },
  ...more,
})
const draining = true

t.test(
  'a room goes to the node that has most time left, and stays where it is asked for when that is near',
  async (t) => {
    const table: [loads: NodeLoad[], expected: string | undefined, why: string][] = [
      [[], undefined, 'no node, no place'],
      [[load('a', 2)], 'a', 'the only one'],
      [[load('a', 0)], 'a', 'the only one, though it is busy'],
      [[load('a', 2), load('b', 2)], 'a', 'equal: no second connection'],
      [[load('a', 1.9), load('b', 2)], 'a', 'too near to be worth a second connection'],
      [[load('a', 1), load('b', 2)], 'b', 'the one with time left'],
      [[load('a', 2, { draining }), load('b', 0)], 'b', 'one that is drained takes nothing, however idle'],
      [[load('a', 2, { draining }), load('b', 2, { draining })], undefined, 'all drained'],
      [[load('a', 2, { promised: 130 }), load('b', 2)], 'b', 'what was given to it counts before it shows'],
      [[load('b', 2), load('c', 2, { rooms: 1 })], 'b', 'asked at a node that is not there: fewer rooms'],
      [[load('c', 2), load('b', 2)], 'b', 'and then the name, so that all choose alike'],
    ]
    for (const [loads, expected, why] of table) t.equal(chooseNode(loads, 'a'), expected, why)
  },
)

const loads = fc.uniqueArray(
  fc.record({
    node: fc.constantFrom(...'abcdefgh'),
    freeCpu: fc.double({ min: 0, max: 16, noNaN: true }),
    rooms: fc.nat(500),
    promised: fc.nat(300),
    draining: fc.boolean(),
  }),
  { selector: ({ node }) => node, maxLength: 8 },
)

t.test('no drained node is chosen, and none while another has much more time left', async (t) => {
  fc.assert(
    fc.property(loads, (all) => {
      const open = all.filter((one) => !one.draining)
      const chosen = open.find(({ node }) => node === chooseNode(all, 'a'))
      if (open.length === 0) return chooseNode(all, 'a') === undefined
      if (chosen === undefined) return false
      return open.every((other) => expectedFree(other) - expectedFree(chosen) <= worthMoving)
    }),
  )
  t.pass('for any loads')
})

t.test('all nodes choose alike for one that is not among them', async (t) => {
  fc.assert(
    fc.property(loads, fc.nat(), (all, by) => {
      const turned = [...all.slice(by % (all.length || 1)), ...all.slice(0, by % (all.length || 1))]
      return chooseNode(all, 'z') === chooseNode(turned, 'z')
    }),
  )
  t.pass('whatever the order')
})

t.test('a burst of rooms at one node spreads before any figure changes', async (t) => {
  const promised = new Map([
    ['a', 0],
    ['b', 0],
    ['c', 0],
  ])
  for (let n = 0; n < 300; n += 1) {
    const now = [...promised].map(([node, count]) => load(node, 4, { promised: count }))
    const chosen = chooseNode(now, 'a') ?? ''
    promised.set(chosen, (promised.get(chosen) ?? 0) + 1)
  }
  const counts = [...promised.values()]
  t.equal(
    counts.reduce((sum, count) => sum + count),
    300,
  )
  t.ok(Math.max(...counts) - Math.min(...counts) <= worthMoving / cpuPerRoom + 2, counts.join(', '))
})

t.test('free time is what workers have not used since they were asked before', async (t) => {
  const free = new FreeCpu()
  t.equal(
    free.measure(
      [
        { pid: 1, cpuSeconds: 10 },
        { pid: 2, cpuSeconds: 5 },
      ],
      1_000,
    ),
    2,
    'nothing is known yet',
  )
  t.equal(
    free.measure(
      [
        { pid: 1, cpuSeconds: 10.75 },
        { pid: 2, cpuSeconds: 5 },
      ],
      2_000,
    ),
    1.25,
  )
  t.equal(free.measure([], 2_010), 1.25, 'asked at once again: as before')
  t.equal(free.measure([{ pid: 3, cpuSeconds: 1 }], 3_000), 1, 'a new worker in place of two that died')
  t.equal(free.measure([{ pid: 3, cpuSeconds: 9 }], 4_000), 0, 'never below nothing')
})
