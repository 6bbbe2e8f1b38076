/** Pure: what to do with a frame for a client that may not be reading. */
import type { Delivery } from '../protocol/index.ts'

export interface OutboxLimits {
  /** From so many waiting bytes on, events of which only the newest matters are held back. */
  readonly softBytes: number
  /** With so many waiting bytes the connection is closed. */
  readonly hardBytes: number
}

export type Decision = 'send' | 'hold' | 'close'

/**
 * Nothing durable is ever dropped: a client that does not read is closed with TOO_SLOW and catches up from the streams
 * when it comes back, at no cost to anybody else. Presence, typing and quality give way first.
 * @param waitingBytes what the socket has not yet handed to the kernel.
 */
export function decide(waitingBytes: number, frameBytes: number, delivery: Delivery, limits: OutboxLimits): Decision {
  if (delivery === 'latest' && waitingBytes > limits.softBytes) return 'hold'
  return waitingBytes > 0 && waitingBytes + frameBytes > limits.hardBytes ? 'close' : 'send'
}

/** Frames held back, one per subject: a newer one takes the place of an older one. */
export class Held {
  readonly #frames = new Map<string, Buffer>()

  get size(): number {
    return this.#frames.size
  }

  put(subject: string, frame: Buffer): void {
    this.#frames.set(subject, frame)
  }

  /** Something newer of this subject has been sent. */
  drop(subject: string): void {
    this.#frames.delete(subject)
  }

  /** In the order in which their subjects were first held. Empty afterwards. */
  takeAll(): Buffer[] {
    const frames = [...this.#frames.values()]
    this.#frames.clear()
    return frames
  }
}
