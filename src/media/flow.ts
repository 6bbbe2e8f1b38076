/** What a worker has counted of the tracks of a participant: from its RTP statistics, whatever the client says. */
import type { types } from 'mediasoup'

export interface StreamFlow {
  /** Of the producer or consumer and its stream: counts of the same one only grow. */
  readonly id: string
  /** From the participant to the worker, or from the worker to them. */
  readonly way: 'from' | 'to'
  readonly kind: 'audio' | 'video'
  readonly packets: number
  readonly lost: number
  /** 0–10, mediasoup's. */
  readonly score: number
  /** 0 while it is not known. */
  readonly roundTripMs: number
}

/** A track that ends meanwhile is left out. */
export async function flowOf(
  producers: readonly types.Producer[],
  consumers: readonly types.Consumer[],
): Promise<StreamFlow[]> {
  const asked = await Promise.allSettled([
    ...producers.map(async (producer) => {
      const stats = await producer.getStats()
      return stats.map((one) => streamOf(producer, 'from', one))
    }),
    ...consumers.map(async (consumer) => {
      // A consumer also tells of the producer's stream: that is not what went to this participant.
      const stats = (await consumer.getStats()).filter(({ type }) => type === 'outbound-rtp')
      return stats.map((one) => streamOf(consumer, 'to', one))
    }),
  ])
  return asked.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}

type Stats = types.ProducerStat | types.ConsumerStat

const streamOf = (
  { id, kind }: Pick<types.Producer, 'id' | 'kind'>,
  way: StreamFlow['way'],
  { ssrc, packetCount, packetsLost, score, roundTripTime = 0 }: Stats,
): StreamFlow => ({
  ...{ id: `${id}/${ssrc}`, way, kind, score },
  packets: packetCount,
  lost: Math.max(0, packetsLost),
  roundTripMs: Math.round(roundTripTime),
})
