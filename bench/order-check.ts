/** Pure: whether a receiver got every message of a channel once and in order. */

export interface Delivered {
  /** Place in the channel, as the server tells it. */
  readonly offset: number
  /** Number the sender gave it: 0, 1, 2 … */
  readonly sequence: number
}

/** @returns what is wrong, or undefined: lost, repeated, out of order, or an offset with a gap. */
export function faultOf(delivered: readonly Delivered[], sent: number): string | undefined {
  for (const [place, { offset, sequence }] of delivered.entries()) {
    if (sequence !== place) return `message ${sequence} came in place of ${place}`
    const before = delivered[place - 1]
    if (before !== undefined && offset !== before.offset + 1) return `offset ${offset} follows ${before.offset}`
  }
  return delivered.length === sent ? undefined : `${delivered.length} of ${sent} messages arrived`
}
