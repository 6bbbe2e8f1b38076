import fc from 'fast-check'
import t from 'tap'
import {
  checkDtlsParameters,
  checkRtpCapabilities,
  checkRtpParameters,
  checkSrtpParameters,
} from '../../src/media/parameters.ts'
import { VisavisError } from '../../src/protocol/index.ts'
import { changes, h264, mutate } from './mutations.ts'
import { camera, dtls, type Guest, microphone, send, testRooms } from './test-rooms.ts'

const long = process.env.VISAVIS_TEST_LONG !== undefined
const runs = long ? 50_000 : 2_000

t.test('what browsers send passes, without the properties mediasoup does not know', async (t) => {
  const checked = checkRtpParameters(camera())
  t.strictSame(checked.encodings?.[0], { rid: 'r0', maxBitrate: 150_000, scalabilityMode: 'L1T3', dtx: false })
  t.strictSame(checked.codecs, camera().codecs)
  t.strictSame(checkRtpParameters(microphone()), microphone())
  t.strictSame(checkDtlsParameters({ ...dtls, setup: 'active' }), dtls)
})

t.test('what would leave a serializer half-way is refused before it gets there', async (t) => {
  const encoding = (change: object) => ({ ...camera(), encodings: [{ ...camera().encodings?.[0], ...change }] })
  const wrong: [check: (value: unknown) => unknown, value: unknown][] = [
    [checkRtpParameters, encoding({ maxBitrate: 1.5 })],
    [checkRtpParameters, encoding({ maxBitrate: 'x' })],
    [checkRtpParameters, encoding({ ssrc: 2 ** 32 })],
    [checkRtpParameters, encoding({ rid: '' })],
    [checkRtpParameters, encoding({ scalabilityMode: 'L99T99' })],
    [checkRtpParameters, { ...camera(), codecs: [] }],
    [checkRtpParameters, { ...camera(), codecs: [{ ...h264[0], payloadType: 128 }] }],
    [checkRtpParameters, { ...camera(), codecs: [{ ...h264[0], parameters: { a: { b: 1 } } }] }],
    [checkRtpParameters, null],
    [checkRtpParameters, []],
    [checkRtpCapabilities, { codecs: [null] }],
    [checkRtpCapabilities, 'x'],
    [checkDtlsParameters, { fingerprints: [] }],
    [checkDtlsParameters, { fingerprints: [{ algorithm: 'sha-512', value: dtls.fingerprints[0]?.value }] }],
    [checkDtlsParameters, { fingerprints: [{ algorithm: 'md5', value: 'AB' }] }],
    [checkDtlsParameters, { ...dtls, role: 'both' }],
    [checkSrtpParameters, { cryptoSuite: 'AES_CM_128_HMAC_SHA1_32', keyBase64: 'A'.repeat(60) }],
    [checkSrtpParameters, {}],
  ]
  for (const [check, value] of wrong) t.throws(() => check(value), { code: 'BAD_REQUEST' }, JSON.stringify(value))
})

t.test('one client’s malformed parameters do not stop its worker serving everybody else', async (t) => {
  await using house = await testRooms(t)
  const { participant } = await house.enter('r', 'mallory')
  const { id: transport } = await participant.openTransport('send')
  const rtpParameters = { ...camera(), encodings: [{ rid: 'r0', maxBitrate: 1.5 }] }
  await t.rejects(participant.produce({ transport, kind: 'video', source: 'camera', rtpParameters }), {
    code: 'BAD_REQUEST',
  })
  await send(await house.enter('elsewhere', 'anne'))
})

t.test(`${runs} malformed parameters never kill a worker, and are answered with documented errors`, async (t) => {
  await using house = await testRooms(t)
  const [before] = house.rooms.stats().workers
  const other = await house.enter('r', 'other')
  const { id: sending } = await other.participant.openTransport('send')
  const foreign = await Promise.all([
    other.participant.produce({ transport: sending, kind: 'audio', source: 'microphone', rtpParameters: microphone() }),
    other.participant.produce({ transport: sending, kind: 'video', source: 'camera', rtpParameters: camera() }),
  ])
  const counts = new Map<string, number>()
  /** The transports of the guest that tries; made anew when one of them has been connected. */
  let guest: Guest = await house.enter('r', 'mallory')
  let transport = ''
  const renew = async () => {
    guest = await house.enter('r', 'mallory')
    transport = (await guest.participant.openTransport('send')).id
    await guest.participant.openTransport('receive')
  }
  await renew()
  const capabilities = guest.joined.rtpCapabilities
  const wide = { ...camera(), codecs: [...camera().codecs, ...h264] }
  const acts: ((change: <T>(document: T) => T) => Promise<unknown>)[] = [
    (change) => guest.participant.connectTransport(transport, change(dtls)).then(renew),
    ...[microphone(), camera(), wide].map((document) => (change: <T>(document: T) => T) => {
      const audio = document.codecs[0]?.mimeType === 'audio/opus'
      const kind = audio ? 'audio' : 'video'
      const source = audio ? 'microphone' : 'camera'
      return guest.participant.produce({ transport, kind, source, rtpParameters: change(document) })
    }),
    ...foreign.map(
      (producer) => (change: <T>(document: T) => T) => guest.participant.consume(producer, change(capabilities)),
    ),
  ]

  await fc.assert(
    fc.asyncProperty(fc.nat(acts.length - 1), changes, async (which, list) => {
      const outcome = await acts[which]?.((document) => mutate(document, list)).then(
        () => 'accepted',
        (error: unknown) => (error instanceof VisavisError ? error.code : Promise.reject(error)),
      )
      counts.set(outcome ?? '', (counts.get(outcome ?? '') ?? 0) + 1)
      if (house.rooms.stats().workerDeaths > 0) throw new Error('the worker died')
      if (!['accepted', 'BAD_REQUEST', 'UNSUPPORTED', 'CONFLICT'].includes(outcome ?? '')) throw new Error(outcome)
    }),
    { numRuns: runs },
  )
  t.comment(JSON.stringify(Object.fromEntries(counts)))
  t.ok((counts.get('accepted') ?? 0) > runs / 50, 'some were still good enough to reach the worker')

  await house.rooms.leave('r', 'mallory')
  t.match(house.rooms.stats(), { participants: 1, transports: 1, producers: 2, consumers: 0, workerDeaths: 0 })
  t.equal(house.rooms.stats().workers[0]?.pid, before?.pid)
  await send(await house.enter('r', 'anne'), 'camera')
})
