/**
 * A reconnect storm, made from here: the network under every session of this process is gone at once, nobody has said
 * goodbye, and the SDK comes back by its own rules.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { Visavis } from '../../client/index.ts'
import { encode, latencyHistogram, recordMs } from '../latency.ts'

export interface Storm {
  /** Sessions that were open, and those of them that are again. */
  readonly severed: number
  readonly back: number
  /** Encoded: from the cut until a session is open again, told of all it had missed. */
  readonly recoveries: string
}

/** Where Node's own WebSocket tells of each connection that it makes. */
const connected = 'undici:client:connected'

/** Knows the connections that are made from now on. */
export class Lines implements Disposable {
  readonly #sockets = new Set<Socket>()
  readonly #add = (message: unknown) => {
    const { socket } = message as { readonly socket: Socket }
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }
  readonly #recoveries = latencyHistogram()
  #severed = 0
  #back = 0

  constructor() {
    subscribe(connected, this.#add)
  }

  get storm(): Storm {
    return { severed: this.#severed, back: this.#back, recoveries: encode(this.#recoveries) }
  }

  get everybodyIsBack(): boolean {
    return this.#back === this.#severed
  }

  /** Cuts them all. Whoever came back and is cut again by somebody else counts once. */
  sever(people: readonly Visavis[]): void {
    const cutAt = performance.now()
    for (const visavis of people) {
      if (visavis.state !== 'open') continue
      this.#severed += 1
      const stop = visavis.onState((state) => {
        if (state !== 'open') return
        stop()
        this.#back += 1
        recordMs(this.#recoveries, performance.now() - cutAt)
      })
    }
    for (const socket of this.#sockets) socket.destroy()
  }

  [Symbol.dispose](): void {
    unsubscribe(connected, this.#add)
  }
}
