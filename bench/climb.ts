/** Finds the largest load that is held, whatever "held" means to a scenario. */

export interface Reached<L> {
  readonly step: number
  readonly load: L
}

export interface Climb<L> {
  /** Absent: not even the smallest was held. */
  readonly best: Reached<L> | undefined
  /** The last step that was not held, with its newest load; absent when even the largest was. */
  readonly broken: Reached<L> | undefined
  readonly loads: readonly L[]
}

/** One that is not held is tried once more: a neighbour on the machine may have had its moment. */
const tries = 2

export interface Way<L> {
  readonly load: (step: number) => Promise<L>
  readonly held: (load: L, step: number) => boolean
  /** How many steps at a time it goes down, when it began too high. */
  readonly stride?: number
}

/**
 * Goes down from `from` until a step is held, then up until one is not.
 * @param steps rising.
 */
export async function climb<L>(
  steps: readonly number[],
  from: number,
  { load, held, stride = 1 }: Way<L>,
): Promise<Climb<L>> {
  const loads: L[] = []
  let broken: Reached<L> | undefined
  const attempt = async (step: number): Promise<Reached<L> | undefined> => {
    let reached: Reached<L> | undefined
    for (let n = 0; n < tries; n += 1) {
      reached = { step, load: await load(step) }
      loads.push(reached.load)
      if (held(reached.load, step)) return reached
    }
    broken = reached
    return undefined
  }
  let place = from
  // The lowest place that is known not to be held.
  let ceiling = steps.length
  let best = await attempt(steps[place] as number)
  while (best === undefined && place > 0) {
    ceiling = place
    place = Math.max(0, place - stride)
    best = await attempt(steps[place] as number)
  }
  if (best === undefined) return { best, broken, loads }
  for (const step of steps.slice(place + 1, ceiling)) {
    const reached = await attempt(step)
    if (reached === undefined) break
    best = reached
  }
  return { best, broken, loads }
}

/** Rising steps from `from` to `upTo` at most, each about `factor` times the one before, in tens. */
export function ladder(from: number, factor: number, upTo: number): number[] {
  const steps: number[] = []
  for (let step = from; step <= upTo; step *= factor) steps.push(Math.round(step / 10) * 10)
  return steps
}

/** Where to begin a further climb, given where the first one ended. */
export const nearby = (steps: readonly number[], best: number, stepsBack: number): number =>
  Math.max(0, steps.indexOf(best) - stepsBack)
