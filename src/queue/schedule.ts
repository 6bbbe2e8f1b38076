/** Pure: when a callback is due, when others may take it, and when somebody who was not reached is tried again. */
import type { Calendar } from '../calendar/calendar.ts'
import type { Attempt, AttemptOutcome, Window } from '../protocol/callback.ts'
import type { RegionSettings } from '../protocol/callback-settings.ts'
import { VisavisError } from '../protocol/index.ts'
import type { StepTimes } from './callback.ts'

/** When things happen to a callback by the clock (ms). */
export interface Plan {
  readonly readyAt: number
  readonly window?: Window | undefined
  readonly at: StepTimes
  readonly answerBy: number
}

export interface Planning {
  readonly calendar: Calendar
  readonly settings: RegionSettings
  /** Whether somebody stands in for the advisor, and whether the advisor has a team: a step for nobody takes no time. */
  readonly covered: boolean
  readonly inTeam: boolean
}

const dayMs = 24 * 60 * 60_000
/** How many days ahead a moment for the next attempt is looked for. */
const retryDays = 14

/** Waits count opening time only: nobody's advisor has missed a request that came at night. */
export function plan(planning: Planning, readyAt: number, window?: Window): Plan {
  const { calendar, settings, covered, inTeam } = planning
  const after = (at: number, ms: number) => calendar.afterOpenMs(at, ms) ?? at + ms
  const cover = after(readyAt, settings.ownWaitMs)
  const team = covered ? after(cover, settings.coverWaitMs) : cover
  const region = inTeam ? after(team, settings.teamWaitMs) : team
  return { readyAt, window, at: { cover, team, region }, answerBy: after(readyAt, settings.serviceLevelMs) }
}

/** As soon as possible is at the next opening. */
export const planNow = (planning: Planning, now: number): Plan =>
  plan(planning, planning.calendar.nextOpening(now) ?? now)

/**
 * @param window one that was offered, or another within opening hours.
 * @throws VisavisError BAD_REQUEST for one that is over, too far ahead, too short or never open.
 */
export function planWindow(planning: Planning, now: number, window: Window): Plan {
  const { from, until } = window
  const refuse = (message: string) => new VisavisError('BAD_REQUEST', message, { details: { path: '/window' } })
  const { windowDays } = planning.settings
  if (until <= now) throw refuse('the window is over')
  if (from >= until) throw refuse('a window ends after it begins')
  // Both ends: whoever looks at days one by one must not be sent through a thousand years of them.
  if (until > now + (windowDays + 2) * dayMs) throw refuse(`windows are at most ${windowDays} days ahead`)
  if (from < now - dayMs) throw refuse('the window began more than a day ago')
  const open = planning.calendar.spans(Math.max(now, from), until)
  const [first] = open
  if (first === undefined) throw refuse('nobody calls in that window: it is closed')
  return plan(planning, Math.max(now, first.from), window)
}

/** What an attempt leads to. */
export type Verdict =
  | { readonly is: 'stay' }
  | { readonly is: 'retry'; readonly plan: Plan }
  | { readonly is: 'hold'; readonly until: number; readonly plan: Plan }
  | { readonly is: 'unreachable' }

export interface Trying extends Planning {
  /** The earlier ones. */
  readonly attempts: readonly Attempt[]
  readonly window?: Window | undefined
  /** Of `postponed`: what the jobseeker asked for. */
  readonly wanted?: Window | undefined
}

/** Somebody is unreachable only after as many vain attempts as the policy says; engaged lines count, postponing does not. */
export function afterAttempt(trying: Trying, outcome: AttemptOutcome, now: number): Verdict {
  const { settings, attempts, calendar, wanted } = trying
  if (outcome === 'reached') return { is: 'stay' }
  if (outcome === 'postponed') {
    const later = calendar.nextOpening(now + settings.spacingMs) ?? now + settings.spacingMs
    return { is: 'retry', plan: wanted === undefined ? plan(trying, later) : planWindow(trying, now, wanted) }
  }
  if (outcome === 'wrong-number') {
    const until = now + settings.numberWaitMs
    return { is: 'hold', until, plan: plan(trying, until, trying.window) }
  }
  const vain = attempts.filter((attempt) => attempt.outcome === 'no-answer' || attempt.outcome === 'busy').length + 1
  if (vain >= settings.attempts) return { is: 'unreachable' }
  return { is: 'retry', plan: nextAttempt(trying, outcome, now) }
}

function nextAttempt(trying: Trying, outcome: AttemptOutcome, now: number): Plan {
  const { settings, window } = trying
  const earliest = now + (outcome === 'busy' ? settings.busySpacingMs : settings.spacingMs)
  return window === undefined ? atAnotherTime(trying, outcome, earliest, now) : inWindow(trying, window, earliest)
}

/** Within the window that was asked for; when it is over, at the same hours of the next day that has them. */
function inWindow(trying: Trying, window: Window, earliest: number): Plan {
  const { calendar } = trying
  for (let n = 0; n <= retryDays; n += 1) {
    const shifted = { from: sameClock(calendar, window.from, n), until: sameClock(calendar, window.until, n) }
    const [first] = calendar.spans(Math.max(shifted.from, earliest), shifted.until)
    if (first !== undefined) return plan(trying, first.from, shifted)
  }
  return plan(trying, calendar.nextOpening(earliest) ?? earliest)
}

const sameClock = (calendar: Calendar, at: number, days: number): number =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(calendar.timeZone).add({ days }).epochMilliseconds

/** Whoever did not answer in the morning may do so in the afternoon. */
function atAnotherTime(trying: Trying, outcome: AttemptOutcome, earliest: number, now: number): Plan {
  const { calendar, attempts } = trying
  const soonest = calendar.nextOpening(earliest) ?? earliest
  // An engaged line means that somebody is there.
  if (outcome === 'busy') return plan(trying, soonest)
  const tried = new Set([...attempts.map(({ at }) => at), now].map((at) => partOfDay(calendar, at)))
  const other = calendar
    .spans(earliest, earliest + retryDays * dayMs)
    .flatMap(({ from, until }) => partsOf(calendar, from, until))
    .find((from) => !tried.has(partOfDay(calendar, from)))
  return plan(trying, other ?? soonest)
}

type PartOfDay = 'morning' | 'afternoon' | 'evening'
/** Local hours at which the parts of a day begin. */
const parts: readonly (readonly [PartOfDay, number])[] = [
  ['evening', 17],
  ['afternoon', 12],
  ['morning', 0],
]

const local = (calendar: Calendar, at: number) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(calendar.timeZone)

export function partOfDay(calendar: Calendar, at: number): PartOfDay {
  const { hour } = local(calendar, at)
  return parts.find(([, from]) => hour >= from)?.[0] ?? 'morning'
}

/** The moments between two at which a part of the day begins, and the first of them. */
function partsOf(calendar: Calendar, from: number, until: number): number[] {
  const day = local(calendar, from).startOfDay()
  const begins = parts
    .map(([, hour]) => day.toPlainDate().toZonedDateTime({ timeZone: calendar.timeZone, plainTime: { hour } }))
    .map(({ epochMilliseconds }) => epochMilliseconds)
  return [from, ...begins.filter((at) => at > from && at < until).toSorted((a, b) => a - b)]
}
