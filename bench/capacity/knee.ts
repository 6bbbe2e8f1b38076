/**
 * Pure: finds the load at which objectives begin to break, by runs that somebody else makes. Loads are factors of what is
 * asked for: 1 is the demand itself.
 */
import { type Estimate, estimate } from '../statistics.ts'
import type { Outcome } from './outcome.ts'

export interface Tried {
  readonly factor: number
  readonly outcome: Outcome
}

/** Undefined: there is no time for another one. */
export type Try = (factor: number) => Promise<Outcome | undefined>

export interface Bracket {
  /** The largest factor that was held; 0: not even the smallest. */
  readonly held: number
  /** The smallest that was not, and why; undefined: even the largest was held. */
  readonly beyond: Tried | undefined
}

const growth = 2
/** So many times smaller than its start the ramp goes when the start was too much. */
const descents = 2
const shrink = 4

/**
 * Rises from `from` until something is not held, or `most` is; falls, but not below `least`, when the start was too much.
 * @returns undefined when there was no time for one run.
 */
export async function ramp(
  attempt: Try,
  { from, least = 0, most }: { readonly from: number; readonly least?: number; readonly most: number },
): Promise<Bracket | undefined> {
  let held = 0
  let beyond: Tried | undefined
  let factor = from
  for (let descended = 0; ; ) {
    const outcome = await attempt(factor)
    if (outcome === undefined) return held === 0 && beyond === undefined ? undefined : { held, beyond }
    if (outcome === 'held') {
      held = factor
      if (beyond !== undefined || factor >= most) return { held, beyond }
      factor = nextFactor(factor, most)
      continue
    }
    beyond = { factor, outcome }
    if (held > 0 || descended === descents || factor <= least) return { held, beyond }
    descended += 1
    factor = Math.max(least, factor / shrink)
  }
}

/** Meets the demand itself on its way, because that is what is asked about. */
function nextFactor(factor: number, most: number): number {
  const next = factor * growth
  return factor < 1 && next > 1 ? 1 : Math.min(next, most)
}

/** Evenly apart in ratio, from what was held to what was not. */
export function grid({ held, beyond }: Bracket, cells: number): number[] {
  if (beyond === undefined) return [held]
  const low = held > 0 ? held : beyond.factor
  const ratio = beyond.factor / low
  if (ratio === 1) return [low]
  return Array.from({ length: cells + 1 }, (_, n) => low * ratio ** (n / cells))
}

/** One more search, by fresh runs: halves the grid until a held factor lies next to one that was not. */
export async function search(attempt: Try, factors: readonly number[]): Promise<Bracket | undefined> {
  let [below, above] = [-1, factors.length]
  let beyond: Tried | undefined
  while (above - below > 1) {
    // Upwards from the middle; of two, the lower.
    const middle = Math.floor((below + above) / 2)
    const factor = factors[middle] as number
    const outcome = await attempt(factor)
    if (outcome === undefined) return undefined
    if (outcome === 'held') below = middle
    else {
      above = middle
      beyond = { factor, outcome }
    }
  }
  return { held: factors[below] ?? 0, beyond }
}

export interface Capacity {
  /** Median and interval of the largest factors held; its `high` that of the smallest that were not. */
  readonly factor: Estimate
  /** Whether every search ended by the server's break: otherwise `factor.value` is what it carries at least. */
  readonly limited: boolean
  readonly repeats: number
}

/** The low end may rely on what was held, the high end on what was not. */
export function capacityOf(brackets: readonly Bracket[]): Capacity | undefined {
  if (brackets.length === 0) return undefined
  const held = estimate(brackets.map(({ held }) => held))
  const beyond = brackets.map((bracket) => bracket.beyond?.factor ?? bracket.held)
  const high = estimate(beyond).high
  return {
    factor: { value: held.value, low: held.low, high: Math.max(high, held.high) },
    limited: brackets.every(({ beyond }) => beyond?.outcome === 'broken'),
    repeats: brackets.length,
  }
}
