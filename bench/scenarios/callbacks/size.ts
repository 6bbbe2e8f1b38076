/** How much of everything a run of the callbacks scenario does. */
import type { PerSize, Pool } from '../../queue-sizes.ts'

export interface Amounts {
  /** Callbacks that wait. */
  readonly waiting: PerSize<number>
  /** Advisors at work. */
  readonly pools: Readonly<Record<Pool, number>>
  readonly loops: LoopAmounts
  readonly offers: OfferAmounts
  readonly unruly: UnrulyAmounts
}

/** Closed loops on the queue itself, of each size and pool and beside BullMQ. */
export interface LoopAmounts {
  readonly seconds: number
  /** Questions for a place, of each size. */
  readonly places: number
}

/** Through a node. */
export interface OfferAmounts {
  /** Of each advisor. */
  readonly jobseekers: number
  readonly closedSeconds: number
  readonly openSeconds: number
  readonly warmUpSeconds: number
  /** Open loops at half load of each size and pool, at most. */
  readonly rounds: number
}

export interface UnrulyAmounts {
  readonly advisors: number
  readonly perSecond: number
  readonly seconds: number
}

export const full: Amounts = {
  waiting: { '1k': 1_000, '100k': 100_000, '1m': 1_000_000 },
  pools: { '10': 10, '1000': 1_000 },
  loops: { seconds: 2.5, places: 5_000 },
  // A server that was just started gets quicker for some ten seconds at the same load.
  offers: { jobseekers: 2, closedSeconds: 4, openSeconds: 4, warmUpSeconds: 3, rounds: 3 },
  unruly: { advisors: 40, perSecond: 300, seconds: 4 },
}

export const smoke: Amounts = {
  waiting: { '1k': 50, '100k': 100, '1m': 200 },
  pools: { '10': 4, '1000': 20 },
  loops: { seconds: 0.2, places: 20 },
  offers: { jobseekers: 2, closedSeconds: 0.2, openSeconds: 0.3, warmUpSeconds: 0.1, rounds: 1 },
  unruly: { advisors: 8, perSecond: 100, seconds: 0.7 },
}
