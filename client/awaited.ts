/**
 * Those who name an advisor and have yet to join, and those who have left, for that advisor, over REST: nobody converses with them.
 * A file beside the client, so that whoever does not need it does not load it.
 */
import type { CheckReport } from '../src/protocol/index.ts'
import type { SchemeAct } from '../src/protocol/scheme.ts'
import type { ConnectOptions } from './connection.ts'
import { makeKey } from './key.ts'
import { sendRest } from './rest.ts'

export interface AwaitedPerson {
  readonly id: string
  readonly name: string
  /** Of somebody who has left: when (ms). */
  readonly leftAt?: number
  /** They have asked to join, or to come back, and something was in the way. */
  readonly asked?: SchemeAct
  readonly lastCheck?: Pick<CheckReport, 'at' | 'outcome' | 'advice'>
  /** What joining goes by: a recent check that was passed, or somebody who answers for them. */
  readonly check?: 'passed' | 'waived'
  readonly waived?: SchemeAct
  /** What is in their way now; absent: nothing. */
  readonly obstacle?: string
}

export interface AwaitedPeople {
  /** Whether joining needs a device check at all. */
  readonly checkRequired: boolean
  readonly people: readonly AwaitedPerson[]
  /** Who has left this advisor lately, or asks to come back. */
  readonly former: readonly AwaitedPerson[]
}

/** Every method rejects with a VisavisError: the server's own, or UNAVAILABLE when it cannot be reached. */
export class Awaited {
  readonly #options: Pick<ConnectOptions, 'url' | 'token'>
  readonly #people: string
  /** One for each act until it is done, so that doing it twice is one act. */
  readonly #keys = new Map<string, string>()

  constructor(options: Pick<ConnectOptions, 'url' | 'token'>, region: string) {
    this.#options = options
    this.#people = `regions/${encodeURIComponent(region)}/people`
  }

  of(advisor: string): Promise<AwaitedPeople> {
    return sendRest(this.#options, 'GET', `${this.#people}/${encodeURIComponent(advisor)}/awaited`)
  }

  /** From then on they may join without a device check. They are told, and read why. */
  async waiveCheck(jobseeker: string, why: string): Promise<SchemeAct> {
    const what = `${jobseeker}/${why}`
    const key = this.#keys.get(what) ?? makeKey()
    this.#keys.set(what, key)
    const path = `${this.#people}/${encodeURIComponent(jobseeker)}/waive-check`
    const { act } = await sendRest<{ readonly act: SchemeAct }>(this.#options, 'POST', path, { key, why })
    this.#keys.delete(what)
    return act
  }
}
