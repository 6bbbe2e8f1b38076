/**
 * Taking part in the scheme, for a jobseeker, over REST: also for whoever has left or has yet to join, who may open no connection. A
 * file beside the client, so that whoever does not need it does not load it.
 */
import type { LeaveReason, SchemeAct } from '../src/protocol/scheme.ts'
import type { ConnectOptions } from './connection.ts'
import { makeKey } from './key.ts'
import { sendRest } from './rest.ts'

export type { LeaveReason, SchemeAct }

/** How one stands, and what one is asked. */
export interface OwnScheme {
  readonly state: 'in' | 'awaiting' | 'out'
  readonly since?: number
  readonly advisor?: { readonly id: string; readonly name: string }
  readonly settling: boolean
  readonly obstacle?: string
  readonly text: { readonly version: string; readonly fr: string; readonly en: string }
  readonly check?: 'passed' | 'waived'
  readonly checkRequired: boolean
  readonly acts: readonly SchemeAct[]
  /** What was read before joining, as it was then: by the digest of the act. */
  readonly texts: readonly ReadText[]
}

export interface ReadText {
  readonly digest: string
  readonly version: string
  readonly fr: string
  readonly en: string
}

/** Every method rejects with a VisavisError: the server's own, or UNAVAILABLE when it cannot be reached. */
export class Scheme {
  readonly #options: Pick<ConnectOptions, 'url' | 'token'>
  /** One for each act until it is done, so that asking twice is one act. */
  readonly #keys = new Map<string, string>()

  constructor(options: Pick<ConnectOptions, 'url' | 'token'>) {
    this.#options = options
  }

  own(): Promise<OwnScheme> {
    return sendRest(this.#options, 'GET', 'scheme')
  }

  /**
   * @param text the version that was read, and in which of its languages.
   * @throws VisavisError CONFLICT, with what is in the way in `details.bar`; then it is on record that one has asked.
   */
  join(text: string, language?: 'fr' | 'en'): Promise<SchemeAct> {
    return this.#act('join', { text, ...(language === undefined ? {} : { language }) })
  }

  /** Every webcam appointment ahead becomes one in the agency. */
  askAgency(): Promise<SchemeAct> {
    return this.#act('agency', {})
  }

  /** Ends every connection of this person, perhaps before the answer is read. */
  leave(reason?: LeaveReason): Promise<SchemeAct> {
    return this.#act('leave', reason === undefined ? {} : { reason })
  }

  async #act(what: string, body: object): Promise<SchemeAct> {
    const key = this.#keys.get(what) ?? makeKey()
    this.#keys.set(what, key)
    const { act } = await sendRest<{ readonly act: SchemeAct }>(this.#options, 'POST', `scheme/${what}`, {
      ...body,
      key,
    })
    this.#keys.delete(what)
    return act
  }
}
