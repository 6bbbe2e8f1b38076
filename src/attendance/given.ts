/** A fact that somebody hands to a record, and what becomes of it there. *Pure*, but for the salts. */
import { randomBytes } from 'node:crypto'
import type { AttendanceContent, Fact, FactType } from '../protocol/index.ts'
import type { Link, Loose } from './chain.ts'
import { commitmentTo, saltBytes } from './commitment.ts'

export interface Given {
  /** Of the act, unique in its record: the same again adds nothing. Ids, words and slashes. */
  readonly key: string
  readonly fact: Fact
  /** When it happened (ms). Default: now. */
  readonly at?: number
  /** What somebody wrote, or who they are: the record commits to it, and can forget it. */
  readonly personal?: readonly Personal[]
  /** Whose appointment it is from then on: they see the record, and are told its heads. */
  readonly advisor?: string
}

export interface Personal {
  readonly name: string
  readonly value: string
  /** Who wrote it and whom it is about: it goes when one of them is erased. */
  readonly of: readonly string[]
}

/** As it lies in Redis, under `<n>/<name>`. */
export type StoredContent = Pick<AttendanceContent, 'salt' | 'value'> & { readonly of: readonly string[] }

/** A fact that waits for its place in the chain. */
export interface Prepared {
  readonly key: string
  readonly loose: Loose
  readonly contents: ReadonlyMap<string, StoredContent>
}

export function prepare(appointment: string, given: Given, recordedAt: number): Prepared {
  const { key, fact, at = recordedAt, personal = [] } = given
  const contents = new Map(
    personal.map(({ name, value, of }) => [name, { of, salt: randomBytes(saltBytes).toString('hex'), value }]),
  )
  const commitments = [...contents].map(([name, { salt, value }]) => [name, commitmentTo(salt, value)])
  const committed =
    commitments.length === 0 ? {} : { personal: Object.fromEntries(commitments) as Record<string, string> }
  return { key, loose: { appointment, at, recordedAt, fact, ...committed }, contents }
}

const verdicts: readonly FactType[] = ['verdictProposed', 'verdictConfirmed', 'contested']

/** Of these types the record has its newest entry at hand: what stands follows from them. */
export const isVerdict = ({ type }: Fact): boolean => verdicts.includes(type)

/** Whether a verdict made before it is to be looked at again. The service's health is found by whoever makes one. */
export const isEvidence = (fact: Fact): boolean => !isVerdict(fact) && fact.type !== 'health' && fact.type !== 'awaited'

const sealed: readonly FactType[] = [...verdicts, 'ended', 'cancelled', 'excused', 'attempt']
/** What closes a record, or somebody has done: its head is signed as soon as it is there; the others wait for the hourly checkpoint. */
export const isSealedAtOnce = ({ type }: Fact): boolean => sealed.includes(type)

/** What `add` of lua/record.lua takes behind the count of entries. */
export function additionOf(links: readonly Link[], prepared: readonly Prepared[]): (string | number)[] {
  const entries = links.flatMap(({ entry, text }, index) => [
    prepared[index]?.key ?? '',
    text,
    isVerdict(entry.fact) ? entry.fact.type : '',
  ])
  const contents = links.flatMap(({ entry }, index) =>
    [...(prepared[index]?.contents ?? [])].flatMap(([name, content]) => [
      `${entry.n}/${name}`,
      JSON.stringify(content),
    ]),
  )
  return [...entries, ...contents]
}
