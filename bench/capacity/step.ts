/** One run at one load: fresh sessions and rooms, a warm-up, the window, and what came of it. */
import type { RegionJob, RegionOutcome } from '../generator/region.ts'
import { runGenerators, shares } from '../generators.ts'
import { encode, type Histogram, merge, percentileMs } from '../latency.ts'
import { workerBin } from '../machine.ts'
import { childrenOf } from '../processes.ts'
import type { Parts } from '../usage.ts'
import { type Canary, NoPicture } from './canary.ts'
import type { Demand } from './demand.ts'
import type { Deployment } from './deployment.ts'
import { limiting, type Use, type Uses } from './limits.ts'
import type { Told } from './live.ts'
import { afterLosingOne, type Break, breaksOf, type Figures, type Limits } from './objectives.ts'
import { doubtsOf, type Generator, type Outcome, outcomeOf } from './outcome.ts'
import { generatorShare, type Sample, usesOf, type Watched, watch } from './resources.ts'
import { figuresOf, type Sight } from './sight.ts'

/** What is asked of the deployment in one run. */
export interface Load {
  readonly advisors: number
  /** Of each advisor. */
  readonly jobseekers: number
  readonly rooms: number
  /** Of which so many begin in the window. */
  readonly starting: number
  readonly messagesPerSecond: number
  readonly callbacksPerSecond: number
}

/** Fewer than that prove nothing: a percentile needs something to be one of. */
const leastMessagesPerSecond = 5
const leastCallbacksPerSecond = 0.5
/** One that is open all the while, and one that begins. */
const leastRooms = 2

/** *Pure.* The factor below which a load has no fewer rooms. */
export const leastFactor = ({ concurrentRooms }: Demand): number => Math.min(1, leastRooms / concurrentRooms)

/** *Pure.* So many times the demand, as far as halves of people and rooms can be. */
export function loadOf(demand: Demand, factor: number, seconds: number): Load {
  const advisors = Math.max(1, Math.round(demand.advisorsOnShift * factor))
  const online = Math.max(2, Math.round(demand.jobseekersOnline * factor))
  const rooms = Math.max(leastRooms, Math.round(demand.concurrentRooms * factor))
  return {
    advisors,
    // One talks and one asks to be called.
    jobseekers: Math.max(2, Math.round(online / advisors)),
    rooms,
    starting: Math.min(Math.floor(rooms / 2), Math.max(1, Math.round((demand.joinsPerSecond / 2) * factor * seconds))),
    messagesPerSecond: Math.max(leastMessagesPerSecond, demand.messagesPerSecond * factor),
    callbacksPerSecond: Math.max(leastCallbacksPerSecond, (demand.callbacksPerHour / 3_600) * factor),
  }
}

export interface StepOptions {
  readonly deployment: Deployment
  readonly demand: Demand
  readonly factor: number
  readonly seconds: number
  readonly limits: Limits
  readonly burst: number
  /** Processes for people, and as many for appointments. */
  readonly generators: number
  readonly linkMbits: number
  readonly canary: Canary | undefined
  /** Whether a break while other programs fill the machine proves nothing. */
  readonly excuseOthers: boolean
  /** Whether the connections of all people are cut in the middle of it. */
  readonly storm?: boolean
  /** How it goes, about twice a second: the newest word of each generator, and of the machine. */
  readonly onLive?: (told: readonly Told[], sample: Sample | undefined) => void
}

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

