/** Small numbers stay hidden, also from whoever subtracts. */
import fc from 'fast-check'
import t from 'tap'
import { type ShownGroup, shownQuarter, shownWeek } from '../../src/report/suppress.ts'

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)
const table = (weeks: number, parts: number) =>
  fc.array(
    fc.array(fc.oneof({ weight: 3, arbitrary: fc.nat(6) }, fc.nat(40)), { minLength: parts, maxLength: parts }),
    {
      minLength: weeks,
      maxLength: weeks,
    },
  )

interface Published {
  readonly weeks: readonly ShownGroup[]
  readonly quarter: ShownGroup
}
const publish = (counts: readonly (readonly number[])[]): Published => ({
  weeks: counts.map(shownWeek),
  quarter: shownQuarter(counts),
})

/** Whether a whole table of numbers fits all that is shown: an attacker who knows the rules asks nothing else. */
function fits(counts: readonly (readonly number[])[], { weeks, quarter }: Published): boolean {
  const same = (count: number, shown: number | null) => shown === null || shown === count
  return (
    counts.every((parts, w) => same(sum(parts), weeks[w]?.sum ?? null)) &&
    counts.every((parts, w) => parts.every((count, p) => same(count, weeks[w]?.parts[p] ?? null))) &&
    quarter.parts.every((shown, p) => same(sum(counts.map((parts) => parts[p] ?? 0)), shown)) &&
    same(sum(counts.flat()), quarter.sum)
  )
}

/** Every value that a hidden cell has in some table that fits: all of 1 to 4 are tried in every hidden cell. */
function possible(published: Published): Map<string, Set<number>> {
  const cells = published.weeks.flatMap(({ parts }, w) =>
    parts.flatMap((shown, p) => (shown === null ? [{ w, p }] : [])),
  )
  const counts = published.weeks.map(({ parts }) => parts.map((shown) => shown ?? 0))
  const found = new Map(cells.map(({ w, p }) => [`${w}/${p}`, new Set<number>()]))
  const tryFrom = (n: number): void => {
    const cell = cells[n]
    if (cell === undefined) {
      if (!fits(counts, published)) return
      for (const { w, p } of cells) found.get(`${w}/${p}`)?.add(counts[w]?.[p] ?? 0)
      return
    }
    for (const value of [1, 2, 3, 4]) {
      const row = counts[cell.w]
      if (row !== undefined) row[cell.p] = value
      tryFrom(n + 1)
    }
  }
  tryFrom(0)
  return found
}

t.test('nothing from 1 to 4 is shown anywhere', async (t) => {
  fc.assert(
    fc.property(table(13, 6), (counts) => {
      const { weeks, quarter } = publish(counts)
      for (const { parts, sum } of [...weeks, quarter]) {
        for (const shown of [...parts, sum]) if (shown !== null && shown > 0 && shown < 5) return false
      }
      return true
    }),
    { numRuns: 1_000 },
  )
  t.pass()
})

t.test('what is shown is true', async (t) => {
  fc.assert(
    fc.property(table(13, 6), (counts) => fits(counts, publish(counts))),
    { numRuns: 1_000 },
  )
  t.pass()
})

t.test('each hidden number can still be any of 1 to 4, whatever is subtracted from whatever', async (t) => {
  let sumsOverHidden = 0
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 4 }).chain((weeks) => table(weeks, 2)),
      (counts) => {
        const published = publish(counts)
        const hidden = published.weeks.some(({ parts }) => parts.includes(null))
        if (hidden && published.quarter.parts.some((shown) => shown !== null)) sumsOverHidden += 1
        return [...possible(published).values()].every((values) => values.size === 4)
      },
    ),
    { numRuns: 500 },
  )
  t.ok(sumsOverHidden > 20, 'sums over hidden numbers were among them')
})

t.test('the attacker of that property does find what a sum gives away', async (t) => {
  const counts = [
    [3, 9],
    [8, 9],
  ]
  const careless: Published = {
    weeks: counts.map((parts) => ({ parts: parts.map((n) => (n < 5 ? null : n)), sum: null })),
    quarter: { parts: [11, 18], sum: 29 },
  }
  t.same([...(possible(careless).get('0/0') ?? [])], [3])
  t.same(publish(counts).quarter, { parts: [null, 18], sum: null })
})

t.test('enough hidden numbers let their sum be told', async (t) => {
  t.same(shownQuarter([[2], [3], [20]]), { parts: [25], sum: 25 })
  t.same(shownQuarter([[1], [1], [20]]), { parts: [null], sum: null }, 'both would be known to be 1')
  t.same(shownQuarter([[4], [4], [20]]), { parts: [null], sum: null }, 'both would be known to be 4')
  t.same(shownQuarter([[0], [0]]), { parts: [0], sum: 0 })
  t.same(shownWeek([0, 0]), { parts: [0, 0], sum: 0 })
  t.same(shownWeek([2, 7]), { parts: [null, 7], sum: null })
})

t.test('a week shows the same whatever else there is', async (t) => {
  fc.assert(
    fc.property(table(3, 3), table(3, 3), (some, others) => {
      const [first = []] = some
      t.same(publish([first, ...others]).weeks[0], publish(some).weeks[0])
    }),
    { numRuns: 50 },
  )
})
