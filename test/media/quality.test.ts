import fc from 'fast-check'
import t from 'tap'
import { qualityOf, type ShownQuality, showQuality, unknownQuality } from '../../src/media/quality.ts'
import type { Quality } from '../../src/protocol/index.ts'

const clean = { score: 10, loss: 0, roundTripMs: 30, held: false }
const rank = { poor: 0, fair: 1, good: 2 }

t.test('the worst of scores, loss and delay decides', async (t) => {
  const table: [object, Quality][] = [
    [{}, 'good'],
    [{ score: 8 }, 'good'],
    [{ score: 7 }, 'fair'],
    [{ score: 4 }, 'poor'],
    [{ loss: 0.029 }, 'good'],
    [{ loss: 0.03 }, 'fair'],
    [{ loss: 0.12 }, 'poor'],
    [{ roundTripMs: 349 }, 'good'],
    [{ roundTripMs: 350 }, 'fair'],
    [{ roundTripMs: 700 }, 'poor'],
    [{ held: true }, 'poor'],
    [{ score: 7, loss: 0.5 }, 'poor'],
  ]
  for (const [facts, quality] of table) t.equal(qualityOf({ ...clean, ...facts }), quality, JSON.stringify(facts))
})

t.test('a line that gets worse in any way is never called better', async () => {
  const facts = fc.record({
    score: fc.integer({ min: 0, max: 10 }),
    loss: fc.double({ min: 0, max: 1, noNaN: true }),
    roundTripMs: fc.integer({ min: 0, max: 3_000 }),
    held: fc.boolean(),
  })
  fc.assert(
    fc.property(facts, facts, (a, b) => {
      const worse = {
        score: Math.min(a.score, b.score),
        loss: Math.max(a.loss, b.loss),
        roundTripMs: Math.max(a.roundTripMs, b.roundTripMs),
        held: a.held || b.held,
      }
      return rank[qualityOf(worse)] <= Math.min(rank[qualityOf(a)], rank[qualityOf(b)])
    }),
  )
})

const show = (seen: readonly Quality[], from: ShownQuality = unknownQuality) => seen.reduce(showQuality, from).quality

t.test('two looks in a row make it worse, three make it better, and one changes nothing', async (t) => {
  t.equal(show(['poor']), 'good')
  t.equal(show(['poor', 'good', 'poor', 'good', 'poor']), 'good')
  t.equal(show(['poor', 'poor']), 'poor')
  const poor = { quality: 'poor', doubts: 0 } as const
  t.equal(show(['good', 'good'], poor), 'poor')
  t.equal(show(['good', 'good', 'poor', 'good', 'good'], poor), 'poor')
  t.equal(show(['good', 'good', 'good'], poor), 'good')
})

t.test('whatever was shown, three looks alike are shown', async () => {
  const quality = fc.constantFrom<Quality>('good', 'fair', 'poor')
  fc.assert(fc.property(fc.array(quality), quality, (before, now) => show([...before, now, now, now]) === now))
})
