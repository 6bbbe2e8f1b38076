import fc from 'fast-check'
import t from 'tap'
import { defaultLimits } from '../../bench/capacity/objectives.ts'
import { expiresSoonMs, objectivesOf, usualObjectives, warningsOf } from '../../src/capacity/margin.ts'
import type {
  CertificateSummary,
  NodeLoad,
  OperatedNode,
  OperatorLoad,
  RegionLoad,
} from '../../src/protocol/operator.ts'

type Load = Omit<OperatorLoad, 'objectives' | 'warnings'>
const at = 1_800_000_000_000
const dayMs = 86_400_000

const own: NodeLoad = {
  ...{ connections: 10, sessions: 10, eventLoopP99Ms: 11, cpu: 0.1, memoryBytes: 1, outboxBytes: 0, files: 0.01 },
  ...{ workers: 2, workerCpu: 0.1, regions: [] },
}
const nodeOf = (more: Partial<NodeLoad> = {}, rest: Partial<OperatedNode> = {}): OperatedNode => ({
  ...{ name: 'one', draining: false, silent: false, silentMs: 0, rooms: 1, participants: 2 },
  load: { ...own, ...more },
  ...rest,
})
const certificate: CertificateSummary = {
  ...{ id: 'c', issuedAt: at - dayMs, expiresAt: at + 30 * dayMs, verdict: 'LAUNCH', nodes: 1 },
  objectives: { eventLoopP99Ms: 100, cpuShare: 0.8 },
  carried: { sockets: 1_000, rooms: 100, messagesPerSecond: 50 },
}
const regionOf = (more: Partial<RegionLoad> = {}): RegionLoad => ({
  ...{ region: 'bretagne', name: 'Bretagne', status: 'open', enrolled: 10, sockets: 10, callbacksWaiting: 0 },
  ...{ rooms: 1, participants: 2, messagesPerSecond: 1 },
  cap: { capacity: 1_000, certificate: 'c', expiresAt: certificate.expiresAt, setAt: at, setBy: 'denis' },
  certificate,
  ...more,
})
const loadOf = (more: Partial<Load> = {}): Load => ({
  ...{ at, regions: [regionOf()], nodes: [nodeOf()] },
  redis: { available: true, cpu: 0.1, memoryBytes: 100, memoryLimitBytes: 1_000 },
  ...more,
})
const told = (load: Load) => warningsOf(load, objectivesOf(load)).map(({ of, is }) => `${of} ${is}`)
const ofRegion = (more: Partial<RegionLoad>) => told(loadOf({ regions: [regionOf(more)] }))
const ofNode = (more: Partial<NodeLoad>, rest: Partial<OperatedNode> = {}) =>
  told(loadOf({ nodes: [nodeOf(more, rest)] }))

t.test('a deployment far from its limits is told of none', async (t) => {
  t.strictSame(told(loadOf()), [])
})

t.test('places are near at four fifths, and reached when the last is taken', async (t) => {
  t.strictSame(ofRegion({ enrolled: 799 }), [])
  t.strictSame(ofRegion({ enrolled: 800 }), ['places near'])
  t.strictSame(ofRegion({ enrolled: 999 }), ['places near'])
  t.strictSame(ofRegion({ enrolled: 1_000 }), ['places reached'])
  const cap = { capacity: 0, certificate: 'c', expiresAt: certificate.expiresAt, setAt: at, setBy: 'x' }
  t.strictSame(ofRegion({ enrolled: 0, cap }), ['places reached'], 'a certificate that lets nobody in')
})

t.test('a certificate is told of a week before it ends, and once it has', async (t) => {
  const ending = (expiresAt: number) => {
    const cap = { capacity: 1_000, certificate: 'c', expiresAt, setAt: at, setBy: 'x' }
    return ofRegion({ cap })
  }
  t.strictSame(ending(at + expiresSoonMs + 1), [])
  t.strictSame(ending(at + expiresSoonMs), ['certificate near'])
  t.strictSame(ending(at), ['certificate reached'])
})

t.test('a region without a certificate is told of once somebody is followed', async (t) => {
  const { cap: _, certificate: __, ...without } = regionOf()
  t.strictSame(told(loadOf({ regions: [without] })), ['uncertified near'])
  t.strictSame(told(loadOf({ regions: [{ ...without, enrolled: 0 }] })), [])
})

