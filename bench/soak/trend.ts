/** Pure: does a figure grow, and by how much? A few samples out of line change nothing, so no mean and no least squares. */
import { quantile } from '../statistics.ts'

export interface Sample {
  readonly x: number
  readonly y: number
}

export interface Trend {
  /** Median of the slopes between all pairs (Theil 1950, Sen 1968); NaN for fewer than two samples. */
  readonly slope: number
  /** 95 %, by the normal approximation of Kendall's S; endless with too few samples to have one. */
  readonly low: number
  readonly high: number
}

const z = 1.959964
/** More samples than that cost more (their square) than they tell. */
const mostSamples = 600

export function trendOf(samples: readonly Sample[]): Trend {
  const every = Math.ceil(samples.length / mostSamples)
  const those = samples.filter((_, n) => n % every === 0)
  const slopes = those
    .flatMap((one, n) => those.slice(n + 1).map((other) => (other.y - one.y) / (other.x - one.x)))
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  if (slopes.length === 0) return { slope: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
  const reach = z * Math.sqrt(varianceOf(those.map(({ y }) => y)))
  const at = (rank: number) => slopes[Math.round(rank) - 1]
  return {
    slope: quantile(slopes, 0.5),
    low: at((slopes.length - reach) / 2) ?? Number.NEGATIVE_INFINITY,
    high: at((slopes.length + reach) / 2 + 1) ?? Number.POSITIVE_INFINITY,
  }
}

/** Of Kendall's S, when nothing grows; values that come several times lower it. */
function varianceOf(values: readonly number[]): number {
  const of = (n: number) => n * (n - 1) * (2 * n + 5)
  const times = new Map<number, number>()
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1)
  return (of(values.length) - [...times.values()].reduce((sum, n) => sum + of(n), 0)) / 18
}
