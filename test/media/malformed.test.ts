import t from 'tap'
import {
  checkDtlsParameters,
  checkRtpCapabilities,
  checkRtpParameters,
  checkSrtpParameters,
} from '../../src/media/parameters.ts'
import { h264 } from './mutations.ts'
import { camera, dtls, microphone, send, testRooms } from './test-rooms.ts'

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
