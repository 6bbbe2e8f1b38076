/**
 * Pure: which figures of a server that works on and on grow.
 *
 * | finding  | what it says                                                              |
 * |----------|---------------------------------------------------------------------------|
 * | leak     | even the low end of the interval of the slope is more than is tolerated   |
 * | none     | even the high end is less                                                 |
 * | unproven | the interval holds what is tolerated, there are too few samples, or so     |
 * |          | little has grown so far that it may be a cache, however steep that is      |
 * | kept     | it may grow: it holds what people have said, until retention removes it   |
 */
import { median } from '../statistics.ts'
import { type Sample, type Trend, trendOf } from './trend.ts'

export type Finding = 'leak' | 'none' | 'unproven' | 'kept'
export type Unit = 'bytes' | 'files' | 'handles' | 'keys' | 'clients'

export interface Series {
  readonly name: string
  readonly unit: Unit
  /** Whether it holds data that are to be there. */
  readonly isKept: boolean
  /** x: hours since the start, y: after a load, when its sessions are gone. */
  readonly samples: readonly Sample[]
}

export interface Judged extends Series, Trend {
  readonly finding: Finding
  /** An hour. */
  readonly tolerated: number
}

/** What runs for the first time allocates, and caches fill: growth of the first part is no leak. */
const warmUpShare = 0.25
export const leastSamples = 8
/** Of what is there: growth by less, in all the time that was looked, is no leak yet. A few minutes are a steep slope an hour. */
const leastGrown = 0.05
/** With those that are left out. */
export const leastLooks = Math.ceil(leastSamples / (1 - warmUpShare))

export const afterWarmUp = (samples: readonly Sample[]): readonly Sample[] =>
  samples.slice(Math.ceil(samples.length * warmUpShare))

/** @param tolerance growth an hour that nobody minds, as a share of what is there. */
export function judge(series: Series, tolerance: number): Judged {
  const samples = afterWarmUp(series.samples)
  const trend = trendOf(samples)
  const level = samples.length === 0 ? 0 : Math.max(1, median(samples.map(({ y }) => y)))
  const tolerated = tolerance * level
  const grown = trend.low * ((samples.at(-1)?.x ?? 0) - (samples[0]?.x ?? 0))
  const isSeen = grown > leastGrown * level
  const finding = samples.length < leastSamples ? 'unproven' : findingOf(trend, tolerated, isSeen)
  return { ...series, ...trend, tolerated, finding: series.isKept ? 'kept' : finding }
}

function findingOf({ low, high }: Trend, tolerated: number, isSeen: boolean): Finding {
  if (low > tolerated) return isSeen ? 'leak' : 'unproven'
  return high < tolerated ? 'none' : 'unproven'
}

export type Word = 'NO LEAK' | 'LEAK' | 'NOT PROVEN'
export const exitCodes: Readonly<Record<Word, number>> = { 'NO LEAK': 0, LEAK: 1, 'NOT PROVEN': 2 }

export function wordOf(judged: readonly Judged[]): Word {
  if (judged.some(({ finding }) => finding === 'leak')) return 'LEAK'
  return judged.length > 0 && judged.every(({ finding }) => finding !== 'unproven') ? 'NO LEAK' : 'NOT PROVEN'
}
