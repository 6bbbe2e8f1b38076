/**
 * For supervisors, over REST: the advisors of their team or region, who stands in for whom, and how callbacks are answered.
 * A file beside the client, so that whoever does not need it does not load it.
 */

import type { RegionSettings, TeamSettings } from '../src/protocol/callback-settings.ts'
import { VisavisError } from '../src/protocol/errors.ts'
import type { Appointment } from '../src/protocol/index.ts'
import type { ConnectOptions } from './connection.ts'
import { sendRest } from './rest.ts'

export type { RegionSettings, TeamSettings }

export interface KeptPerson {
  readonly id: string
  readonly name: string
  readonly team?: string
  /** Of a jobseeker: who follows them. */
  readonly advisor?: string
  readonly disabled: boolean
  readonly leftAt?: number
}

/** `cover` stands in for `advisor`. */
export interface Cover {
  readonly id: string
  readonly advisor: string
  readonly cover: string
  readonly from: number
  readonly until: number
  /** When it was taken back. */
  readonly endedAt?: number
}

/** An appointment of the team, with what came of it. */
export interface TeamAppointment {
  readonly appointment: Appointment
  readonly advisorName: string
  readonly state?: string
  readonly verdict?: string
}

/** null: hidden. */
export interface ReportPeriod {
  readonly period: string
  readonly from: string
  readonly counts: Readonly<Record<string, number | null>>
}

export interface PilotReport {
  readonly weeks: readonly ReportPeriod[]
  readonly quarters: readonly ReportPeriod[]
}

interface Page {
  readonly next?: string
}

/** As many as the server gives at once. */
const pageSize = '500'

/** Every method rejects with a VisavisError: the server's own, or UNAVAILABLE when it cannot be reached. */
export class Supervision {
  readonly #options: Pick<ConnectOptions, 'url' | 'token'>
  readonly #region: string

  constructor(options: Pick<ConnectOptions, 'url' | 'token'>, region: string) {
    this.#options = options
    this.#region = region
  }

  /** Those who are at work in the team of this supervisor, or in the region. */
  async advisors(): Promise<KeptPerson[]> {
    const pages = this.#pages<{ readonly people: readonly KeptPerson[] } & Page>('people', { role: 'advisor' })
    const people = (await pages).flatMap((page) => page.people)
    return people.filter(({ disabled, leftAt }) => !disabled && leftAt === undefined)
  }

  person(id: string): Promise<KeptPerson> {
    return this.#send('GET', `people/${encodeURIComponent(id)}`)
  }

  /** Those of at least a month, the ones to come included. @param advisor only of this one. */
  async covers(advisor?: string): Promise<Cover[]> {
    const filter = advisor === undefined ? {} : { advisor }
    return (await this.#pages<{ readonly covers: readonly Cover[] } & Page>('covers', filter)).flatMap(
      ({ covers }) => covers,
    )
  }

  /** @param cover its id is made by the client (`makeKey`): repeating changes nothing. */
  async putCover({ id, ...cover }: Omit<Cover, 'endedAt'>): Promise<void> {
    await this.#send('PUT', `covers/${encodeURIComponent(id)}`, cover)
  }

  /** Takes a cover back from now on. */
  async endCover(id: string): Promise<void> {
    await this.#send('DELETE', `covers/${encodeURIComponent(id)}`)
  }

  /** Booked ones that begin between two moments (ms). */
  async appointments(
    from: number,
    until: number,
  ): Promise<{ appointments: readonly TeamAppointment[]; more: boolean }> {
    return this.#send('GET', `appointments?${new URLSearchParams({ from: String(from), until: String(until) })}`)
  }

  /** The last so many weeks that are over. */
  report(weeks: number): Promise<PilotReport> {
    return this.#send('GET', `report?weeks=${weeks}`)
  }

  /** The same as a file. */
  async reportFile(weeks: number): Promise<Blob> {
    const { url, token } = this.#options
    const base = url.replace(/^ws/, 'http').replace(/\/+$/, '')
    const response = await fetch(
      `${base}/api/regions/${encodeURIComponent(this.#region)}/report?weeks=${weeks}&format=csv`,
      { headers: { authorization: `Bearer ${await token()}` } },
    ).catch((cause: unknown) => {
      throw new VisavisError('UNAVAILABLE', 'the server cannot be reached', { cause })
    })
    if (!response.ok) throw new VisavisError('UNAVAILABLE', `the server answered ${response.status}`)
    return response.blob()
  }

  regionSettings(): Promise<RegionSettings> {
    return this.#send('GET', 'callback-settings')
  }

  /** What is not named stays. @throws VisavisError FORBIDDEN unless this supervisor is the whole region's. */
  setRegionSettings(changes: Partial<RegionSettings>): Promise<RegionSettings> {
    return this.#send('PATCH', 'callback-settings', changes)
  }

  teamSettings(team: string): Promise<TeamSettings> {
    return this.#send('GET', `teams/${encodeURIComponent(team)}/callback-settings`)
  }

  setTeamSettings(team: string, changes: Partial<TeamSettings>): Promise<TeamSettings> {
    return this.#send('PATCH', `teams/${encodeURIComponent(team)}/callback-settings`, changes)
  }

  async #pages<P extends Page>(path: string, filter: Readonly<Record<string, string>>): Promise<P[]> {
    const pages: P[] = []
    for (let after: string | undefined; ; ) {
      const query = { ...filter, limit: pageSize, ...(after === undefined ? {} : { after }) }
      const page: P = await this.#send('GET', `${path}?${new URLSearchParams(query)}`)
      pages.push(page)
      if (page.next === undefined) return pages
      after = page.next
    }
  }

  #send<T>(method: string, path: string, body?: object): Promise<T> {
    return sendRest(this.#options, method, `regions/${encodeURIComponent(this.#region)}/${path}`, body)
  }
}
