/**
 * Pure: which resource ran out, if any that was looked at did.
 *
 * | ended    | the search ended because                                                                     |
 * |----------|----------------------------------------------------------------------------------------------|
 * | broken   | the server did not carry a load: by a resource near its end, or by none that was looked at   |
 * | unproven | the load generator gave out first                                                            |
 * | most     | all that was to be tried was carried                                                         |
 * | time     | there was no time for more                                                                   |
 */
import { breaking, limiting, near, ofServer, type Use, type Uses } from './limits.ts'
import type { ObjectiveName } from './objectives.ts'
import type { Outcome } from './outcome.ts'

/** The part of a run that tells what ended it. */
export interface Ran {
  readonly factor: number
  readonly outcome: Outcome
  readonly uses: Uses
  readonly breaks: readonly { readonly objective: ObjectiveName }[]
  readonly generator: { readonly core: number }
}

export interface Reached {
  readonly ended: 'broken' | 'unproven' | 'most' | 'time'
  /** What ran out; undefined: nothing that was looked at. */
  readonly use: Use | undefined
  /** What broke then. */
  readonly broke: readonly ObjectiveName[]
  /** The server's own resource nearest to its end: in the run that broke, or else at the largest load that was held. */
  readonly nearest: Use | undefined
}

/** @param isServers whether every search ended by the server's break. */
export function reachedBy(
  runs: readonly Ran[],
  { isServers, ranOutOfTime }: { readonly isServers: boolean; readonly ranOutOfTime: boolean },
): Reached {
  const last = (of: Outcome) => runs.findLast(({ outcome }) => outcome === of)
  const unproven = isServers ? undefined : last('unproven')
  if (unproven !== undefined) {
    const use: Use = { resource: 'load generator', share: unproven.generator.core }
    return { ended: 'unproven', use, broke: brokeIn(unproven), nearest: nearestHeld(runs) }
  }
  const broken = last('broken')
  if (broken !== undefined) {
    const broke = brokeIn(broken)
    const use = breaking(broken.uses, broke.includes('eventLoopP99Ms'))
    return { ended: 'broken', use, broke, nearest: limiting(ofServer(broken.uses)) }
  }
  return { ended: ranOutOfTime ? 'time' : 'most', use: undefined, broke: [], nearest: nearestHeld(runs) }
}

/** For people. @param volunteers that were carried; undefined: none. */
export function limitSentence({ ended, use, broke, nearest }: Reached, volunteers: string | undefined): string {
  const upTo = volunteers === undefined ? '' : ` up to ${volunteers} volunteers`
  const used = nearest === undefined ? '' : ` (most used: ${told(nearest)})`
  if (use === undefined) {
    if (ended === 'broken')
      return `none found: ${broke.join(', ')} broke while no resource of the server was near its end${used}`
    return `none met${upTo}, ${ended === 'time' ? 'when the time was over' : 'where the search ended'}${used}`
  }
  if (ended === 'broken')
    return use.share < near ? `${use.resource} (late, with ${percent(use.share)} in use)` : `${told(use)} in use`
  const isFar = nearest === undefined || nearest.share < near
  return `load generator, which gave out first: ${isFar ? 'no resource of the server was near its end' : 'nothing of the server broke'}${upTo}${used}`
}

function nearestHeld(runs: readonly Ran[]): Use | undefined {
  const held = runs.filter(({ outcome }) => outcome === 'held')
  const largest = Math.max(...held.map(({ factor }) => factor))
  const uses = held.filter(({ factor }) => factor === largest).map(({ uses }) => limiting(ofServer(uses)))
  return uses.reduce((most, use) => (most === undefined || (use?.share ?? 0) > most.share ? use : most), undefined)
}

const brokeIn = ({ breaks }: Ran): ObjectiveName[] => breaks.map(({ objective }) => objective)
const told = ({ resource, share }: Use): string => `${resource} ${percent(share)}`
const percent = (share: number): string => `${Math.round(share * 100)} %`
