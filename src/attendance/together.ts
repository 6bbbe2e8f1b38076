/** Whether both parties were in the room at the same time, by what a record says. *Pure.* Times are ms. */
import type { AttendanceEntry, Party } from '../protocol/index.ts'

export interface Together {
  readonly ms: number
  /** The last moment at which both were there. */
  readonly lastAt: number
}

type Span = readonly [from: number, until: number]

/** @param now until then whoever has not gone is there. @returns undefined when they did not meet. */
export function togetherOf(entries: readonly AttendanceEntry[], now: number): Together | undefined {
  let ms = 0
  let lastAt = 0
  const advisor = merged(stays(entries, 'advisor', now))
  for (const [from, until] of merged(stays(entries, 'jobseeker', now))) {
    for (const [begin, end] of advisor) {
      const both = Math.min(until, end) - Math.max(from, begin)
      if (both <= 0) continue
      ms += both
      lastAt = Math.max(lastAt, Math.min(until, end))
    }
  }
  return ms > 0 ? { ms, lastAt } : undefined
}

/** Each visit of the room, the lobby aside. */
function stays(entries: readonly AttendanceEntry[], party: Party, now: number): Span[] {
  const begun = new Map<string, number>()
  const over: Span[] = []
  for (const { at, fact } of entries) {
    if (!('party' in fact) || fact.party !== party) continue
    const came = (fact.type === 'arrived' && fact.place === undefined) || fact.type === 'rejoined'
    if (came && !begun.has(fact.visit)) begun.set(fact.visit, at)
    const from = fact.type === 'dropped' ? begun.get(fact.visit) : undefined
    if (from === undefined || fact.type !== 'dropped') continue
    begun.delete(fact.visit)
    over.push([from, at])
  }
  return [...over, ...[...begun.values()].map((from): Span => [from, now])]
}

function merged(spans: readonly Span[]): Span[] {
  const found: [number, number][] = []
  for (const [from, until] of spans.toSorted(([a], [b]) => a - b)) {
    const last = found.at(-1)
    if (last === undefined || from > last[1]) found.push([from, until])
    else last[1] = Math.max(last[1], until)
  }
  return found
}
