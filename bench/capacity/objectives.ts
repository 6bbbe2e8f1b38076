/** Pure: what must hold for a load to count as carried. Each is a flag. */
import type { Uses } from './limits.ts'

export interface Objective {
  readonly default: number
  readonly unit: string
  readonly meaning: string
}

const objective = (value: number, unit: string, meaning: string): Objective => ({ default: value, unit, meaning })

export const objectives = {
  messageP99Ms: objective(200, 'ms', 'from when a message is due until the other has it, 99 of 100'),
  offerP99Ms: objective(1_000, 'ms', 'from when a callback is due until its advisor hears of the offer, 99 of 100'),
  joinP95Ms: objective(2_000, 'ms', 'from when a join is due to the first picture of the other, 95 of 100'),
  firstFrameP95Ms: objective(
    3_000,
    'ms',
    'from when a person in a real browser begins to join until they see the other, 95 of 100',
  ),
  lossShare: objective(0.005, 'share', 'of the media packets that are lost'),
  freezeShare: objective(0.02, 'share', 'of the time in which the picture stands still in a real browser'),
  recoveryP99Ms: objective(
    10_000,
    'ms',
    'from when all connections are cut at once until a session is open again with all it missed, 99 of 100',
  ),
  errorShare: objective(0, 'share', 'of all acts that fail'),
  eventLoopP99Ms: objective(150, 'ms', 'by which the node’s event loop is late, 99 of 100'),
  cpuShare: objective(
    0.9,
    'share',
    'of its core that a worker, the node or Redis uses; with several nodes, once one of them is lost',
  ),
} as const satisfies Readonly<Record<string, Objective>>

export type ObjectiveName = keyof typeof objectives
export type Limits = Readonly<Record<ObjectiveName, number>>
/** Absent: it was not measured, which is no break. */
export type Figures = Readonly<Partial<Record<ObjectiveName, number>>>

/** What only a real browser can tell. */
export const seenObjectives: readonly ObjectiveName[] = ['firstFrameP95Ms', 'freezeShare']

export const objectiveNames = Object.keys(objectives) as ObjectiveName[]
export const defaultLimits = Object.fromEntries(
  objectiveNames.map((name) => [name, objectives[name].default]),
) as Limits

export interface Break {
  readonly objective: ObjectiveName
  readonly value: number
  readonly limit: number
}

/** What is no number was measured and had nothing to count: that is a break too. */
export const breaksOf = (figures: Figures, limits: Limits): Break[] =>
  objectiveNames.flatMap((name) => {
    const [value, limit] = [figures[name], limits[name]]
    return value === undefined || value <= limit ? [] : [{ objective: name, value, limit }]
  })

/**
 * The fullest core of a node, a worker or Redis; of several nodes, once one of them is lost: the others have to carry what it did. All
 * of them share one Redis, which carries no more then than before.
 */
export function afterLosingOne(uses: Uses, nodes: number): number {
  const { 'worker CPU': worker = 0, 'event loop': loop = 0, Redis: redis = 0 } = uses
  return Math.max(redis, Math.max(worker, loop) * (nodes > 1 ? nodes / (nodes - 1) : 1))
}
