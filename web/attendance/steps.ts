/** What a record says, as steps that people can follow: the samples of one stretch of media are one step. *Pure.* */
import { type AttendanceEntry, type Fact, goesOn, joined, type Party } from '../../client/index.ts'

export interface Step {
  /** Of the first entry it is made of. */
  readonly n: number
  readonly at: number
  readonly recordedAt: number
  readonly fact: Fact
  /** Of media: until when it went on, and the worst score of that time (0–10). */
  readonly until?: number
  readonly score?: number
}

/** In the order in which it happened. */
export function stepsOf(entries: readonly AttendanceEntry[]): Step[] {
  const steps: Step[] = []
  /** Of each visit: where in `steps` its newest stretch is. */
  const stretches = new Map<string, number>()
  for (const { n, at, recordedAt, fact } of entries) {
    if (fact.type === 'media') {
      const index = stretches.get(fact.visit)
      const before = index === undefined ? undefined : steps[index]
      if (index !== undefined && before?.fact.type === 'media' && goesOn(before.fact, fact)) {
        steps[index] = { ...before, fact: joined(before.fact, fact), until: fact.until }
      } else {
        stretches.set(fact.visit, steps.length)
        steps.push({ n, at: fact.since, recordedAt: fact.since, fact, until: fact.until })
      }
      continue
    }
    if (fact.type === 'quality') {
      const index = stretches.get(fact.visit)
      const stretch = index === undefined ? undefined : steps[index]
      if (index !== undefined && stretch !== undefined)
        steps[index] = { ...stretch, score: Math.min(stretch.score ?? 10, fact.score) }
      continue
    }
    steps.push({ n, at, recordedAt, fact })
  }
  return steps.toSorted((a, b) => a.at - b.at || a.n - b.n)
}

export interface Summary {
  /** How long media came from both at once. */
  readonly togetherMs: number
  /** Times one of both was out of the room without wanting it, and those that the service is to blame for. */
  readonly drops: number
  readonly byService: number
}

const unwanted: readonly string[] = ['connection-lost', 'worker-died', 'node-stopping']

export function summaryOf(entries: readonly AttendanceEntry[]): Summary {
  const drops = entries.flatMap(({ fact }) =>
    fact.type === 'dropped' && unwanted.includes(fact.cause) ? [{ party: fact.party, cause: fact.cause }] : [],
  )
  // What puts both out of the room is one interruption.
  const most = (those: readonly { readonly party: Party }[]) =>
    Math.max(...['jobseeker', 'advisor'].map((one) => those.filter(({ party }) => party === one).length))
  return {
    togetherMs: togetherMs(entries),
    drops: most(drops),
    byService: most(drops.filter(({ cause }) => cause !== 'connection-lost')),
  }
}

function togetherMs(entries: readonly AttendanceEntry[]): number {
  const marks = entries.flatMap(({ fact }) =>
    fact.type === 'media' && fact.packetsFrom > 0
      ? [
          { at: fact.since, party: fact.party, by: 1 },
          { at: fact.until, party: fact.party, by: -1 },
        ]
      : [],
  )
  const open: Record<Party, number> = { jobseeker: 0, advisor: 0 }
  let sum = 0
  let before = 0
  for (const { at, party, by } of marks.toSorted((a, b) => a.at - b.at)) {
    if (open.jobseeker > 0 && open.advisor > 0) sum += at - before
    open[party] += by
    before = at
  }
  return sum
}

/** Whether both came to the room; the lobby is not in it. That it was at the same time, the service looks at. */
export const haveMet = (entries: readonly AttendanceEntry[]): boolean =>
  (['jobseeker', 'advisor'] as const).every((party) =>
    entries.some(({ fact }) => fact.type === 'arrived' && fact.party === party && fact.place === undefined),
  )

/** Who was not there yet when somebody looked, of the window that begins then, and has not come since. */
export function awaitedOf(entries: readonly AttendanceEntry[], from: number): Party[] {
  const facts = entries.filter(({ at, fact }) => at >= from || fact.type !== 'awaited').map(({ fact }) => fact)
  return (['jobseeker', 'advisor'] as const).filter((party) => {
    const theirs = facts.filter((fact) => 'party' in fact && fact.party === party)
    return theirs.some(({ type }) => type === 'awaited') && !theirs.some(({ type }) => came.includes(type))
  })
}

const came: readonly string[] = ['arrived', 'admitted', 'rejoined', 'media', 'dropped']
