/**
 * Small numbers are hidden, also from whoever subtracts. Pure.
 *
 * The rules, for a table of weeks by parts, with sums over the parts of a week and over the weeks of a quarter:
 *
 * 1. A number from 1 to 4 is hidden.
 * 2. A sum over parts is hidden when one of its parts is.
 * 3. A sum over weeks is hidden when it is small, or when it would tell more of a hidden number than that it is one of 1 to 4:
 *    with k of them hidden, adding up to r, it is shown only where k + 3 ≤ r ≤ 4k − 3.
 *
 * So whatever is shown, each hidden number of a week can still be any of 1 to 4 (a property test tries them all). What a week
 * shows depends on that week alone, and only weeks and quarters that are over are shown: no later report takes back what an
 * earlier one has shown, or shows by the difference of two what each of them hides. Quarters do not overlap.
 */

/** Fewer are not told. */
export const fewest = 5
const largest = fewest - 1

/** A number, or null: hidden. */
export type Shown = number | null

export interface ShownGroup {
  readonly parts: readonly Shown[]
  readonly sum: Shown
}

const isSmall = (count: number): boolean => count > 0 && count < fewest

/** The counts of the parts of one week. */
export function shownWeek(parts: readonly number[]): ShownGroup {
  const shown = parts.map((count) => (isSmall(count) ? null : count))
  return { parts: shown, sum: sumOf(shown) }
}

/** @param weeks the counts of the parts of each week of a quarter. */
export function shownQuarter(weeks: readonly (readonly number[])[]): ShownGroup {
  const width = Math.max(0, ...weeks.map((parts) => parts.length))
  const parts = Array.from({ length: width }, (_, n) => overWeeks(weeks.map((week) => week[n] ?? 0)))
  return { parts, sum: sumOf(parts) }
}

function overWeeks(counts: readonly number[]): Shown {
  const all = total(counts)
  if (isSmall(all)) return null
  const hidden = counts.filter(isSmall)
  const [k, r] = [hidden.length, total(hidden)]
  return k === 0 || (r >= k + largest - 1 && r <= largest * k - (largest - 1)) ? all : null
}

/** A sum that is small has a small part, but for none at all. */
const sumOf = (parts: readonly Shown[]): Shown => {
  const known = parts.filter((part) => part !== null)
  return known.length === parts.length ? total(known) : null
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
