/** Keys of one region's appointments, all with the region as tag. */
import { shardKeys } from '../store/events.ts'
import { key } from '../store/key.ts'

/*
 * "Kept": as long as the region's retention says after its end, or until the jobseeker is erased.
 *
 * The members of `lists` all have score 0 and sort by their text, so that one key holds the calendar of everybody and a
 * script needs no other. Times in them are ms with 15 digits.
 */
export const appointmentKeys = (region: string) => {
  const records = key('appointments', region, 'records') // hash  id -> two lines of JSON; <id>/<n> -> JSON of the n-th entry of its history, only added to; kept
  const lists = key('appointments', region, 'lists') //     zset  see below
  const due = key('appointments', region, 'due') //         zset  id -> when somebody looks at it next, or until when somebody does (ms); while anything is to come
  const { feeds, log, nudge } = shardKeys(region)
  return {
    /** What every script takes, in the order in which lua/appointment.lua names it. */
    all: [records, lists, due, feeds, log, nudge] as const,
    records,
    lists, // a|advisor|from|busy until|id, o|jobseeker|from|until|id: booked ones, none overlaps another    n|advisor|from|busy until|id: booked, with a clash
    //        j|jobseeker|from|id: kept
    due,
    settings: key('appointments', region, 'settings'), //   string  JSON of what the region has set; permanent
    /** That this was done, so that a repeat does nothing more. */
    acted: (act: string, person: string, idempotencyKey: string) =>
      key('appointments', region, 'key', act, person, idempotencyKey), // string  id of the appointment; 48 h
  }
}

export type AppointmentKeys = ReturnType<typeof appointmentKeys>['all']

/** Members that begin with these words, for ZRANGEBYLEX and ZLEXCOUNT. '}' comes after '|'. */
export const startingWith = (...words: readonly string[]): [from: string, to: string] => [
  `[${words.join('|')}|`,
  `(${words.join('|')}}`,
]

/** The id in which a member ends. */
export const idOf = (member: string): string => member.slice(member.lastIndexOf('|') + 1)

export const padded = (at: number): string => String(Math.max(0, Math.trunc(at))).padStart(15, '0')
