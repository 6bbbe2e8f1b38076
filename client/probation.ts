/**
 * The worker finds out what a line can carry by packets of padding, for which a browser needs a consumer of their own. By itself
 * mediasoup-client negotiates that one after the first picture's: a second round of SDP, and a browser that is busy with it
 * begins neither ICE nor DTLS. Here both are in one round.
 */
import type { types } from 'mediasoup-client'
import { generateProbatorRtpParameters } from 'mediasoup-client/ortc'

/** How mediasoup-client names the consumer of padding. */
const probator = 'probator'

/** @returns the same handler, which asks for the padding of the first picture together with it. */
export function probingAtOnce(handler: types.HandlerInterface): types.HandlerInterface {
  const receive = handler.receive.bind(handler)
  let made: types.HandlerReceiveResult | undefined
  handler.receive = async (wanted) => {
    const [only] = wanted
    if (made !== undefined && only?.trackId === probator) return [made]
    const picture = made === undefined ? wanted.find(({ kind }) => kind === 'video') : undefined
    if (picture === undefined || picture.trackId === probator) return receive(wanted)
    const rtpParameters = generateProbatorRtpParameters(picture.rtpParameters)
    const results = await receive([...wanted, { trackId: probator, kind: 'video', rtpParameters }])
    made = results.pop()
    return results
  }
  return handler
}
