/** Pure: did every packet that was sent come out at the other end? */

/** One stream of one participant as it leaves the generator, and as it comes back from the server. */
export interface StreamCount {
  readonly stream: string
  readonly sent: number
  /** Each packet counts once: the receiver discards what has a sequence number it has had. */
  readonly received: number
  /** Of what was received, headers included. */
  readonly bytes: number
}

/** One sentence for each stream that lost packets, got too many, or carried none at all. */
export const packetFaults = (streams: readonly Omit<StreamCount, 'bytes'>[]): string[] =>
  streams.flatMap(({ stream, sent, received }) => {
    if (sent === 0) return [`${stream}: nothing was sent, so nothing is proved`]
    return sent === received ? [] : [`${stream}: ${sent} packets sent, ${received} received`]
  })