export async function runStep(options: StepOptions): Promise<Step> {
  const { deployment, demand, factor, seconds, canary, onLive = () => {} } = options
  const load = loadOf(demand, factor, seconds)
  const jobs = await jobsOf(options, load)
  let ending: Promise<() => Promise<Watched>> | undefined
  let watched: Watched | undefined
  let looking: Promise<Sight | undefined> = Promise.resolve(undefined)
  const canaryPids = (await canary?.pids()) ?? []
  const told: Told[] = []
  let newest: Sample | undefined
  const run = await runGenerators<RegionJob, RegionOutcome>('generator/region.ts', jobs, {
    watched: {},
    timeoutMs: timeoutMs(load, seconds) + (options.storm === true ? afterCutMs : 0),
    onTold(now, generator) {
      told[generator] = now as Told
      onLive(Object.values(told), newest)
    },
    onGo(generators) {
      const parts: Parts = {
        ...deployment.parts,
        generator: generators,
        'generator media': generators.flatMap((pid) => childrenOf(pid, 'mediasoup')),
        ...(canaryPids.length > 0 ? { browser: canaryPids } : {}),
        'this command': [process.pid],
      }
      const onSample = (sample: Sample) => {
        newest = sample
        onLive(Object.values(told), newest)
      }
      ending = watch({ parts, nodes: deployment.nodes, redisSocket: deployment.redisSocket, seconds, onSample })
      if (canary !== undefined) looking = canary.look(seconds)
      looking.catch(() => {})
    },
    async onDrained() {
      watched = await (await ending)?.()
    },
  }).catch(async (error: unknown) => {
    // Whoever still watches would keep the command from ending.
    const end = await ending?.catch(() => undefined)
    await end?.().catch(() => {})
    throw error
  })
  if (watched === undefined) throw new Error('nothing was watched')
  const looked = await looking.then(
    (sight): Looked => ({ sight }),
    (error: unknown): Looked => ({ failed: error instanceof Error ? error : new Error(String(error)) }),
  )
  return summarize(options, { load, results: run.results, watched, looked })
}

/** What the browser saw; or why it saw nothing. */
type Looked = { readonly sight: Sight | undefined } | { readonly failed: Error }

/** Offers that were on their way when everybody was cut run out before they are made again. */
const afterCutMs = 120_000

/** Sessions and rooms take their time to be made; what takes longer than this hangs. */
const timeoutMs = ({ advisors, jobseekers, rooms }: Load, seconds: number): number =>
  120_000 + seconds * 2_000 + advisors * (jobseekers + 1) * 50 + rooms * 500

/** Of a window: before it nobody is cut, and after it everybody has to have come back. */
const cutShare = 1 / 3

async function jobsOf(
  { deployment, seconds, burst, generators, storm }: StepOptions,
  load: Load,
): Promise<RegionJob[]> {
  const { nodes, operatorToken } = deployment
  const portfolios = await deployment.people(load.advisors, load.jobseekers)
  const people = shares(portfolios, generators)
  const each = Math.min(generators, load.starting)
  const share = (of: number, n: number) => Math.floor(of / each) + (n < of % each ? 1 : 0)
  return [
    ...people.map(
      (portfolios): RegionJob => ({
        ...{ kind: 'people', nodes, portfolios, seconds, burst },
        ...(storm === true ? { cutAfter: seconds * cutShare } : {}),
        messagesPerSecond: load.messagesPerSecond / people.length,
        callbacksPerSecond: load.callbacksPerSecond / people.length,
      }),
    ),
    ...Array.from(
      { length: each },
      (_, n): RegionJob => ({
        ...{ kind: 'appointments', nodes, token: operatorToken, workerBin: workerBin(), name: `g${n}`, seconds },
        standing: share(load.rooms - load.starting, n),
        starting: share(load.starting, n),
      }),
    ),
  ]
}

interface Came {
  readonly load: Load
  readonly results: readonly RegionOutcome[]
  readonly watched: Watched
  readonly looked: Looked
}

function summarize(options: StepOptions, came: Came): Step {
  const { deployment, factor, seconds, limits, linkMbits, excuseOthers } = options
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
  const figures: Figures = options.storm === true ? { recoveryP99Ms: recovery.p99Ms, lossShare } : calm
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
      ...(options.storm === true ? [] : failed),
      ...('failed' in looked ? [`browser: ${looked.failed.message}`] : []),
    ].slice(0, 20),
    doubts: doubtsOf({ generator, machine }),
    most: limiting(uses),
    latencies: { signIn, message, offer, join, recovery },
    storm:
      options.storm === true
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
