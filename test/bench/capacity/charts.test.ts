import fc from 'fast-check'
import t from 'tap'
import { lineChart, size, ticks } from '../../../bench/capacity/report/charts.ts'

t.test('an axis has round numbers, few of them, and holds all values', async (t) => {
  t.same(ticks(3.7), [0, 1, 2, 3, 4])
  t.same(ticks(0.02), [0, 0.005, 0.01, 0.015, 0.02])
  t.same(ticks(130), [0, 50, 100, 150])
  t.same(ticks(0), [0, 1])
  t.same(ticks(Number.POSITIVE_INFINITY), [0, 1])
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (highest) => {
      const found = ticks(highest)
      const most = found.at(-1) ?? 0
      const [, first = 0] = found
      const leading = Number(first.toExponential().split('e')[0])
      return most >= highest * (1 - 1e-9) && most < 2 * highest && found.length <= 8 && [1, 2, 5].includes(leading)
    }),
  )
  t.pass()
})

t.test('a chart shows the numbers of its axes, and no number that is none', async (t) => {
  const points = [
    { x: 0.3, y: 40 },
    { x: 1, y: Number.NaN },
    { x: 2.2, y: 190 },
  ]
  const chart = lineChart([{ name: 'p99', points }], { title: 'a < b', xLabel: 'load', yLabel: 'ms' })
  for (const shown of ['>0<', '>50<', '>200<', '>0.5<', '>2.5<', 'a &#60; b']) t.ok(chart.includes(shown), shown)
  t.notMatch(chart, /NaN|undefined|Infinity/)
})

t.test('of many processes each line has a look of its own, and the key stays inside the picture', async (t) => {
  const names = ['server', 'aof-write-active-child', ...Array.from({ length: 22 }, (_, n) => `worker ${n}`)]
  const points = [
    { x: 0, y: 1 },
    { x: 1, y: 2 },
  ]
  const chart = lineChart(
    names.map((name) => ({ name, points })),
    { title: 'CPU', xLabel: 's', yLabel: 'cores' },
  )
  const looks = [...chart.matchAll(/<path d="M[\d.]+ [\d.]+h22" [^>]*/g)].map(([path]) => path.replace(/d="[^"]*"/, ''))
  t.equal(looks.length, names.length)
  t.equal(new Set(looks).size, names.length)
  const places = [...chart.matchAll(/<path d="M[\d.]+ ([\d.]+)h22/g)].map(([, y]) => Number(y))
  t.ok(Math.max(...places) + 4 <= size.height, `${Math.max(...places)}`)
  t.match(chart, /textLength="110"[^>]*>aof-write-active-child</)
  t.notMatch(chart, /textLength[^>]*>server</)
})
