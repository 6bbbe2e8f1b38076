/** The codecs every room speaks, in order of preference. */
import type { types } from 'mediasoup'

/**
 * Opus for speech: in-band FEC repairs single losses without a round trip, DTX sends almost nothing during silence
 * (in a 1:1 talk one of the two is usually silent).
 *
 * VP8 first: every browser encodes it with simulcast, in software and predictably, on the old machines jobseekers have.
 * H264 constrained baseline is the other codec every WebRTC browser must have, and the only one some gateways and
 * phones encode in hardware. VP9 and AV1 are left out: as SVC they cost old machines too much, and a codec that only one
 * of two people can decode leaves the other with a black picture.
 */
export const mediaCodecs: readonly types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
]
