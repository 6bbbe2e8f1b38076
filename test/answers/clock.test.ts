import fc from 'fast-check'
import t from 'tap'
import { standingOf } from '../../src/answers/clock.ts'

const hour = 60 * 60 * 1_000
const limits = { withinMs: 72 * hour, leadMs: 24 * hour }

t.test('others are told 24 h before the time runs out, when it has, and at once where nobody can answer', async (t) => {
  const at = (hours: number, answerers = 1) => standingOf({ since: 0, answerers }, hours * hour, limits)
  t.equal(at(47.9).alert, undefined)
  t.equal(at(48).alert, 'soon')
  t.equal(at(71.9).alert, 'soon')
  t.equal(at(72).alert, 'overdue')
  t.equal(at(0, 0).alert, 'nobody')
  t.equal(at(72, 0).alert, 'overdue')
  t.equal(at(47.5).lookAt, 48 * hour)
  t.equal(at(10).lookAt, 11 * hour, 'who can answer is looked at every hour')
  t.equal(standingOf({ since: 0, answerers: 1, changesAt: 5 }, 1, limits).lookAt, 5)
})

const rank = { nobody: 0, soon: 0, overdue: 1 }

t.test('whatever the clock, the next look comes before anything changes, and alerts only grow', async () => {
  const moment = fc.integer({ min: 0, max: 1e9 })
  const limit = fc.record({ withinMs: fc.integer({ min: 1, max: 1e9 }), leadMs: fc.integer({ min: 0, max: 1e9 }) })
  fc.assert(
    fc.property(
      moment,
      moment,
      moment,
      fc.nat(3),
      limit,
      fc.nat(),
      (since, later, changesAt, answerers, limits, jump) => {
        const wait = { since, answerers, changesAt }
        const now = since + later
        const { alert, dueAt, lookAt } = standingOf(wait, now, limits)
        if (lookAt <= now) throw new Error('the next look is not later')
        if (changesAt > now && lookAt > changesAt) throw new Error('a change of who can answer is missed')
        if ((alert === 'overdue') !== now >= dueAt) throw new Error('overdue is when it is due, for whoever waits')
        const before = standingOf(wait, now + (jump % (lookAt - now)), limits)
        if (before.alert !== alert) throw new Error('something changes before the next look')
        const after = standingOf(wait, lookAt, limits)
        if (alert !== undefined && (after.alert === undefined || rank[after.alert] < rank[alert]))
          throw new Error('it fell')
      },
    ),
    { numRuns: 2_000 },
  )
})