t.test('the load of a region is held against what its certificate carries', async (t) => {
  t.strictSame(ofRegion({ sockets: 799, rooms: 79, messagesPerSecond: 39.9 }), [])
  t.strictSame(ofRegion({ sockets: 800, rooms: 80, messagesPerSecond: 40 }), [
    'sockets near',
    'rooms near',
    'messages near',
  ])
  t.strictSame(ofRegion({ sockets: 1_000, rooms: 100, messagesPerSecond: 50 }), [
    'sockets reached',
    'rooms reached',
    'messages reached',
  ])
  const { certificate: _, ...byHand } = regionOf({ sockets: 9_999 })
  t.strictSame(told(loadOf({ regions: [byHand] })), [], 'nothing was measured')
})

t.test('a certificate of several nodes does not hold for fewer', async (t) => {
  const regions = [regionOf({ certificate: { ...certificate, nodes: 2 } })]
  const two = nodeOf({}, { name: 'two' })
  t.strictSame(told(loadOf({ regions })), ['nodes reached'])
  t.strictSame(told(loadOf({ regions, nodes: [nodeOf(), two] })), [])
  t.strictSame(told(loadOf({ regions, nodes: [nodeOf(), { ...two, draining: true }] })), ['nodes reached'])
})

t.test('a node is held against the strictest objectives in force', async (t) => {
  t.strictSame(ofNode({ eventLoopP99Ms: 79 }), [])
  t.strictSame(ofNode({ eventLoopP99Ms: 80 }), ['eventLoop near'])
  t.strictSame(ofNode({ eventLoopP99Ms: 100 }), ['eventLoop reached'])
  t.strictSame(ofNode({ cpu: 0.65, workerCpu: 0.8 }), ['workerCpu reached', 'nodeCpu near'], 'what is reached first')
  t.strictSame(ofNode({ files: 0.8 }), ['files near'])
  t.strictSame(ofNode({ files: 0.95 }), ['files reached'])
  t.strictSame(ofNode({ workers: 0, workerCpu: 0 }), ['workers reached'])
  const stricter = regionOf({ certificate: { ...certificate, objectives: { eventLoopP99Ms: 50 } } })
  const objectives = objectivesOf(loadOf({ regions: [regionOf(), stricter] }))
  t.strictSame(objectives, { eventLoopP99Ms: 50, cpuShare: 0.8, nodeCpuShare: 0.8 })
  const over = regionOf({ certificate: { ...certificate, expiresAt: at } })
  t.match(objectivesOf(loadOf({ regions: [over] })), usualObjectives, 'one that is over asks for nothing')
})

t.test('without a certificate the defaults of the command that measures hold', async (t) => {
  const { eventLoopP99Ms, cpuShare } = defaultLimits
  t.strictSame(usualObjectives, { eventLoopP99Ms, cpuShare })
})

t.test('of several nodes one may be lost: the others have its work then', async (t) => {
  const nodes = [nodeOf({ cpu: 0.41 }), nodeOf({}, { name: 'two' })]
  t.equal(objectivesOf(loadOf({ nodes })).nodeCpuShare, 0.4)
  t.strictSame(told(loadOf({ nodes })), ['nodeCpu reached'])
  t.strictSame(told(loadOf({ nodes: nodes.slice(0, 1) })), [])
})

t.test('a silent node and a Redis that is away are told of, and nothing that they said before', async (t) => {
  t.strictSame(ofNode({ eventLoopP99Ms: 9_999 }, { silent: true, silentMs: 3_000 }), [
    'silent reached',
    'nodes reached',
  ])
  t.strictSame(told(loadOf({ redis: { available: false } })), ['redis reached'])
  const full = { available: true, cpu: 0.8, memoryBytes: 949, memoryLimitBytes: 1_000 }
  t.strictSame(told(loadOf({ redis: full })), ['redisCpu reached', 'redisMemory near'])
  t.strictSame(told(loadOf({ redis: { ...full, memoryBytes: 950, cpu: 0 } })), ['redisMemory reached'])
})

t.test('more load never takes a warning away, and what is reached stands before what is near', async () => {
  const amount = fc.double({ min: 0, max: 2, noNaN: true })
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 0, max: 2_000 }), amount, (cpu, more, enrolled, redisCpu) => {
      const at = (factor: number) =>
        loadOf({
          nodes: [nodeOf({ cpu: cpu * factor, workerCpu: cpu * factor, eventLoopP99Ms: 100 * cpu * factor })],
          regions: [regionOf({ enrolled: Math.round(enrolled * factor) })],
          redis: { available: true, cpu: redisCpu * factor },
        })
      const of = (load: Load) => warningsOf(load, objectivesOf(load))
      const [less, greater] = [of(at(1)), of(at(1 + more))]
      const ranks = greater.map(({ is }) => (is === 'reached' ? 0 : 1))
      return (
        less.every(({ of }) => greater.some((other) => other.of === of)) &&
        ranks.every((rank, n) => rank >= (ranks[n - 1] ?? 0))
      )
    }),
  )
})
