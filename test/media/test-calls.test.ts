/** Test calls on a real worker: one for each person, a bound for the node, and nothing of them stays. */
import t from 'tap'
import { TestCalls } from '../../src/media/test-calls.ts'
import { until } from '../support/until.ts'
import { iceClient } from './ice-client.ts'
import { camera, dtls, testRooms } from './test-rooms.ts'

const { rooms } = await testRooms(t)
const callsFor = (most: number, longestMs?: number) =>
  new TestCalls({ place: () => rooms.placeTestCall(), most, ...(longestMs === undefined ? {} : { longestMs }) })
const jeanne = { session: 'session-jeanne', person: 'jeanne' }
const paul = { session: 'session-paul', person: 'paul' }

/** What this router understands of video, as a browser's own. */
const capabilities = () => ({
  codecs: camera().codecs.map((codec) => ({
    ...codec,
    kind: 'video' as const,
    preferredPayloadType: codec.payloadType,
  })),
  headerExtensions: [],
})

t.test('what is sent comes back, over UDP and over TCP; it is there for no room', async (t) => {
  using calls = callsFor(2)
  const { call: id } = await calls.start(jeanne)
  const call = calls.of(jeanne.session, id)
  for (const protocol of ['udp', 'tcp'] as const) {
    const client = await iceClient(t, await call.openTransport(), (candidate) => candidate.protocol === protocol)
    client.stop()
  }
  const [sending, receiving] = [await call.openTransport(), await call.openTransport()]
  await call.connectTransport(sending.id, dtls)
  const producer = await call.produce({ transport: sending.id, rtpParameters: camera() })
  const rtpCapabilities = capabilities()
  const echo = await call.consume({ transport: receiving.id, producer, rtpCapabilities })
  t.ok(echo.rtpParameters.codecs.length > 0)
  await t.rejects(call.consume({ transport: receiving.id, producer, rtpCapabilities }), { code: 'CONFLICT' })
  await t.rejects(call.produce({ transport: sending.id, rtpParameters: camera() }), { code: 'CONFLICT' })
  await t.rejects(call.consume({ transport: receiving.id, producer: 'another', rtpCapabilities }), { code: 'GONE' })
  t.equal(rooms.stats().rooms, 0)
})

t.test('a call has as many transports as it needs, and no more', async (t) => {
  using calls = callsFor(1)
  const call = calls.of(jeanne.session, (await calls.start(jeanne)).call)
  for (let n = 0; n < 8; n += 1) await call.openTransport()
  await t.rejects(call.openTransport(), { code: 'CONFLICT' })
})

t.test('a second call of a person ends the first; beyond the bound of a node others wait', async (t) => {
  using calls = callsFor(1)
  const first = await calls.start(jeanne)
  await t.rejects(calls.start(paul), { code: 'UNAVAILABLE', retryAfterMs: Number })
  const second = await calls.start({ ...jeanne, session: 'session-other' })
  t.throws(() => calls.of(jeanne.session, first.call), { code: 'GONE' })
  t.throws(() => calls.of(jeanne.session, second.call), { code: 'GONE' }, 'nor is it of another session')
  calls.end(jeanne.session, second.call)
  t.equal(calls.size, 1, 'which cannot end it either')
  calls.leave('session-other')
  t.equal(calls.size, 0)
  await calls.start(paul)
  t.equal(calls.refused, 1)
})

t.test('many at once never get beyond the bound', async (t) => {
  using calls = callsFor(3)
  const people = Array.from({ length: 12 }, (_, n) => ({ session: `s-${n}`, person: `p-${n}` }))
  const started = await Promise.allSettled(people.map((one) => calls.start(one)))
  t.equal(started.filter(({ status }) => status === 'fulfilled').length, 3)
  t.equal(calls.size, 3)
})

t.test('a call ends by itself', async () => {
  using calls = callsFor(1, 50)
  await calls.start(jeanne)
  await until(() => calls.size === 0, { what: 'its end' })
})
