/**
 * The pilot report of a region: what happened in each week, counted as it happens. Counting costs the same however much was
 * counted; reading grows with the weeks asked for.
 */
import { createHash } from 'node:crypto'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { script } from '../store/script.ts'
import { reportKeys } from './keys.ts'
import { everyGroup, type Group, isMeasure } from './measure.ts'
import { type Shown, type ShownGroup, shownQuarter, shownWeek } from './suppress.ts'
import { mondayOf, quarterOf, type Week, weekOf, weeksBefore, weeksOfQuarter } from './week.ts'

export interface ReportOptions {
  readonly client: RedisClient
  readonly timeZoneOf: (region: string) => string
  readonly now?: () => number
}

export interface Happening {
  readonly measure: string
  /** Of the same thing the same: it is counted once, however often it is told within 8 days. Kept as a digest. */
  readonly key: string
  /**
   * Whoever knows of it knows it once, and tells it once: only Redis may be asked again, by its own client. For what happens
   * so often that a week of digests would take as much room as what it is about.
   */
  readonly toldOnce?: boolean
}

export interface Saying {
  /** Who says it of what. Kept as a digest for 8 days. */
  readonly about: string
  /** Of the act. */
  readonly key: string
  readonly measures: readonly string[]
}

/** A week or a quarter, with every measure and every sum. */
export interface Period {
  /** `2026-W48` or `2026-Q4`. */
  readonly period: string
  /** Its first Monday. */
  readonly from: string
  readonly counts: Readonly<Record<string, Shown>>
}

export interface PilotReport {
  readonly region: string
  readonly weeks: readonly Period[]
  /** Those of these weeks that are over. */
  readonly quarters: readonly Period[]
}

/** Longer than anything is told again. */
const rememberMs = 8 * 24 * 60 * 60 * 1_000
/** Longer than a command to Redis may be on its way, with all the attempts of its client (store/redis.ts). */
const resentMs = 10_000
/** For so long after a talk one may say how it was; less than that is remembered, so that it is once. */
export const opinionMs = 7 * 24 * 60 * 60 * 1_000
/** A week is shown so long after its end: by then no node’s clock is still in it. */
const settledMs = 60 * 60 * 1_000

const countOnce = script<
  [counts: string, counted: string],
  [week: string, measure: string, rememberMs: number],
  boolean
>(new URL('./lua/count.lua', import.meta.url), (reply) => reply === 1)

const opineOnce = script<
  [counts: string, answered: string],
  [week: string, key: string, rememberMs: number, ...measures: string[]],
  'counted' | 'repeated' | 'answered'
>(new URL('./lua/opine.lua', import.meta.url), (reply) => reply as 'counted' | 'repeated' | 'answered')

const quarterHourMs = 15 * 60 * 1_000

export class Report {
  readonly #client: RedisClient
  readonly #timeZoneOf: (region: string) => string
  readonly #now: () => number
  /** By time zone. */
  readonly #weeks = new Map<string, { readonly quarter: number; readonly week: Week }>()

  constructor({ client, timeZoneOf, now = Date.now }: ReportOptions) {
    this.#client = client
    this.#timeZoneOf = timeZoneOf
    this.#now = now
  }

  /** Counts it in the present week: weeks that are over do not change. Repeating is harmless. */
  async count(region: string, { measure, key, toldOnce = false }: Happening): Promise<void> {
    known(measure)
    const { counts, counted } = reportKeys(region)
    const forMs = toldOnce ? resentMs : rememberMs
    await countOnce(this.#client, [counts, counted(digestOf(key))], [this.#week(region), measure, forMs])
  }

  /** What somebody says of something, once: all of it at once. @returns `answered` when they have, by another key. */
  async opine(region: string, { about, key, measures }: Saying): Promise<'counted' | 'repeated' | 'answered'> {
    measures.forEach(known)
    const { counts, answered } = reportKeys(region)
    return opineOnce(
      this.#client,
      [counts, answered(digestOf(about))],
      [this.#week(region), key, rememberMs, ...measures],
    )
  }

  /** Worked out once in a quarter of an hour: wherever a week begins, one begins too. */
  #week(region: string): Week {
    const timeZone = this.#timeZoneOf(region)
    const now = this.#now()
    const quarter = Math.floor(now / quarterHourMs)
    const known = this.#weeks.get(timeZone)
    if (known?.quarter === quarter) return known.week
    const week = weekOf(now, timeZone)
    this.#weeks.set(timeZone, { quarter, week })
    return week
  }

  /** The last so many weeks that are over, without small numbers. */
  async read(region: string, count: number): Promise<PilotReport> {
    const weeks = weeksBefore(this.#now() - settledMs, this.#timeZoneOf(region), count)
    const last = weeks.at(-1)
    // A quarter is told whole, whichever of its weeks are asked for.
    const quarters = Map.groupBy(weeks, quarterOf)
    const whole = [...quarters].flatMap(([name, [week = '']]) => {
      const all = weeksOfQuarter(week)
      return last !== undefined && (all.at(-1) ?? '') <= last ? [[name, all] as const] : []
    })
    const wanted = [...new Set([...weeks, ...whole.flatMap(([, all]) => all)])]
    const counts = new Map(
      await Promise.all(wanted.map(async (week) => [week, await this.#counts(region, week)] as const)),
    )
    const of = (week: Week, { parts }: Group) => parts.map((part) => counts.get(week)?.get(part) ?? 0)
    return {
      region,
      weeks: weeks.map((week) => ({
        period: week,
        from: mondayOf(week),
        counts: named((group) => shownWeek(of(week, group))),
      })),
      quarters: whole.map(([name, all]) => ({
        period: name,
        from: mondayOf(all[0] ?? ''),
        counts: named((group) => shownQuarter(all.map((week) => of(week, group)))),
      })),
    }
  }

  async #counts(region: string, week: Week): Promise<ReadonlyMap<string, number>> {
    const parts = everyGroup.flatMap((group) => group.parts)
    const found = await outageAware(
      this.#client.hmget(reportKeys(region).counts, ...parts.map((part) => `${week}/${part}`)),
    )
    return new Map(parts.map((part, n) => [part, Number(found[n] ?? 0)]))
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url')

function known(measure: string): void {
  if (!isMeasure(measure)) throw new Error(`nothing called ${measure} is counted`)
}

function named(shown: (group: Group) => ShownGroup): Record<string, Shown> {
  return Object.fromEntries(
    everyGroup.flatMap((group) => {
      const { parts, sum } = shown(group)
      const each = group.parts.map((part, n) => [part, parts[n] ?? null] as const)
      return group.sum === undefined ? each : [[group.sum, sum] as const, ...each]
    }),
  )
}
