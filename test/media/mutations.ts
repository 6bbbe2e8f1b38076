/** Malformed copies of what browsers send: what a broken or hostile client might. */
import fc from 'fast-check'
import type { types } from 'mediasoup'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Values of the wrong type, out of range, or that trip a serializer. */
const odd: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constantFrom(undefined, null, true, false, '', [], {}, [[]], [null], [{}]),
  fc.constantFrom(0, -1, 1.5, 127, 128, 255, 256, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 1e308, -1e308),
  fc.constantFrom('\0', '\u{1f600}', '\ud800', 'x'.repeat(300), 'x'.repeat(70_000), '__proto__', '-1', 'NaN'),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
)

/** Values that are right somewhere else: they get past a check of shape, and meet the worker. */
const plausible: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(96, 97, 98, 100, 101, 102, 103, 104, 111, 126, 127, 0, 1, 2, 8_000, 48_000, 90_000, 1_111_111_111),
  fc.constantFrom('audio/opus', 'video/VP8', 'video/rtx', 'video/H264', 'video/VP9', 'video/AV1', 'audio/PCMU'),
  fc.constantFrom('L1T1', 'L1T3', 'L3T3', 'L3T3_KEY', 'S3T3', 'L2T2h', 'r0', 'r1', 'probator', '0', '1'),
  fc.constantFrom('nack', 'pli', 'ccm', 'fir', 'goog-remb', 'transport-cc', 'audio', 'video', 'sendrecv', 'inactive'),
  fc.constantFrom('42e01f', '640032', '4d0032', 'auto', 'client', 'server', 'sha-1', 'sha-256', 'sha-512'),
  fc.constantFrom('urn:ietf:params:rtp-hdrext:sdes:mid', 'urn:3gpp:video-orientation', 'urn:nobody:knows'),
  fc.constantFrom<Json>({ apt: 96 }, { apt: 97 }, { apt: 111 }, { apt: 'x' }, { 'profile-level-id': 1 }),
)

type Change = {
  at: number
  how: 'odd' | 'plausible' | 'delete' | 'repeat' | 'swap'
  odd: Json | undefined
  plausible: Json
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('odd', 'plausible', 'plausible', 'delete', 'repeat', 'swap'),
  odd,
  plausible,
})

/** One to four changes; replayed by the seed that fast-check prints. */
export const changes: fc.Arbitrary<Change[]> = fc.array(change, { minLength: 1, maxLength: 4 })

/** A copy with the changes made, each at some place of the document as it is by then. */
export function mutate<T>(document: T, list: readonly Change[]): T {
  let copy = structuredClone(document) as Json
  for (const each of list) {
    const places = walk(copy)
    const place = places[each.at % (places.length + 1)]
    // Cloned: fast-check gives the same object again, and it becomes part of what later changes alter.
    const change = structuredClone(each)
    if (place === undefined) copy = change.odd ?? null
    else apply(place, change)
  }
  // As it would arrive: JSON has neither `undefined` nor lone prototypes.
  return JSON.parse(JSON.stringify(copy) ?? 'null') as T
}

interface Place {
  readonly holder: Json[] | { [key: string]: Json }
  readonly key: string
}

function walk(value: Json): Place[] {
  if (value === null || typeof value !== 'object') return []
  return Object.keys(value).flatMap((key) => [
    { holder: value, key },
    ...walk((value as { [key: string]: Json })[key] ?? null),
  ])
}

function apply({ holder, key }: Place, { how, odd, plausible }: Change): void {
  const object = holder as { [key: string]: Json | undefined }
  if (how === 'odd') object[key] = odd
  if (how === 'plausible') object[key] = plausible
  if (how === 'delete') delete object[key]
  if (!Array.isArray(holder)) return
  const copy = structuredClone(holder[Number(key)] ?? null)
  if (how === 'repeat') for (let n = 0; n < 5; n += 1) holder.push(structuredClone(copy))
  if (how === 'swap') holder.reverse()
}

/** H264 beside VP8, so that several codecs meet in one document. */
export const h264: types.RtpCodecParameters[] = [
  {
    mimeType: 'video/H264',
    payloadType: 103,
    clockRate: 90_000,
    parameters: { 'level-asymmetry-allowed': 1, 'packetization-mode': 1, 'profile-level-id': '42e01f' },
    rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
  },
  { mimeType: 'video/rtx', payloadType: 104, clockRate: 90_000, parameters: { apt: 103 }, rtcpFeedback: [] },
]
