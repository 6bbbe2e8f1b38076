/**
 * Pure: who may take a callback, and which one an advisor gets.
 *
 * Each callback stands in up to four lines, one for each step it has reached: its own advisor's, that of who covers, the
 * team's, the region's. Its place in all of them is the moment from which it waits, less a head start for its priority. An
 * advisor looks at the first of each line they may take from, and gets the one whose place, less the head start of the
 * step by which they come to it, is the earliest. Waiting is worth the same to everybody, so a place never changes by
 * itself: nothing has to be sorted again, and whoever comes later than all head starts together is behind for good.
 */
import type { RegionSettings } from '../protocol/callback-settings.ts'
import type { CallbackStep } from '../protocol/index.ts'

/** What is known of an advisor who may be given something. */
export interface Taker {
  readonly advisor: string
  /** As others see it. */
  readonly name: string
  readonly team?: string | undefined
  /** For whom they stand in at the moment. */
  readonly covers?: readonly string[] | undefined
}

/** A line, by the name it has in keys, and the head start of who takes from it. */
export interface Scope {
  readonly line: string
  readonly headStartMs: number
}

/** Names of teams are free text, and members of lines are parted at bars. */
export const teamKey = (team: string | undefined): string => (team === undefined ? '' : encodeURIComponent(team))
export const teamName = (key: string): string => decodeURIComponent(key)

/** The steps in their order. */
export const steps: readonly CallbackStep[] = ['own', 'cover', 'team', 'region']

/** The line of a step; lua/queue.lua spells them in the same way. */
export const lineOf: Readonly<Record<CallbackStep, (of: string) => string>> = {
  own: (advisor) => `o:${advisor}`,
  cover: (advisor) => `c:${advisor}`,
  team: (team) => `t:${team}`,
  region: () => 'r',
}

/** The lines from which somebody may take. */
export function scopesOf({ advisor, team, covers = [] }: Taker, settings: RegionSettings): Scope[] {
  const { ownStartMs, coverStartMs, teamStartMs } = settings
  return [
    { line: lineOf.own(advisor), headStartMs: ownStartMs },
    ...covers.map((covered) => ({ line: lineOf.cover(covered), headStartMs: coverStartMs })),
    ...(team === undefined ? [] : [{ line: lineOf.team(teamKey(team)), headStartMs: teamStartMs }]),
    { line: lineOf.region(''), headStartMs: 0 },
  ]
}
