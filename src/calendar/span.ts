/** Stretches of time. Pure. */

/** From `from` until just before `until` (ms since the epoch). */
export interface Span {
  readonly from: number
  readonly until: number
}

/** What two ordered lists have in common. */
export function intersect(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [left, right] = [a[i], b[j]]
    if (left === undefined || right === undefined) break
    const from = Math.max(left.from, right.from)
    const until = Math.min(left.until, right.until)
    if (from < until) common.push({ from, until })
    if (left.until < right.until) i += 1
    else j += 1
  }
  return common
}

/** Ordered; those that touch are one. */
export function join(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of spans.filter(({ from, until }) => from < until).toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last === undefined || last.until < span.from) joined.push(span)
    else joined[joined.length - 1] = { from: last.from, until: Math.max(last.until, span.until) }
  }
  return joined
}
