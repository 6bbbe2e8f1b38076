/** How much of everything a run of the chat scenario does. */
import { ladder } from '../../climb.ts'
import type { PerLength } from '../../lengths.ts'

export interface Size {
  readonly talk: TalkSize
  readonly archive: ArchiveSize
  readonly lengths: LengthsSize
  readonly kills: KillsSize
}

/** Beside the peers, and at rising rates. */
export interface TalkSize {
  readonly advisors: number
  /** In each portfolio; each has a channel. */
  readonly jobseekers: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** For the open loop, rising, messages a second. */
  readonly rates: readonly number[]
  /** Climbs of them, at most: each takes half a minute. */
  readonly climbs: number
  /** Rounds with the weaker fsync policy, at most. */
  readonly everysecRounds: number
}

/** Many channels of a length that is usual, for what a stored message takes and for search. */
export interface ArchiveSize {
  readonly advisors: number
  readonly jobseekers: number
  /** In each channel. */
  readonly messages: number
  /** Both members move their receipts after so many. */
  readonly readEvery: number
  /** For so long nothing moved when it is looked what all of it takes. */
  readonly stillMs: number
  /** Of search, in each repeat. */
  readonly queries: number
}

export interface LengthsSize {
  readonly messages: PerLength<number>
  /** Channels of one advisor: one is the longest, one the second, all others are short. */
  readonly jobseekers: number
  /** On their way while a channel is filled. */
  readonly maxInFlight: number
  /** Of a comparison: so many acts on each length in turn, so often. */
  readonly blocks: number
  readonly perBlock: number
  /** At random places of the longest channel, in each repeat and direction. */
  readonly pages: number
  /** Messages of each channel that are also read from its end backwards. */
  readonly backwards: number
}

export interface KillsSize {
  readonly advisors: number
  readonly jobseekers: number
  /** Messages a second, all the while. */
  readonly perSecond: number
  /** Before, between and after the kills. */
  readonly talkMs: number
}

export const full: Size = {
  talk: {
    advisors: 20,
    jobseekers: 15,
    seconds: 3,
    warmUpSeconds: 1,
    rates: ladder(250, 1.25, 30_000),
    climbs: 3,
    everysecRounds: 3,
  },
  archive: { advisors: 10, jobseekers: 100, messages: 100, readEvery: 10, stillMs: 12_000, queries: 40 },
  lengths: {
    messages: { '10': 10, '10k': 10_000, '1m': 1_000_000 },
    jobseekers: 100,
    maxInFlight: 500,
    blocks: 6,
    perBlock: 40,
    pages: 100,
    backwards: 100_000,
  },
  kills: { advisors: 4, jobseekers: 10, perSecond: 500, talkMs: 1_500 },
}

export const smoke: Size = {
  talk: {
    advisors: 4,
    jobseekers: 5,
    seconds: 0.3,
    warmUpSeconds: 0.1,
    rates: [300],
    climbs: 1,
    everysecRounds: 1,
  },
  archive: { advisors: 2, jobseekers: 5, messages: 10, readEvery: 5, stillMs: 250, queries: 5 },
  lengths: {
    messages: { '10': 10, '10k': 200, '1m': 2_000 },
    jobseekers: 5,
    maxInFlight: 500,
    blocks: 1,
    perBlock: 10,
    pages: 5,
    backwards: 400,
  },
  kills: { advisors: 2, jobseekers: 4, perSecond: 200, talkMs: 200 },
}
