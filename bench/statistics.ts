/** Pure: medians and bootstrap intervals over the repeats of a benchmark. */

/** A generator of numbers in [0, 1) that gives the same sequence for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The value below which a share `q` (0–1) of the values lies, interpolated between neighbours. @throws for no values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * q
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) throw new Error('there is no quantile of no values')
  return below + (above - below) * (place - Math.floor(place))
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

const resamples = 2_000

/** The median with a 95 % percentile-bootstrap interval (Efron 1979). One value is its own interval: it proves nothing. */
export function estimate(values: readonly number[], random = seeded(1)): Estimate {
  const pick = () => values[Math.floor(random() * values.length)] ?? Number.NaN
  const medians = Array.from({ length: resamples }, () => median(values.map(pick)))
  return { value: median(values), low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}
