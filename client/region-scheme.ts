/**
 * How a region stands in the scheme, and deciding it, over REST: for supervisors and operators. A file beside the client, so that
 * whoever does not need it does not load it.
 */
import type { SchemeSettings, StoredCapacity } from '../src/protocol/scheme.ts'
import type { ConnectOptions } from './connection.ts'
import { sendRest } from './rest.ts'

export type { SchemeSettings, StoredCapacity }

export interface SchemeOverview {
  readonly settings: SchemeSettings
  readonly capacity?: StoredCapacity
  /** Jobseekers in portfolios, and those who have yet to join. */
  readonly followed: number
  readonly awaited: number
  /** Teams of advisors. */
  readonly teams: readonly string[]
  /** Whether whoever asks decides for the region. */
  readonly decides: boolean
  readonly overTarget: readonly { readonly advisor: string; readonly name: string; readonly size: number }[]
}

/** Every method rejects with a VisavisError: the server's own, or UNAVAILABLE when it cannot be reached. */
export class RegionScheme {
  readonly #options: Pick<ConnectOptions, 'url' | 'token'>
  readonly #path: string

  constructor(options: Pick<ConnectOptions, 'url' | 'token'>, region: string) {
    this.#options = options
    this.#path = `regions/${encodeURIComponent(region)}/scheme`
  }

  overview(): Promise<SchemeOverview> {
    return sendRest(this.#options, 'GET', this.#path)
  }

  /** What is not named stays; repeating it changes nothing. @throws VisavisError FORBIDDEN for whoever does not decide for the region. */
  set(changes: Partial<SchemeSettings>): Promise<SchemeSettings> {
    return sendRest(this.#options, 'PATCH', this.#path, changes)
  }
}
