/** Pure: what to do with a frame for a client that may not be reading. */

export type Decision = 'send' | 'close'

/**
 * Nothing is ever dropped: a client that does not read is closed with TOO_SLOW and catches up from the streams when it
 * comes back, at no cost to anybody else.
 * @param waitingBytes what the socket has not yet handed to the kernel.
 */
export const decide = (waitingBytes: number, frameBytes: number, limitBytes: number): Decision =>
  waitingBytes + frameBytes > limitBytes && waitingBytes > 0 ? 'close' : 'send'
