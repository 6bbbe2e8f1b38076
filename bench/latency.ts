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
