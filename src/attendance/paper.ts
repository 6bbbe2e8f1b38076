/** The entries of a record as lines for paper: the samples of one stretch of media, some hundred of a talk, are one line. *Pure.* */
import type { AttendanceEntry, Fact } from '../protocol/index.ts'
import { goesOn, joined } from '../protocol/record-reading.ts'

type Quality = Pick<Extract<Fact, { type: 'quality' }>, 'score' | 'lostPermille' | 'roundTripMs'>

export interface Line {
  /** Of the first and of the last entry that it is made of. */
  readonly n: number
  readonly upTo: number
  readonly at: number
  readonly recordedAt: number
  readonly fact: Fact
  /** Of a stretch of media: the worst that was measured. */
  readonly worst?: Quality
}

/** In the order of the record. */
export function linesOf(entries: readonly AttendanceEntry[]): Line[] {
  const lines: Line[] = []
  /** Of each visit: where in `lines` its newest stretch is. */
  const stretches = new Map<string, number>()
  for (const { n, at, recordedAt, fact } of entries) {
    const index = 'visit' in fact ? stretches.get(fact.visit) : undefined
    const before = index === undefined ? undefined : lines[index]
    if (fact.type === 'media') {
      if (index !== undefined && before?.fact.type === 'media' && goesOn(before.fact, fact)) {
        lines[index] = { ...before, upTo: n, fact: joined(before.fact, fact) }
        continue
      }
      stretches.set(fact.visit, lines.length)
      lines.push({ n, upTo: n, at: fact.since, recordedAt: fact.since, fact })
      continue
    }
    if (fact.type === 'quality' && index !== undefined && before !== undefined) {
      lines[index] = { ...before, upTo: n, worst: worse(before.worst, fact) }
      continue
    }
    lines.push({ n, upTo: n, at, recordedAt, fact })
  }
  return lines
}

const worse = (before: Quality | undefined, { score, lostPermille, roundTripMs }: Quality): Quality => ({
  score: Math.min(before?.score ?? score, score),
  lostPermille: Math.max(before?.lostPermille ?? 0, lostPermille),
  roundTripMs: Math.max(before?.roundTripMs ?? 0, roundTripMs),
})
