import type { types } from 'mediasoup'
import t from 'tap'
import { receivableBy } from '../../src/media/receivable.ts'
import { testRooms } from './test-rooms.ts'

const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid'
/** mediasoup's type lists what it knows; browsers send others, too. */
const unknownUri = 'urn:of-this-browser-alone' as types.RtpHeaderExtensionUri
const level = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'

t.test('header extensions get the numbers of the router, and feedback is what both know', async (t) => {
  await using house = await testRooms(t)
  const { rtpCapabilities: router } = (await house.enter('r', 'anne')).joined
  const numberOf = (kind: string, uri: string) =>
    router.headerExtensions?.find((one) => one.kind === kind && one.uri === uri)?.preferredId
  const browser: types.RtpCapabilities = {
    codecs: [
      {
        kind: 'video',
        mimeType: 'video/vp8',
        preferredPayloadType: 96,
        clockRate: 90_000,
        rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'made-up', parameter: '' }],
      },
      { kind: 'video', mimeType: 'video/unheard-of', preferredPayloadType: 97, clockRate: 90_000 },
    ],
    headerExtensions: [
      { kind: 'video', uri: mid, preferredId: 14 },
      { kind: 'audio', uri: level, preferredId: 13 },
      { kind: 'video', uri: unknownUri, preferredId: 12 },
    ],
  }
  const fitted = receivableBy(browser, router)
  t.strictSame(
    fitted.codecs?.map(({ mimeType, rtcpFeedback }) => ({ mimeType, rtcpFeedback })),
    [
      { mimeType: 'video/vp8', rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }] },
      { mimeType: 'video/unheard-of', rtcpFeedback: [] },
    ],
  )
  t.strictSame(
    fitted.headerExtensions?.map(({ kind, uri, preferredId }) => ({ kind, uri, preferredId })).toSorted(byUri),
    [
      { kind: 'video', uri: mid, preferredId: numberOf('video', mid) },
      { kind: 'audio', uri: level, preferredId: numberOf('audio', level) },
    ].toSorted(byUri),
  )
  t.strictSame(receivableBy(fitted, router), fitted, 'what is fitted stays as it is')
  t.strictSame(receivableBy({}, router), { codecs: [], headerExtensions: [] })
})

t.test('what a router only receives, or does not use, nobody is sent', async (t) => {
  const extension = (uri: string, preferredId: number) =>
    ({ kind: 'video', uri: uri as types.RtpHeaderExtensionUri, preferredId }) as const
  const router = {
    headerExtensions: [
      { ...extension('both-ways', 1), direction: 'sendrecv' as const },
      { ...extension('unsaid', 2) },
      { ...extension('to-the-router', 3), direction: 'recvonly' as const },
      { ...extension('unused', 4), direction: 'inactive' as const },
    ],
  }
  const browser = { headerExtensions: router.headerExtensions.map(({ uri }, n) => extension(uri, 10 + n)) }
  t.strictSame(
    receivableBy(browser, router).headerExtensions?.map(({ uri }) => uri),
    ['both-ways', 'unsaid'],
  )
})

const byUri = (a: { readonly uri: string }, b: { readonly uri: string }) => a.uri.localeCompare(b.uri)
