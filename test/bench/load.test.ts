import t from 'tap'
import { closedLoop, openLoop } from '../../bench/generator/pace.ts'
import { shares } from '../../bench/generators.ts'
import { inLanes } from '../../bench/lanes.ts'
import { encode, latencyHistogram, merge, percentileMs, recordMs } from '../../bench/latency.ts'
import { neutral } from '../../bench/processes.ts'

t.test('in an open loop a stall delays acts but neither drops them nor moves the time they were due', async (t) => {
  const due: number[] = []
  let stalledMs = 0
  await openLoop(1_000, 0.2, (n, dueAt) => {
    due.push(dueAt)
    if (n !== 50) return
    const from = performance.now()
    while (stalledMs < 60) stalledMs = performance.now() - from
  })
  t.equal(due.length, 200)
  const gaps = due.slice(1).map((dueAt, n) => dueAt - (due[n] ?? 0))
  t.ok(
    gaps.every((gap) => Math.abs(gap - 1) < 1e-6),
    'one each millisecond',
  )
  t.ok(stalledMs >= 59)
})

t.test('in a closed loop a lane has one act at a time', async (t) => {
  let running = 0
  let most = 0
  let acts = 0
  const lane = async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setTimeout(resolve, 1))
    running -= 1
    acts += 1
  }
  await closedLoop([lane, lane, lane], 0.05)
  t.equal(most, 3)
  t.ok(acts > 3)
})

t.test('histograms of several processes add up to the one of a single process', async (t) => {
  const [odd, even, whole] = [latencyHistogram(), latencyHistogram(), latencyHistogram()]
  for (let ms = 1; ms <= 1_000; ms += 1) {
    recordMs(ms % 2 === 0 ? even : odd, ms)
    recordMs(whole, ms)
  }
  const sum = merge([encode(odd), encode(even)])
  t.equal(sum.totalCount, 1_000)
  for (const [percent, ms] of [
    [50, 500],
    [95, 950],
    [99, 990],
    [100, 1_000],
  ] as const) {
    t.equal(percentileMs(sum, percent), percentileMs(whole, percent))
    t.ok(Math.abs(percentileMs(sum, percent) - ms) <= ms / 1_000, `p${percent} to three digits`)
  }
  t.ok(Number.isNaN(percentileMs(latencyHistogram(), 50)), 'nothing recorded is no figure')
})

t.test('work is shared out whole and evenly', async (t) => {
  t.strictSame(shares([1, 2, 3, 4, 5], 2), [
    [1, 3, 5],
    [2, 4],
  ])
  t.strictSame(shares([1], 4), [[1]])
})

t.test('a server under test never sees the operator’s own settings', async (t) => {
  const env = { PATH: '/bin', REDIS_URL: 'redis://production', VISAVIS_HOST: '0.0.0.0', VISAVIS_REDIS_SERVER: '/r' }
  t.strictSame(neutral(env), { PATH: '/bin', VISAVIS_REDIS_SERVER: '/r' })
})

t.test('work in lanes is all done, so many at a time, and its failure is told', async (t) => {
  const done: number[] = []
  let running = 0
  let most = 0
  await inLanes(Array(20).keys(), 3, async (n) => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    done.push(n)
  })
  t.equal(most, 3)
  t.strictSame(
    done.toSorted((a, b) => a - b),
    [...Array(20).keys()],
  )
  const failing = inLanes([1, 2], 2, async (n) => {
    if (n === 2) throw new Error('no')
  })
  await t.rejects(failing, /no/)
})
