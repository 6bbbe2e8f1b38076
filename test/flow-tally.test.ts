/** How counts of packets become spans in which media came. */
import t from 'tap'
import { FlowTally } from '../src/flow-tally.ts'
import type { StreamFlow } from '../src/media/flow.ts'

const stream = (packets: number, more: Partial<StreamFlow> = {}): StreamFlow => ({
  ...{ id: 'p/1', way: 'from', kind: 'audio', packets, lost: 0, score: 10, roundTripMs: 20 },
  ...more,
})

t.test('the first packets are told at once, and then a span as often as asked', async (t) => {
  const tally = new FlowTally(0, 60)
  t.equal(tally.count([], 5), undefined)
  t.match(tally.count([stream(10)], 10), { since: 5, until: 10, kinds: ['audio'], packetsFrom: 10, packetsTo: 0 })
  for (let at = 15; at < 70; at += 5) t.equal(tally.count([stream(at)], at), undefined, String(at))
  t.match(tally.count([stream(80)], 70), { since: 10, until: 70, packetsFrom: 70 })
})

t.test('a pause ends a span, and no span covers the pause', async (t) => {
  const tally = new FlowTally(0, 60)
  tally.count([stream(10)], 5)
  t.equal(tally.count([stream(20)], 10), undefined)
  t.match(tally.count([stream(20)], 15), { since: 5, until: 10, packetsFrom: 10 })
  t.equal(tally.count([stream(20)], 20), undefined)
  t.equal(tally.count([stream(30)], 25), undefined)
  t.match(tally.end(), { since: 20, until: 25, packetsFrom: 10 })
  t.equal(tally.end(), undefined)
})

t.test('a track that ends and another that begins are counted apart', async (t) => {
  const tally = new FlowTally(0, 60)
  tally.count([stream(1_000)], 5)
  tally.count([stream(5, { id: 'p/2', kind: 'video', score: 4, lost: 2, roundTripMs: 90 })], 10)
  t.match(tally.end(), { packetsFrom: 5, kinds: ['video'], score: 4, lost: 2, roundTripMs: 90 })
})

t.test('what goes to somebody who sends nothing is no media of theirs', async (t) => {
  const tally = new FlowTally(0, 60)
  t.equal(tally.count([stream(50, { way: 'to' })], 5), undefined)
  const both = [stream(60, { way: 'to' }), stream(7, { id: 'q/1' })]
  t.match(tally.count(both, 10), { packetsFrom: 7, packetsTo: 10, kinds: ['audio'] })
})
