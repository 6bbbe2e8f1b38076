/** Latencies in a histogram that processes can send to each other and add up. */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js'

export type { Histogram }

/** Two minutes in µs: more than anything here may take. */
const highestUs = 120_000_000

/** From 1 µs to two minutes with three significant digits. */
export const latencyHistogram = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: highestUs, numberOfSignificantValueDigits: 3 })

export function recordMs(histogram: Histogram, ms: number): void {
  histogram.recordValue(Math.min(highestUs, Math.max(1, Math.round(ms * 1_000))))
}

export const encode = (histogram: Histogram): string => encodeIntoCompressedBase64(histogram)

/** The sum of the histograms of several processes. */
export function merge(encoded: readonly string[]): Histogram {
  const sum = latencyHistogram()
  for (const text of encoded) sum.add(decodeFromCompressedBase64(text))
  return sum
}

/** @param percent 0–100. NaN when nothing was recorded: what nobody measured must not look fast. */
export const percentileMs = (histogram: Histogram, percent: number): number =>
  histogram.totalCount === 0 ? Number.NaN : histogram.getValueAtPercentile(percent) / 1_000

export interface Bin {
  /** ms; the first bin begins at 0. */
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Seven to a decade, as wide as they are far: latencies spread over several. */
const edges = [-1, 0, 1, 2, 3, 4].flatMap((power) => [1, 1.5, 2, 3, 4, 5, 7].map((each) => each * 10 ** power))

/** How often each latency came, from the first bin that has any to the last. */
export function binsOf(histogram: Histogram): Bin[] {
  const upTo = edges.map((edge) => countUpTo(histogram, edge))
  const bins = edges.map((to, n) => ({ from: edges[n - 1] ?? 0, to, count: (upTo[n] ?? 0) - (upTo[n - 1] ?? 0) }))
  return bins.slice(
    bins.findIndex(({ count }) => count > 0),
    bins.findLastIndex(({ count }) => count > 0) + 1,
  )
}

/** Values that are no more than that: the largest rank whose value is not, halving what is left. */
function countUpTo(histogram: Histogram, ms: number): number {
  const { totalCount } = histogram
  let [within, beyond] = [0, totalCount + 1]
  while (beyond - within > 1) {
    const rank = Math.floor((within + beyond) / 2)
    if (percentileMs(histogram, (100 * rank) / totalCount) <= ms) within = rank
    else beyond = rank
  }
  return within
}
