import t from 'tap'
import { Pace } from '../../src/http/pace.ts'

const rule = { bytesPerSecond: 1_000, graceMs: 10_000, longestSilenceMs: 30_000 }

t.test('every second must be earned, after a grace', async (t) => {
  const pace = new Pace(rule, 100)
  t.equal(pace.leftMs(100), 10_000)
  t.equal(pace.leftMs(10_100), 0)
  pace.took(500, 9_000)
  t.equal(pace.leftMs(9_000), 1_600)
})

t.test('whoever keeps the pace is never cut off, and whoever drips is, whenever they begin to', async (t) => {
  const steady = new Pace(rule, 0)
  let left = Number.POSITIVE_INFINITY
  for (let now = 1_000; now <= 3_600_000; now += 1_000) {
    left = Math.min(left, steady.leftMs(now))
    steady.took(1_000, now)
  }
  t.ok(left > 0, `never less than ${left} ms left in an hour`)
  const dripping = new Pace(rule, 0)
  dripping.took(10_000_000, 1)
  let now = 1
  while (dripping.leftMs(now) > 0) {
    dripping.took(1, now)
    now += 1_000
  }
  t.ok(now <= 32_000, `cut off after ${now} ms, however much came before`)
})
