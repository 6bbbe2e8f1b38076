/** Who speaks in a room: heard by the worker from the audio levels that browsers send along. */
import type { types } from 'mediasoup'

/** Two people know who speaks: below this many nobody listens, which would cost the worker a look at each packet. */
const fewest = 3
/** How often the worker decides (ms). */
const interval = 500

export interface SpeakerOptions {
  readonly router: types.Router
  readonly onSpeaker: (producer: string) => void
}

export class Speaker {
  readonly #options: SpeakerOptions
  #observer: Promise<types.ActiveSpeakerObserver | undefined> | undefined
  /** Producers that are listened to, or about to be. */
  readonly #heard = new Set<string>()

  constructor(options: SpeakerOptions) {
    this.#options = options
  }

  get listening(): boolean {
    return this.#observer !== undefined
  }

  /** Somebody came or went, or a microphone did. Never rejects. */
  async follow(people: number, microphones: readonly string[]): Promise<void> {
    if (people < fewest) {
      const ending = this.#observer
      this.#observer = undefined
      this.#heard.clear()
      ;(await ending)?.close()
      return
    }
    for (const id of this.#heard) if (!microphones.includes(id)) this.#heard.delete(id)
    this.#observer ??= this.#start()
    const starting = this.#observer
    const observer = await starting
    // Ended meanwhile, or its worker is gone.
    if (observer === undefined || observer.closed || this.#observer !== starting) return
    const added = microphones.filter((id) => !this.#heard.has(id))
    for (const id of added) this.#heard.add(id)
    await Promise.allSettled(added.map((producerId) => observer.addProducer({ producerId })))
  }

  async #start(): Promise<types.ActiveSpeakerObserver | undefined> {
    const { router, onSpeaker } = this.#options
    try {
      const observer = await router.createActiveSpeakerObserver({ interval })
      observer.on('dominantspeaker', ({ producer }) => onSpeaker(producer.id))
      return observer
    } catch {
      // The router closes with its worker; its room hears of that elsewhere.
      return undefined
    }
  }
}
