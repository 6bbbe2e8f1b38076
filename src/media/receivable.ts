/** *Pure.* What a browser can receive, in the terms of a router: asked for before the browser knows which router that is. */
import type { types } from 'mediasoup'

/**
 * Browsers number header extensions as they like, and a consumer is made with the numbers of its router; feedback that one of the two
 * does not know is left out. Codecs are compared by mediasoup itself. What is fitted already stays as it is.
 */
export function receivableBy(browser: types.RtpCapabilities, router: types.RtpCapabilities): types.RtpCapabilities {
  return {
    codecs: (browser.codecs ?? []).map((codec) => ({
      ...codec,
      rtcpFeedback: (codec.rtcpFeedback ?? []).filter((feedback) => knowsFeedback(router, codec, feedback)),
    })),
    headerExtensions: (router.headerExtensions ?? []).filter(
      ({ kind, uri, direction }) =>
        direction !== 'recvonly' &&
        direction !== 'inactive' &&
        browser.headerExtensions?.some((one) => one.kind === kind && one.uri === uri) === true,
    ),
  }
}

const knowsFeedback = (
  { codecs = [] }: types.RtpCapabilities,
  { mimeType }: types.RtpCodecCapability,
  { type, parameter = '' }: types.RtcpFeedback,
): boolean =>
  codecs.some(
    (codec) =>
      codec.mimeType.toLowerCase() === mimeType.toLowerCase() &&
      codec.rtcpFeedback?.some((one) => one.type === type && (one.parameter ?? '') === parameter),
  )
