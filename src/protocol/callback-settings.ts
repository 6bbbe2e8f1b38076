/** How a region and its teams answer callbacks: what supervisors and the agency's systems may set. */
import { list, object, oneOf, optional, type Static, Text } from './schema.ts'
import { Type } from './type.ts'

const word = (description: string) => Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 32, description })
export const Topic = word('one of the region’s topics')
export const Language = word('one of the region’s languages: fr, ar, …')

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const ms = (least: number, most: number) => Type.Integer({ minimum: least, maximum: most, description: 'ms' })

export const RegionSettings = object({
  /** What callbacks can be about; the first is the default. */
  topics: Type.Array(Topic, { minItems: 1, maxItems: 30, uniqueItems: true }),
  languages: Type.Array(Language, { minItems: 1, maxItems: 20, uniqueItems: true }),
  /** Opening time for which a request is only the own advisor’s; then for the cover as well; then for the team. */
  ownWaitMs: ms(0, 7 * dayMs),
  coverWaitMs: ms(0, 7 * dayMs),
  teamWaitMs: ms(0, 7 * dayMs),
  /** By how much later a request may have come and still go first, because the advisor is its own, cover, of the team. */
  ownStartMs: ms(0, dayMs),
  coverStartMs: ms(0, dayMs),
  teamStartMs: ms(0, dayMs),
  /** The head start of one level of priority. */
  priorityMs: ms(0, dayMs),
  /** The longest wait while somebody who could call is free; checked to be no less than the waits and head starts allow. */
  maxWaitMs: ms(minuteMs, 60 * dayMs),
  /** When everybody has declined a request, those who did are asked again after so much opening time; within `maxWaitMs` in any case. */
  declineMs: ms(minuteMs, 7 * dayMs),
  /** A callback is taken in time within so much opening time. */
  serviceLevelMs: ms(minuteMs, 30 * dayMs),
  /** How long a call takes, until the region has calls to go by. */
  handlingMs: ms(10_000, 8 * hourMs),
  /** How long somebody may have a callback in work; then it goes back to its place, or is done if they reached the jobseeker. */
  longestCallMs: ms(5 * minuteMs, dayMs),
  /** How long a window is, and how many days ahead there are any. */
  windowMs: ms(15 * minuteMs, 12 * hourMs),
  windowDays: Type.Integer({ minimum: 0, maximum: 30, description: 'days' }),
  /** Tries before somebody is unreachable, and how far apart; after an engaged line it may be sooner. */
  attempts: Type.Integer({ minimum: 1, maximum: 10 }),
  spacingMs: ms(minuteMs, 7 * dayMs),
  busySpacingMs: ms(minuteMs, 7 * dayMs),
  /** How long a request waits for another number after a wrong one. */
  numberWaitMs: ms(hourMs, 60 * dayMs),
})
export type RegionSettings = Static<typeof RegionSettings>

/** `auto`: callbacks are offered. `pick`: advisors take them from the list. */
export const TeamMode = oneOf('auto', 'pick')
export type TeamMode = Static<typeof TeamMode>

export const TeamSettings = object({
  mode: TeamMode,
  /** Callbacks in work at the same time per advisor. */
  limit: Type.Integer({ minimum: 1, maximum: 10 }),
  /** After a callback, before the next offer. */
  wrapUpMs: ms(0, hourMs),
})
export type TeamSettings = Static<typeof TeamSettings>

/** What an advisor can do. Absent: all of it. */
export const Skills = object({ topics: optional(list(Topic, 30)), languages: optional(list(Language, 20)) })
export type Skills = Static<typeof Skills>

/** Openings by weekday, by the clocks of the region: `{"monday": ["09:00-12:00"]}`. A day that is not named has none. */
const Openings = list(Text(11, 11), 10)
export const Hours = object({
  monday: optional(Openings),
  tuesday: optional(Openings),
  wednesday: optional(Openings),
  thursday: optional(Openings),
  friday: optional(Openings),
  saturday: optional(Openings),
  sunday: optional(Openings),
})
export type Hours = Static<typeof Hours>
