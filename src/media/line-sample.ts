/** One look at the line of a participant: what its worker knows of both ways at this moment. */
import type { types } from 'mediasoup'

export interface LineSample {
  readonly sending: WaySample
  readonly receiving: WaySample & { /** As estimated, in bits per second. */ readonly availableBps: number | undefined }
}

interface WaySample {
  readonly score: number
  readonly loss: number
  readonly roundTripMs: number
}

export interface Line {
  /** Undefined while it is not open. */
  readonly send: Pick<types.Transport, 'getStats'> | undefined
  readonly receive: Pick<types.Transport, 'getStats'> | undefined
  readonly producers: readonly types.Producer[]
  readonly consumers: readonly types.Consumer[]
}

/** Three questions to the worker at the most, however many tracks there are. What ends meanwhile is left out. */
export async function sampleLine({ send, receive, producers, consumers }: Line): Promise<LineSample> {
  const flowing = consumers.filter(({ paused, producerPaused }) => !paused && !producerPaused)
  const timed = flowing.find(({ kind }) => kind === 'audio') ?? flowing[0]
  const [incoming, outgoing, track] = await Promise.all([
    send?.getStats().catch(() => []),
    receive?.getStats().catch(() => []),
    timed?.getStats().catch(() => []),
  ])
  const roundTripMs = Math.round(track?.find(({ type }) => type === 'outbound-rtp')?.roundTripTime ?? 0)
  const [sent] = (incoming ?? []) as types.WebRtcTransportStat[]
  const [received] = (outgoing ?? []) as types.WebRtcTransportStat[]
  return {
    sending: {
      score: worst(producers.filter(({ paused }) => !paused).map(producerScore)),
      loss: sent?.rtpPacketLossReceived ?? 0,
      roundTripMs,
    },
    receiving: {
      score: worst(flowing.map(({ score }) => score.score)),
      loss: received?.rtpPacketLossSent ?? 0,
      roundTripMs,
      availableBps: received?.availableOutgoingBitrate,
    },
  }
}

const best = 10
const worst = (scores: readonly number[]): number => Math.min(best, ...scores)

/** Of the layers of a camera only those that are sent have a score; a track that has not begun has none. */
const producerScore = ({ score }: types.Producer): number =>
  score.length === 0 ? best : Math.max(...score.map((layer) => layer.score))
