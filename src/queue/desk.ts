/**
 * Pure: where an advisor stands.
 *
 * | state   | enters when                                    | leaves when                          | is offered something |
 * |---------|------------------------------------------------|--------------------------------------|----------------------|
 * | ready   | they come, or say so; a wrap-up is over        | they say otherwise                   | yes                  |
 * | busy    | they say so                                    | they say otherwise                   | no                   |
 * | away    | they say so, or an offer to them ran out       | they say otherwise                   | no                   |
 * | wrap-up | they have completed a callback                 | its time is over; they say otherwise | no                   |
 * | offline | they were gone for longer than the grace       | they come                            | no                   |
 */

import type { Desk, DeskState } from '../protocol/callback.ts'
import type { Skills } from '../protocol/callback-settings.ts'

export interface DeskRecord {
  readonly state: DeskState
  readonly since: number
  readonly until?: number
  readonly missed?: boolean
  readonly name?: string
  /** As in keys; empty: none. */
  readonly team?: string
  /** What they hold, by how they came to it: what was offered may have been accepted by now. */
  readonly work: Readonly<Record<string, 'offered' | 'active'>>
  /** Absent: all. */
  readonly topics?: Readonly<Record<string, true>>
  readonly languages?: Readonly<Record<string, true>>
}

/** What an advisor holds, of their desk as it is stored, if they have one. */
export const workOf = (stored: string | null | undefined): DeskRecord['work'] =>
  typeof stored === 'string' ? (JSON.parse(stored) as DeskRecord).work : {}

/** A wrap-up ends by the clock, without anybody doing anything. */
export function deskAt({ state, since, until, missed }: DeskRecord, now: number): Desk {
  if (state === 'wrap-up' && until !== undefined && until <= now) return { state: 'ready', since: until }
  return {
    state,
    since,
    ...(until === undefined ? {} : { until }),
    ...(missed === undefined ? {} : { missed }),
  }
}

const asSet = (words: readonly string[] | undefined) =>
  words === undefined ? undefined : Object.fromEntries(words.map((word) => [word, true]))

/** As Lua looks them up. */
export const skillSets = ({ topics, languages }: Skills) => ({ topics: asSet(topics), languages: asSet(languages) })

export const skillsOf = ({ topics, languages }: DeskRecord): Skills => ({
  ...(topics === undefined ? {} : { topics: Object.keys(topics) }),
  ...(languages === undefined ? {} : { languages: Object.keys(languages) }),
})
