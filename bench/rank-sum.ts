/** Pure: Mann and Whitney's U of two samples that are drawn from one distribution, exactly. */

/**
 * How often U has each value, of all ways to arrange the samples: its distribution, times their number. U is the number of pairs
 * in which the first sample's is the larger one. Takes m · n · (m + n) steps.
 */
export function countsOfU(m: number, n: number): number[] {
  // Of subsets of size i of the ranks seen so far, by the sum of what each is above its place.
  const counts = Array.from({ length: m + 1 }, () => new Array<number>(m * n + 1).fill(0))
  const [none] = counts
  if (none !== undefined) none[0] = 1
  for (let rank = 1; rank <= m + n; rank += 1) {
    for (let size = Math.min(m, rank); size >= 1; size -= 1) {
      const [row = [], smaller = []] = [counts[size], counts[size - 1]]
      const above = rank - size
      for (let sum = m * n; sum >= above; sum -= 1) row[sum] = (row[sum] ?? 0) + (smaller[sum - above] ?? 0)
    }
  }
  return counts[m] ?? []
}

/**
 * The places, in the sorted list of what all pairs give, between which lies what is asked for except in `mistaken` of the cases;
 * -1 and one too far when not even the ends of the list are apart enough.
 */
export function ranksOf(m: number, n: number, mistaken: number): { readonly low: number; readonly high: number } {
  const counts = countsOfU(m, n)
  const all = counts.reduce((sum, count) => sum + count, 0)
  let [tail, low] = [0, -1]
  for (const count of counts) {
    tail += count
    if (tail / all > mistaken / 2) break
    low += 1
  }
  return { low, high: m * n - 1 - low }
}
