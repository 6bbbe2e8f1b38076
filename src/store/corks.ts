/**
 * Puts what is written to a socket within one turn of the event loop into one system call: an answer and the event that
 * goes with it, or many events for one client. They wait no longer than the turn that made them.
 */
import type { Socket } from 'node:net'

export class Corks {
  readonly #corked = new Set<Socket>()
  #scheduled = false

  /** To be called before a write; once per turn and socket it has an effect. */
  cork(socket: Socket): void {
    if (this.#corked.has(socket)) return
    socket.cork()
    this.#corked.add(socket)
    if (this.#scheduled) return
    this.#scheduled = true
    // After all that was read in this turn has been worked on.
    setImmediate(() => this.#uncork())
  }

  /** What this turn has made for the socket so far goes out now: what then still waits, waits for the client. */
  flush(socket: Socket): void {
    if (this.#corked.delete(socket)) socket.uncork()
  }

  #uncork(): void {
    this.#scheduled = false
    for (const socket of this.#corked) socket.uncork()
    this.#corked.clear()
  }
}
