/**
 * The whole measurement: a ramp until something breaks, repeats around the knee, two fresh runs that try to contradict, and a
 * reconnect storm.
 */
import { type Bracket, type Capacity, capacityOf, grid, ramp, search } from './knee.ts'
import type { Outcome } from './outcome.ts'
import { type Reached, reachedBy } from './reached.ts'
import type { Step } from './summary.ts'

export type Phase = 'ramp' | 'repeat' | 'confirmation' | 'storm'

export interface Noted extends Step {
  readonly phase: Phase
  /** Since the start of the measurement. */
  readonly startedAtMs: number
}

export interface Measurement {
  readonly steps: readonly Noted[]
  readonly capacity: Capacity | undefined
  /** The largest factor that each search held. */
  readonly held: readonly number[]
  /** What ran out where it broke, or why nothing did. */
  readonly reached: Reached
  readonly contradictions: readonly string[]
  /** In which everybody was cut at once; the last one decides. */
  readonly storms: readonly Noted[]
  readonly doubts: readonly string[]
  readonly ranOutOfTime: boolean
}

export interface MeasureOptions {
  readonly run: (factor: number, phase: Phase) => Promise<Step>
  /** The same with everybody cut in the middle of it; undefined: nobody is to be. */
  readonly storm: ((factor: number) => Promise<Step>) | undefined
  /** The load that must be carried: the demand with its margin. */
  readonly required: number
  readonly from: number
  /** Below it a load gets no smaller. */
  readonly least: number
  /** Beyond that many times the demand nobody needs to know. */
  readonly most: number
  readonly repeats: number
  /** No run begins after it (ms from the start). */
  readonly endMs: number
  readonly say: (step: Noted) => void
  readonly now?: () => number
}

/** Of the way, in ratio, from what the ramp held to what it did not. */
const cells = 4
const inside = 0.9
const outside = 1.1

export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { run, from, least, most, repeats, endMs, say, now = performance.now.bind(performance) } = options
  const startedAt = now()
  const steps: Noted[] = []
  let ranOutOfTime = false
  const attempt =
    (phase: Phase) =>
    async (factor: number): Promise<Outcome | undefined> => {
      const startedAtMs = now() - startedAt
      if (startedAtMs > endMs) {
        ranOutOfTime = true
        return undefined
      }
      const step = { ...(await run(factor, phase)), phase, startedAtMs }
      steps.push(step)
      say(step)
      return step.outcome
    }
  const coarse = await ramp(attempt('ramp'), { from, least, most })
  const brackets: Bracket[] = []
  if (coarse !== undefined) {
    const factors = grid(coarse, cells)
    while (brackets.length < repeats) {
      const bracket = await search(attempt('repeat'), factors)
      if (bracket === undefined) break
      brackets.push(bracket)
    }
  }
  const capacity = capacityOf(brackets)
  const contradictions =
    capacity === undefined || ranOutOfTime ? [] : await contradict(attempt('confirmation'), capacity)
  const storms = capacity === undefined ? [] : await cutEverybody(options, capacity, () => now() - startedAt)
  const over = steps.filter(({ outcome }) => outcome !== 'held')
  return {
    ...{ steps, capacity, held: brackets.map(({ held }) => held), contradictions, storms, ranOutOfTime },
    reached: reachedBy(steps, { isServers: capacity?.limited === true, ranOutOfTime }),
    doubts: [...new Set(over.flatMap(({ outcome, doubts }) => (outcome === 'unproven' ? doubts : [])))].slice(0, 8),
  }
}

/**
 * At what is surely carried; and, when that was too much, at what has to be. It is made however late it is: it takes less
 * than a minute, and there is no other evidence.
 */
async function cutEverybody(
  { storm, required, say }: MeasureOptions,
  { factor }: Capacity,
  passedMs: () => number,
): Promise<Noted[]> {
  if (storm === undefined || factor.low === 0) return []
  const storms: Noted[] = []
  const most = factor.low * inside
  for (const load of required < most ? [most, required] : [most]) {
    const startedAtMs = passedMs()
    const step: Noted = { ...(await storm(load)), phase: 'storm', startedAtMs }
    storms.push(step)
    say(step)
    if (step.outcome === 'held') break
  }
  return storms
}

async function contradict(
  attempt: (factor: number) => Promise<Outcome | undefined>,
  { factor, limited }: Capacity,
): Promise<string[]> {
  const found: string[] = []
  if (factor.low > 0 && (await attempt(factor.low * inside)) === 'broken')
    found.push(`a fresh run at ${inside} of the low end was not held`)
  if (limited && (await attempt(Math.max(factor.high, 0.01) * outside)) === 'held')
    found.push(`a fresh run at ${outside} of the high end was held`)
  return found
}
