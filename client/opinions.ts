/**
 * After a talk: how it went, and whether one could hear and see each other. Counted without a name. A file beside the client, so
 * that whoever does not need it does not load it.
 */
import type { ConnectOptions } from './connection.ts'
import { makeKey } from './key.ts'
import { sendRest } from './rest.ts'

/** From 1 to 5, as far as one wants to say. */
export interface Opinion {
  readonly talk?: number
  readonly media?: number
}

export class Opinions {
  readonly #options: Pick<ConnectOptions, 'url' | 'token'>
  /** One for each talk until it is said, so that asking twice is one act. */
  readonly #keys = new Map<string, string>()

  constructor(options: Pick<ConnectOptions, 'url' | 'token'>) {
    this.#options = options
  }

  /**
   * @throws VisavisError CONFLICT with `details.bar`: `noTalk`, `late` or `answered`; NOT_FOUND for whoever is no party of it;
   * UNAVAILABLE when the server cannot be reached.
   */
  async give(appointment: string, opinion: Opinion): Promise<void> {
    const key = this.#keys.get(appointment) ?? makeKey()
    this.#keys.set(appointment, key)
    await sendRest(this.#options, 'POST', `appointments/${encodeURIComponent(appointment)}/opinion`, {
      key,
      ...opinion,
    })
    this.#keys.delete(appointment)
  }
}
