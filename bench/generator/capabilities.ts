/** *Pure.* What synthetic participants say that they can do. */
import type { types } from 'mediasoup'

/**
 * With bandwidth estimation whoever sends to them would choose layers by what it takes for their line, which every pause of the
 * flow changes, and would send padding of its own and hold packets back. Nor is anything announced in header extensions that
 * nobody brings, such as the time of capture: a server waits for it.
 */
export const withoutEstimation = ({ codecs = [] }: types.RtpCapabilities): types.RtpCapabilities => ({
  headerExtensions: [],
  codecs: codecs
    .filter(({ mimeType }) => !/\/rtx$/i.test(mimeType))
    .map((codec) => ({
      ...codec,
      rtcpFeedback: (codec.rtcpFeedback ?? []).filter(({ type }) => type !== 'goog-remb' && type !== 'transport-cc'),
    })),
})
