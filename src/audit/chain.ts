/**
 * The chain of hashes that shows tampering: each entry's hash covers its text and the hash before it, so nobody can change,
 * remove or insert one without changing all after it. Pure.
 */
import { hash } from 'node:crypto'
import { numbered } from './entry.ts'

/** The newest entry of a log; n 0 and '' of an empty one. */
export interface Tip {
  readonly n: number
  readonly hash: string
}

export interface Link {
  /** The entry's JSON, as it is hashed. */
  readonly text: string
  /** SHA-256 of the hash before and the text, in base64url. */
  readonly hash: string
}

export const hashAfter = (before: string, text: string): string => hash('sha256', `${before}${text}`, 'base64url')

/** Numbers and chains entries (of `encode`) after a tip. */
export function chainAfter(tip: Tip, encoded: readonly string[]): { links: Link[]; tip: Tip } {
  const links: Link[] = []
  let { n, hash: before } = tip
  for (const entry of encoded) {
    n += 1
    const text = numbered(entry, n)
    before = hashAfter(before, text)
    links.push({ text, hash: before })
  }
  return { links, tip: { n, hash: before } }
}

/**
 * Whether links, in the order of their log, are whole. The first one is taken as given, unless it is the log's first.
 * @returns the index of the first link that does not fit, or undefined.
 */
export function firstBreak(links: readonly Link[]): number | undefined {
  const broken = links.findIndex(({ text, hash: own }, index) => {
    const before = links[index - 1]
    if (before === undefined) return text.startsWith('{"n":1,') && hashAfter('', text) !== own
    return hashAfter(before.hash, text) !== own
  })
  return broken === -1 ? undefined : broken
}
