/** Whether both were in the room at once, by what a record says. */
import fc from 'fast-check'
import t from 'tap'
import { togetherOf } from '../../src/attendance/together.ts'
import type { AttendanceEntry, Fact, Party } from '../../src/protocol/index.ts'

const entriesOf = (facts: readonly (readonly [at: number, fact: Fact])[]): AttendanceEntry[] =>
  facts.map(([at, fact], index) => ({ appointment: 'a1', n: index + 1, at, recordedAt: at, prev: '', fact }))
const arrived = (party: Party, visit: string, place?: 'lobby'): Fact => ({
  ...{ type: 'arrived', party, visit },
  ...(place === undefined ? {} : { place }),
})
const rejoined = (party: Party, visit: string): Fact => ({ type: 'rejoined', party, visit })
const dropped = (party: Party, visit: string): Fact => ({ type: 'dropped', party, visit, cause: 'left' })

t.test('both at once is a talk, from when the second came until the first went', async (t) => {
  const facts = [
    [10, arrived('jobseeker', 'j')],
    [20, arrived('advisor', 'a')],
    [50, dropped('jobseeker', 'j')],
    [60, dropped('advisor', 'a')],
  ] as const
  t.same(togetherOf(entriesOf(facts), 100), { ms: 30, lastAt: 50 })
  t.same(togetherOf(entriesOf(facts.slice(0, 2)), 100), { ms: 80, lastAt: 100 }, 'while it lasts')
})

t.test('one after the other, alone, or in the lobby is none', async (t) => {
  const first = [
    [10, arrived('jobseeker', 'j')],
    [20, dropped('jobseeker', 'j')],
  ] as const
  t.equal(togetherOf(entriesOf(first), 100), undefined)
  t.equal(togetherOf(entriesOf([...first, [20, arrived('advisor', 'a')]]), 100), undefined)
  const lobby = [
    [10, arrived('jobseeker', 'lobby-10', 'lobby')],
    [15, { type: 'admitted', party: 'jobseeker', visit: 'lobby-10' }],
    [20, arrived('advisor', 'a')],
  ] as const
  t.equal(togetherOf(entriesOf(lobby), 100), undefined)
  t.equal(togetherOf([], 100), undefined)
})

t.test('whoever comes again goes on, and two devices count once', async (t) => {
  const facts = [
    [0, arrived('advisor', 'a')],
    [10, arrived('jobseeker', 'j1')],
    [20, dropped('jobseeker', 'j1')],
    [30, rejoined('jobseeker', 'j2')],
    [35, rejoined('jobseeker', 'j3')],
    [40, dropped('jobseeker', 'j2')],
    [45, dropped('jobseeker', 'j3')],
  ] as const
  t.same(togetherOf(entriesOf(facts), 100), { ms: 25, lastAt: 45 })
})

t.test('of any stays, it is what counting moment by moment finds', async (t) => {
  const stay = fc.record({
    party: fc.constantFrom<Party>('jobseeker', 'advisor'),
    from: fc.nat(40),
    ms: fc.integer({ min: 1, max: 20 }),
  })
  fc.assert(
    fc.property(fc.array(stay, { maxLength: 8 }), (stays) => {
      const facts = stays
        .flatMap(({ party, from, ms }, n) => [
          [from, rejoined(party, `v${n}`)] as const,
          [from + ms, dropped(party, `v${n}`)] as const,
        ])
        .toSorted(([a], [b]) => a - b)
      const isThere = (party: Party, at: number) =>
        stays.some((one) => one.party === party && one.from <= at && at < one.from + one.ms)
      const moments = Array.from({ length: 100 }, (_, at) => at)
      const both = moments.filter((at) => isThere('jobseeker', at) && isThere('advisor', at))
      const last = both.at(-1)
      t.same(togetherOf(entriesOf(facts), 100), last === undefined ? undefined : { ms: both.length, lastAt: last + 1 })
    }),
    { numRuns: 300 },
  )
})
