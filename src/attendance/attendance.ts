/**
 * The attendance records of appointments: facts are added, each once, and nothing is ever changed. Any node may add to any
 * record: entries are chained to the head they find, and chained anew when another was faster.
 */

import type { AttendanceContent, AttendanceEntry, AttendanceWindow, Head } from '../protocol/index.ts'
import { VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import { chainAfter, emptyHead, type Link } from './chain.ts'
import {
  additionOf,
  type Given,
  isEvidence,
  isSealedAtOnce,
  type Personal,
  type Prepared,
  prepare,
  type StoredContent,
} from './given.ts'
import { attendanceKeys } from './keys.ts'
import * as scripts from './scripts.ts'
import type { Seal } from './seal.ts'
import { type Standing, standingFields, standingOf } from './standing.ts'

export type { Given, Personal } from './given.ts'
export type { Standing } from './standing.ts'

export interface AttendanceOptions {
  readonly client: RedisClient
  /** How long a record is kept after its window (ms). */
  readonly keepMs: number
  /** How long after the window a verdict is proposed (ms): what clients have kept is handed in first. */
  readonly verdictAfterMs: number
  /** At least so often the head of a record that grows is signed (ms). */
  readonly sealEveryMs: number
  /** How long after the beginning of the window it is looked who has not come (ms). */
  readonly awaitAfterMs: number
  readonly now?: () => number
  /** Something is due at once on this node. */
  readonly onDue?: () => void
}

export interface Opening {
  readonly appointment: string
  readonly jobseeker: string
  readonly advisor: string
  readonly window: AttendanceWindow
}

/** What is added to a record as it stands; none: nothing. Asked again when the record has gone on meanwhile. */
export type Make = (standing: Standing) => readonly Given[] | Promise<readonly Given[]>

export interface Counts {
  /** Entries that this node has added. */
  readonly entries: number
  /** Times it had to chain them anew, because another was faster. */
  readonly contended: number
}

/** With each try one of all succeeds: so many at once are a fault. */
const mostTries = 500
/** A person's records that are looked through for one that is open at a moment. */
const mostRecent = 100
/** No appointment lasts so long. */
const longestWindowMs = 24 * 60 * 60 * 1_000

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Attendance {
  readonly #options: AttendanceOptions
  readonly #client: RedisClient
  readonly #now: () => number
  #entries = 0
  #contended = 0

  constructor(options: AttendanceOptions) {
    this.#options = options
    this.#client = options.client
    this.#now = options.now ?? Date.now
  }

  get counts(): Counts {
    return { entries: this.#entries, contended: this.#contended }
  }

  /**
   * Begins the record of an appointment. Repeating it changes nothing.
   * @throws VisavisError BAD_REQUEST for a window that is none; GONE for somebody who is being erased.
   */
  async open(region: string, { appointment, jobseeker, advisor, window }: Opening): Promise<Head> {
    if (window.until <= window.from || window.until - window.from > longestWindowMs) {
      throw new VisavisError('BAD_REQUEST', 'a window ends after it begins, and within a day')
    }
    const now = this.#now()
    const who: Personal[] = [
      { name: 'jobseeker', value: jobseeker, of: [jobseeker] },
      { name: 'advisor', value: advisor, of: [advisor] },
    ]
    const given: Given = { key: 'opened', fact: { type: 'opened', window }, personal: who }
    const prepared = [prepare(appointment, given, now)]
    const links = chainAfter(
      emptyHead,
      prepared.map(({ loose }) => loose),
    )
    const outcome = await scripts.open(
      this.#client,
      [...this.#keys(region, appointment, { jobseeker, advisor }), fenceKey(region)],
      [
        jobseeker,
        advisor,
        window.from,
        window.until,
        now,
        ...this.#addition(appointment, { window, isNew: true }, links, prepared),
      ],
    )
    if (outcome.is === 'erased') throw new VisavisError('GONE', 'nothing is recorded of somebody who is being erased')
    if (outcome.is === 'known') return outcome.head
    this.#entries += 1
    await this.#tidy(region, [jobseeker, advisor], now)
    return links.at(-1)?.head ?? emptyHead
  }

  /** Adds one fact. @throws VisavisError NOT_FOUND where there is no record. */
  recordFact(region: string, appointment: string, given: Given): Promise<Head> {
    return this.record(region, appointment, [given])
  }

  /** Adds facts in their order, at once. Those whose key is known are left out. @returns the head after them. */
  async record(region: string, appointment: string, given: readonly Given[]): Promise<Head> {
    return (await this.add(region, appointment, () => given)).head
  }

  /** @returns how the record stands afterwards, and which acts had been done before: the entry of each. */
  async add(
    region: string,
    appointment: string,
    make: Make,
  ): Promise<{ head: Head; known: ReadonlyMap<string, number> }> {
    const known = new Map<string, number>()
    const kept = new Map<string, Prepared>()
    for (let tries = 0; tries < mostTries; tries += 1) {
      const standing = await this.require(region, appointment)
      const now = this.#now()
      // The salts of a fact stay the same however often it is chained; of two with one key the first counts.
      const wanted = (await make(standing)).filter(({ key }) => !known.has(key))
      const byKey = new Map(wanted.toReversed().map((given) => [given.key, given]))
      const prepared = [...byKey.values()].toReversed().map((given) => {
        const before = kept.get(given.key)
        const one = before?.loose.fact === given.fact ? before : prepare(appointment, given, now)
        kept.set(given.key, one)
        return one
      })
      if (prepared.length === 0) return { head: standing.head, known }
      const moved = prepared.findLast(({ loose: { fact } }) => 'window' in fact)?.loose.fact
      const window = moved !== undefined && 'window' in moved ? moved.window : undefined
      const links = chainAfter(
        standing.head,
        prepared.map(({ loose }) => loose),
      )
      const carriedTo = wanted.findLast(({ advisor }) => advisor !== undefined)?.advisor ?? ''
      const keys = this.#keys(region, appointment, standing)
      const { of, toConfirm } = attendanceKeys(region)
      const outcome = await scripts.append(
        this.#client,
        [
          ...keys,
          carriedTo === '' ? keys[8] : of(carriedTo),
          toConfirm(standing.advisor ?? ''),
          toConfirm(carriedTo === '' ? (standing.advisor ?? '') : carriedTo),
        ],
        [
          ...([standing.head.n, standing.head.hash, window?.from ?? '', window?.until ?? '', carriedTo] as const),
          ...this.#addition(
            appointment,
            { window: window ?? standing.window, isNew: window !== undefined },
            links,
            prepared,
          ),
        ],
      )
      if (outcome.is === 'missing') throw missing(appointment)
      if (outcome.is === 'known') for (const [act, n] of outcome.acts) known.set(act, n)
      if (outcome.is === 'moved') this.#contended += 1
      if (outcome.is !== 'appended') continue
      this.#entries += links.length
      if (prepared.some(({ loose: { fact } }) => isSealedAtOnce(fact))) this.#options.onDue?.()
      return { head: links.at(-1)?.head ?? standing.head, known }
    }
    throw new VisavisError('UNAVAILABLE', `too much is recorded of ${appointment} at once`)
  }

  /** Whether the act with this key has been recorded. */
  async isDone(region: string, appointment: string, key: string): Promise<boolean> {
    const { record } = attendanceKeys(region)
    return (await outageAware(this.#client.hexists(record(appointment), `act/${key}`))) === 1
  }

  /** How a record stands: one round trip, whatever its length. */
  async standing(region: string, appointment: string): Promise<Standing | undefined> {
    const { record } = attendanceKeys(region)
    const fields = await outageAware(this.#client.hmget(record(appointment), ...standingFields))
    return standingOf(region, appointment, fields)
  }

  /** @throws VisavisError NOT_FOUND. */
  async require(region: string, appointment: string): Promise<Standing> {
    const standing = await this.standing(region, appointment)
    if (standing === undefined) throw missing(appointment)
    return standing
  }

  /** Entries after the n-th, in order, at most so many. */
  async entries(region: string, appointment: string, after = 0, most?: number): Promise<AttendanceEntry[]> {
    const { entries } = attendanceKeys(region)
    const last = most === undefined ? -1 : after + most - 1
    const stored = await outageAware(this.#client.lrange(entries(appointment), after, last))
    return stored.map((text) => JSON.parse(text) as AttendanceEntry)
  }

  /** What commitments stand for, as far as it is not erased; of the entries after the n-th up to another one. */
  async contents(
    region: string,
    appointment: string,
    after = 0,
    upTo = Number.POSITIVE_INFINITY,
  ): Promise<AttendanceContent[]> {
    const stored = await outageAware(this.#client.hgetall(attendanceKeys(region).contents(appointment)))
    return Object.entries(stored)
      .map(([field, json]) => {
        const slash = field.indexOf('/')
        const { salt, value } = JSON.parse(json) as StoredContent
        return { n: Number(field.slice(0, slash)), name: field.slice(slash + 1), salt, value }
      })
      .filter(({ n }) => n > after && n <= upTo)
      .sort((a, b) => a.n - b.n || (a.name < b.name ? -1 : 1))
  }

  async seals(region: string, appointment: string): Promise<Seal[]> {
    const { seals } = attendanceKeys(region)
    return (await outageAware(this.#client.lrange(seals(appointment), 0, -1))).map((json) => JSON.parse(json) as Seal)
  }

  /** The records of a person, the latest window first. @param before only those that begin then or earlier (ms). */
  async of(region: string, person: string, most: number, before?: number): Promise<Standing[]> {
    return this.#latest(region, attendanceKeys(region).of(person), most, before)
  }

  /** Those of an advisor on which a person has to decide: proposed or contested; the latest window first, and how many there are. */
  async toConfirm(region: string, advisor: string, most: number): Promise<{ standings: Standing[]; total: number }> {
    const key = attendanceKeys(region).toConfirm(advisor)
    const [standings, total] = await Promise.all([
      this.#latest(region, key, most),
      outageAware(this.#client.zcard(key)),
    ])
    return { standings, total }
  }

  async #latest(region: string, key: string, most: number, before?: number): Promise<Standing[]> {
    const latest = before === undefined ? '+inf' : String(before)
    const ids = await outageAware(
      this.#client.zrange(key, latest, '-inf', 'BYSCORE', 'REV', 'LIMIT', '0', String(most)),
    )
    const found = await Promise.all(ids.map((appointment) => this.standing(region, appointment)))
    // One whose time is over leaves its place in the list until the next opening.
    return found.filter((standing) => standing !== undefined)
  }

  /** The records of a jobseeker whose window, with a lead and a lag, is open at the moment. */
  async current(region: string, jobseeker: string, { leadMs, lagMs }: { leadMs: number; lagMs: number }) {
    const now = this.#now()
    const { of } = attendanceKeys(region)
    const ids = await outageAware(
      this.#client.zrange(of(jobseeker), String(now + leadMs), '-inf', 'BYSCORE', 'REV', 'LIMIT', '0', mostRecent),
    )
    const found = await Promise.all(ids.map((appointment) => this.standing(region, appointment)))
    return found
      .filter((standing) => standing !== undefined)
      .filter(({ window, jobseeker: theirs }) => window.until + lagMs > now && theirs === jobseeker)
  }

  async count(region: string, person: string): Promise<number> {
    return outageAware(this.#client.zcard(attendanceKeys(region).of(person)))
  }

  /** Who they were, and what they wrote, goes from every record; the chains stay whole. Repeating it finds nothing more. */
  async forget(region: string, person: string): Promise<void> {
    const { of, toConfirm, record, contents } = attendanceKeys(region)
    const ids = await outageAware(this.#client.zrange(of(person), '0', '-1'))
    for (const appointment of ids) {
      const keys = [record(appointment), contents(appointment), of(person), toConfirm(person)] as const
      await scripts.forget(this.#client, [...keys], [appointment, person])
    }
  }

  /** Records that are not kept any more leave the lists of their people. */
  async #tidy(region: string, people: readonly string[], now: number): Promise<void> {
    const { of, toConfirm } = attendanceKeys(region)
    const gone = now - this.#options.keepMs - longestWindowMs
    const lists = people.flatMap((person) => [of(person), toConfirm(person)])
    await outageAware(Promise.all(lists.map((list) => this.#client.zremrangebyscore(list, '-inf', gone))))
  }

  #keys(
    region: string,
    appointment: string,
    { jobseeker = '', advisor = '' }: Pick<Standing, 'jobseeker' | 'advisor'>,
  ): scripts.RecordKeys {
    const { record, entries, contents, of, due, feeds, log, nudge } = attendanceKeys(region)
    const own = [record(appointment), entries(appointment), contents(appointment)] as const
    // Of an erased party there is no list; the script leaves the one named here alone.
    return [...own, due, feeds, log, nudge, of(jobseeker), of(advisor)]
  }

  #addition(
    appointment: string,
    { window, isNew }: { readonly window: AttendanceWindow; readonly isNew: boolean },
    links: readonly Link[],
    prepared: readonly Prepared[],
  ): scripts.Addition {
    const { keepMs, verdictAfterMs, sealEveryMs, awaitAfterMs } = this.#options
    const now = this.#now()
    const head = links.at(-1)?.head ?? emptyHead
    const facts = links.map(({ entry }) => entry.fact)
    const evidence = links.findLast(({ entry }) => isEvidence(entry.fact))?.entry.n ?? 0
    const sealAt = facts.some(isSealedAtOnce) ? now : now + sealEveryMs
    const verdictAt = evidence === 0 ? 0 : Math.max(now, window.until + verdictAfterMs)
    const awaited = Math.trunc(window.from + Math.min(awaitAfterMs, (window.until - window.from) / 2))
    // Of a record that is opened later nobody needs to be told in the middle of it.
    const awaitAt = isNew && awaited > now ? awaited : 0
    const keepUntil = Math.max(now, window.until) + keepMs
    return [
      ...([appointment, head.n, head.hash, now, keepUntil, sealAt, verdictAt] as const),
      ...([awaitAt, evidence, links.length] as const),
      ...additionOf(links, prepared),
    ]
  }
}

export const missing = (appointment: string) =>
  new VisavisError('NOT_FOUND', `there is no attendance record of appointment ${appointment}`)
