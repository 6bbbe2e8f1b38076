/** What the counters of browsers say about a line. */
import t from 'tap'
import { count, figuresOf } from '../../client/call-figures.ts'

const sending = (packetsSent: number, bytesSent: number, packetsLost: number, roundTripTime?: number) => [
  { type: 'outbound-rtp', packetsSent, bytesSent, headerBytesSent: 0 },
  { type: 'remote-inbound-rtp', packetsLost, ...(roundTripTime === undefined ? {} : { roundTripTime }) },
  { type: 'candidate-pair', state: 'succeeded', nominated: true, totalRoundTripTime: 0.4, responsesReceived: 4 },
  { type: 'candidate-pair', state: 'failed', nominated: false, totalRoundTripTime: 9, responsesReceived: 1 },
]
const receiving = (packetsReceived: number, bytesReceived: number, packetsLost: number) => [
  { type: 'inbound-rtp', packetsReceived, bytesReceived, headerBytesReceived: 0, packetsLost },
  { type: 'codec' },
]

t.test('figures are of the time in between', async (t) => {
  const before = count(1_000, sending(100, 50_000, 10), receiving(90, 45_000, 3))
  const after = count(5_000, sending(1_100, 550_000, 60, 0.05), receiving(990, 495_000, 53))
  t.same(figuresOf(before, after), {
    roundTripMs: 50,
    lostUpPermille: 50,
    lostDownPermille: 53,
    upKbps: 950,
    downKbps: 900,
  })
})

t.test('a browser that tells no round trip of reports has that of its checks', async (t) => {
  const before = count(0, sending(1, 1, 0), receiving(1, 1, 0))
  t.equal(figuresOf(before, count(1_000, sending(2, 2, 0), receiving(2, 2, 0)))?.roundTripMs, 100)
})

t.test('a line on which nothing comes back has no figures', async (t) => {
  const before = count(0, sending(10, 10, 0), receiving(0, 0, 0))
  t.equal(figuresOf(before, count(1_000, sending(90, 90, 0), [])), undefined)
  t.equal(figuresOf(before, before), undefined)
})

t.test('counts that go back, as after a late packet, are no negative loss', async (t) => {
  const before = count(0, sending(10, 10, 5), receiving(10, 10, 5))
  const figures = figuresOf(before, count(1_000, sending(20, 20, 0), receiving(20, 20, 0)))
  t.match(figures, { lostUpPermille: 0, lostDownPermille: 0 })
})
