/** Keys of one region's callback queue, all with the region as tag. */
import { shardKeys } from '../store/events.ts'
import { key } from '../store/key.ts'

/*
 * "Kept": until the jobseeker has made 50 newer requests, and for at least 48 hours after its end. The first is what a
 * page shows, the second is longer than any repeat may come. An open callback stays whatever comes after it.
 *
 * Lines and lists are zsets whose members all have score 0 and sort by their text, so that one key holds any number of
 * queues and a script needs no other. Times in them are ms with 15 digits.
 */
export const queueKeys = (region: string) => {
  const records = key('queue', region, 'records') // hash  id -> two lines of JSON, or a head whose body is <id>/b (lua/plain.lua); <id>/<n> -> JSON of the n-th transition, only added to, and what was told of it (store/lua/shared-event.lua); kept
  const lines = key('queue', region, 'lines') //     zset  <line>|topic|language|place|id; while it waits (matching.ts)
  const lists = key('queue', region, 'lists') //     zset  see below
  const due = key('queue', region, 'due') //         zset  l|id -> end of its lease, w|id -> next step, d|id -> next look at its declines, g|advisor -> end of their grace (ms)
  const marks = key('queue', region, 'marks') //     hash  open|jobseeker|topic -> id, declined|id|advisor -> token; while it is open
  const desks = key('queue', region, 'desks') //     hash  advisor -> JSON (desk.ts); permanent
  const figures = key('queue', region, 'figures') // hash  pace -> ms, pause|<team or nothing> -> JSON, settings|<team or nothing> -> JSON; permanent
  const { feeds, log, nudge } = shardKeys(region)
  return {
    /** What every script takes, in the order in which lua/queue.lua names it. */
    all: [records, lines, lists, due, marks, desks, figures, feeds, log, nudge] as const,
    records,
    lines,
    lists, // b|team|readyAt|id, d|advisor|readyAt|id: while it waits    q|advisor|requestedAt|id: open and not waiting    j|jobseeker|requestedAt|id: kept
    //        x|team|id: declined by everybody    s|advisor|from|id: windows asked for    a|team|advisor: those at work
    due,
    marks,
    desks,
    figures,
    hours: key('queue', region, 'hours'), //         hash  advisor -> JSON of the week in which they take callbacks; permanent
    log,
    /** What a request with this key was answered with that made none, so that a repeat gets the same. */
    requested: (jobseeker: string, idempotencyKey: string) => key('queue', region, 'key', jobseeker, idempotencyKey), // string  existing:<id>; 48 h
    /** The service level of a local day (2026-05-08). */
    day: (date: string) => key('queue', region, 'day', date), // hash  team|advisor|ok, team|advisor|late -> count; 8 days
  }
}

export type QueueKeys = ReturnType<typeof queueKeys>['all']

/** Members of a list or line that begin with these words, for ZRANGEBYLEX and ZLEXCOUNT. '}' comes after '|'. */
export const startingWith = (...words: readonly string[]): [from: string, to: string] => [
  `[${words.join('|')}|`,
  `(${words.join('|')}}`,
]

/** The field of the body of a plain record. */
export const bodyField = (id: string): string => `${id}/b`

/** The id in which a member of a line or list ends. */
export const idOf = (member: string): string => member.slice(member.lastIndexOf('|') + 1)

/** The time before the id. */
export const timeOf = (member: string): number => Number(member.split('|').at(-2))

export const padded = (at: number): string => String(at).padStart(15, '0')
