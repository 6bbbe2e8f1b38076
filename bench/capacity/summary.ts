/** Pure: what came of one run: figures, what broke, whose fault that was, and what it proves. */
import type { RegionOutcome } from '../generator/region.ts'
import { encode, type Histogram, merge, percentileMs } from '../latency.ts'
import { NoPicture } from './canary.ts'
import type { Deployment } from './deployment.ts'
import { limiting, type Use, type Uses } from './limits.ts'
import type { Load } from './load.ts'
import { afterLosingOne, type Break, breaksOf, type Figures, type Limits } from './objectives.ts'
import { doubtsOf, type Generator, type Outcome, outcomeOf } from './outcome.ts'
import { generatorShare, usesOf, type Watched } from './resources.ts'
import { figuresOf, type Sight } from './sight.ts'

export interface Latency {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly count: number
  /** The histogram itself, compressed, to be added up. */
  readonly histogram: string
}

export interface Step {
  readonly factor: number
  readonly outcome: Outcome
  readonly load: Load
  readonly seconds: number
  readonly figures: Figures
  readonly breaks: readonly Break[]
  readonly faults: readonly string[]
  readonly doubts: readonly string[]
  readonly generator: Generator
  readonly uses: Uses
  /** The most used of these. */
  readonly most: Use | undefined
  readonly latencies: {
    readonly signIn: Latency
    readonly message: Latency
    readonly offer: Latency
    readonly join: Latency
    /** Of the sessions that were cut. */
    readonly recovery: Latency
  }
  /** Undefined: nobody was cut. */
  readonly storm:
    | { readonly atMs: number; readonly severed: number; readonly back: number; readonly failed: number }
    | undefined
  readonly sessions: number
  /** Undefined: no browser looked. */
  readonly sight: Sight | undefined
  readonly watched: Watched
}

/** The part of what was asked for that it is judged by. */
export interface Asked {
  readonly deployment: Pick<Deployment, 'nodes' | 'parts'>
  readonly factor: number
  readonly seconds: number
  readonly limits: Limits
  readonly linkMbits: number
  /** Whether a break while other programs fill the machine proves nothing. */
  readonly excuseOthers: boolean
  /** Whether the connections of all people are cut in the middle of it. */
  readonly storm?: boolean
}

/** What the browser saw; or why it saw nothing. */
export type Looked = { readonly sight: Sight | undefined } | { readonly failed: Error }

/** Of a window: before it nobody is cut, and after it everybody has to have come back. */
export const cutShare = 1 / 3

export interface Came {
  readonly load: Load
  readonly results: readonly RegionOutcome[]
  readonly watched: Watched
  readonly looked: Looked
}

export function summarize(asked: Asked, came: Came): Step {
  const { deployment, factor, seconds, limits, linkMbits, excuseOthers } = asked
  const { load, results, watched, looked } = came
  const sight = 'sight' in looked ? looked.sight : undefined
  const people = results.flatMap((result) => (result.kind === 'people' ? [result] : []))
  const rooms = results.flatMap((result) => (result.kind === 'appointments' ? [result] : []))
  const sum = <T>(of: readonly T[], figure: (one: T) => number) => of.reduce((total, one) => total + figure(one), 0)
  const most = (figure: (result: RegionOutcome) => number) => Math.max(...results.map(figure))
  const [sent, due] = [sum(rooms, ({ sent }) => sent), sum(rooms, ({ due }) => due)]
  const failed = results.flatMap(({ failed }) => failed)
  const acts = sum(results, ({ acts }) => acts)
  const refused = sum(results, ({ refused }) => refused)
  const [signIn, message, offer, join, recovery] = [
    latencyOf(people.map(({ signIns }) => signIns)),
    latencyOf(people.map(({ messages }) => messages)),
    latencyOf(people.map(({ offers }) => offers)),
    latencyOf(rooms.map(({ joins }) => joins)),
    latencyOf(people.flatMap(({ storm }) => (storm === undefined ? [] : [storm.recoveries]))),
  ]
  const generator: Generator = {
    made: due === 0 ? 1 : Math.min(1, sent / due),
    dropped: sent === 0 ? 0 : sum(rooms, ({ dropped }) => dropped) / sent,
    lateP99Ms: most(({ lateP99Ms }) => lateP99Ms),
    loopP99Ms: most(({ loopP99Ms }) => loopP99Ms),
    core: Math.max(
      most(({ core }) => core),
      sight?.core ?? 0,
    ),
  }
  const uses = usesOf(watched, linkMbits, generator.core)
  const lossShare = sent === 0 ? Number.NaN : 1 - Math.min(1, sum(rooms, ({ received }) => received) / sent)
  const calm: Figures = {
    messageP99Ms: message.p99Ms,
    offerP99Ms: offer.p99Ms,
    // Where no room could be made ready for a join, that is the error, and not how long joins took.
    ...(sum(rooms, ({ joinsDue }) => joinsDue) > 0 ? { joinP95Ms: join.p95Ms } : {}),
    lossShare,
    ...seenFigures(looked),
    errorShare: acts === 0 ? Number.NaN : failed.length / acts,
    eventLoopP99Ms: Math.max(...watched.nodes.map(({ eventLoopP99Ms }) => eventLoopP99Ms)),
    cpuShare: afterLosingOne(uses, deployment.nodes.length),
  }
  // While everybody comes back, what people wait for is that; and media must not notice.
  const figures: Figures = asked.storm === true ? { recoveryP99Ms: recovery.p99Ms, lossShare } : calm
  const breaks = breaksOf(figures, limits)
  const faults = people.flatMap(({ faults }) => faults)
  const { machine: busy, others, cores } = watched
  const machine =
    deployment.parts === undefined
      ? undefined
      : { busy, others: excuseOthers ? others : 0, generator: generatorShare(cores) }
  const outcome = outcomeOf({ breaks, faults, generator, machine, refusedShare: acts === 0 ? 0 : refused / acts })
  return {
    ...{ factor, load, seconds, figures, breaks, generator, uses, sight, watched },
    outcome,
    faults: [
      ...faults,
      ...(asked.storm === true ? [] : failed),
      ...('failed' in looked ? [`browser: ${looked.failed.message}`] : []),
    ].slice(0, 20),
    doubts: doubtsOf({ generator, machine }),
    most: limiting(uses),
    latencies: { signIn, message, offer, join, recovery },
    storm:
      asked.storm === true
        ? {
            atMs: seconds * cutShare * 1_000,
            severed: sum(people, ({ storm }) => storm?.severed ?? 0),
            back: sum(people, ({ storm }) => storm?.back ?? 0),
            failed: failed.length,
          }
        : undefined,
    sessions: sum(people, ({ sessions }) => sessions) + 2 * load.rooms,
  }
}

/** Somebody who joined and saw nothing has waited without end; a browser that failed by itself says nothing of the server. */
function seenFigures(looked: Looked): Figures {
  if ('failed' in looked)
    return looked.failed instanceof NoPicture ? { firstFrameP95Ms: Number.NaN, freezeShare: Number.NaN } : {}
  if (looked.sight === undefined) return {}
  const { firstFrameP95Ms, freezeShare } = figuresOf(looked.sight)
  return { firstFrameP95Ms, freezeShare }
}

function latencyOf(encoded: readonly string[]): Latency {
  const histogram: Histogram = merge(encoded)
  const at = (percent: number) => percentileMs(histogram, percent)
  return {
    ...{ p50Ms: at(50), p95Ms: at(95), p99Ms: at(99), maxMs: at(100), count: histogram.totalCount },
    histogram: encode(histogram),
  }
}
