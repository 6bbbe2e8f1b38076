/** One run at one load: fresh sessions and rooms, a warm-up, and the window. */
import type { RegionJob, RegionOutcome } from '../generator/region.ts'
import { runGenerators, shares } from '../generators.ts'
import { workerBin } from '../machine.ts'
import { childrenOf } from '../processes.ts'
import type { Parts } from '../usage.ts'
import type { Canary } from './canary.ts'
import type { Demand } from './demand.ts'
import type { Deployment } from './deployment.ts'
import type { Told } from './live.ts'
import { type Load, loadOf } from './load.ts'
import { type Sample, type Watched, watch } from './resources.ts'
import type { Sight } from './sight.ts'
import { type Asked, cutShare, type Looked, type Step, summarize } from './summary.ts'

export interface StepOptions extends Asked {
  readonly deployment: Deployment
  readonly demand: Demand
  readonly burst: number
  /** Processes for people, and as many for appointments. */
  readonly generators: number
  readonly canary: Canary | undefined
  /** How it goes, about twice a second: the newest word of each generator, and of the machine. */
  readonly onLive?: (told: readonly Told[], sample: Sample | undefined) => void
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

/** Offers that were on their way when everybody was cut run out before they are made again. */
const afterCutMs = 120_000

/** Sessions and rooms take their time to be made; what takes longer than this hangs. */
const timeoutMs = ({ advisors, jobseekers, rooms }: Load, seconds: number): number =>
  120_000 + seconds * 2_000 + advisors * (jobseekers + 1) * 50 + rooms * 500

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
