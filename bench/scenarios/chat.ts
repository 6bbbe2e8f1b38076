/** Question: how many durable messages a second reach the other member, how soon, and how far is that from the floor? */
import { type Climb, climb, nearby } from '../climb.ts'
import { diskSyncMs } from '../disk.ts'
import type { ChatJob, ChatOutcome } from '../generator/chat.ts'
import { type Run, runGenerators, shares } from '../generators.ts'
import { merge, percentileMs } from '../latency.ts'
import { startServer } from '../processes.ts'
import { startRedis } from '../redis.ts'
import { metric, type Result, type RunOptions, ratio, type Scenario } from '../scenario.ts'
import type { Parts } from '../usage.ts'
import { enrolPortfolios, type Portfolio, startVisavis } from '../visavis.ts'

/** A rate is held while its p99 is not above this and it is achieved. */
const limitMs = 50
const achieved = 0.97

interface Size {
  readonly advisors: number
  /** In each portfolio; each has a channel. */
  readonly jobseekers: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** For the open loop, rising, messages a second. */
  readonly rates: readonly number[]
}
const full: Size = {
  advisors: 20,
  jobseekers: 15,
  seconds: 4,
  warmUpSeconds: 1.5,
  rates: [
    250, 500, 750, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 4_500, 5_000, 5_500, 6_000, 7_000, 8_000, 10_000,
    12_000,
  ],
}
const smoke: Size = { advisors: 4, jobseekers: 5, seconds: 0.5, warmUpSeconds: 0.2, rates: [300] }
/** Later climbs begin so many steps below where the first one ended. */
const stepsBack = 3

export const chat: Scenario = {
  name: 'chat',
  question: 'How many durable messages a second reach the other member, how soon, and how far is that from the floor?',
  async run(options) {
    const size = options.smoke ? smoke : full
    await using visavis = await startVisavis()
    await using redis = await startRedis()
    await using floor = await startServer('peers/floor/server.ts', { FLOOR_REDIS: redis.socket })
    const portfolios = await enrolPortfolios(visavis.url, size.advisors, size.jobseekers)
    const floorToken = ({ channels }: Portfolio) => channels.map(({ channel }) => channel).join(',')
    const floorPortfolios = portfolios.map((portfolio) => ({
      ...portfolio,
      token: floorToken(portfolio),
      channels: portfolio.channels.map(({ channel }) => ({ channel, token: channel })),
    }))
    const { sabotage } = options
    const ours: Target = { url: visavis.url, portfolios, readBack: true, sabotage, parts: visavis.parts }
    const floorParts = { server: [floor.pid], redis: [redis.pid] }
    const theirs: Target = { url: floor.url, portfolios: floorPortfolios, readBack: false, parts: floorParts }
    const disk = `a small write took ${(await diskSyncMs()).toFixed(2)} ms to be on this disk (median, before the load)`
    const { notes, ...measured } = await measureAll(size, ours, theirs, options)
    return summarize({ ...measured, notes: [disk, ...notes] })
  },
}

interface Target extends Pick<ChatJob, 'url' | 'portfolios' | 'readBack' | 'sabotage'> {
  readonly parts: Parts
}

/** A run of all generators, added up. */
interface Load extends Omit<Run<ChatOutcome>, 'results'> {
  readonly messages: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly outOfOrder: readonly string[]
  readonly notDurable: readonly string[]
}

interface Measured {
  /** The highest rate held, one per climb, and every run of the climbs. */
  readonly best: readonly number[]
  readonly climbs: readonly Load[]
  readonly half: readonly Load[]
  readonly closed: readonly Load[]
  readonly floor: readonly Load[]
  readonly notes: readonly string[]
}

async function measureAll(size: Size, ours: Target, theirs: Target, options: RunOptions): Promise<Measured> {
  const { repeats, say } = options
  const closed: Load[] = []
  const floor: Load[] = []
  // In turn, so that a machine that changes its speed changes it for both.
  for (let n = 0; n < repeats; n += 1) {
    const mine = await runLoad(ours, 'closed', size, options)
    const peer = await runLoad(theirs, 'closed', size, options)
    closed.push(mine)
    floor.push(peer)
    say(`closed loop: ${describe(mine)}; floor: ${describe(peer)}`)
  }
  const best: number[] = []
  const climbs: Load[] = []
  const notes = new Set<string>()
  for (let n = 0; n < repeats; n += 1) {
    const from = best[0] === undefined ? 0 : nearby(size.rates, best[0], stepsBack)
    const found = await climb(size.rates, from, {
      load: async (rate) => {
        const reached = await runLoad(ours, rate, size, options)
        say(`${rate}/s asked: ${describe(reached)}, p50 ${reached.p50Ms} ms, p99 ${reached.p99Ms} ms`)
        return reached
      },
      held: ({ p99Ms, perSecond }, rate) => options.smoke || (p99Ms <= limitMs && perSecond >= rate * achieved),
    })
    if (found.best === undefined) throw new Error(`not even ${size.rates[0]} messages a second were held`)
    best.push(found.best.step)
    climbs.push(...found.loads)
    if (!options.smoke) for (const note of limitOf(found)) notes.add(note)
  }
  const half: Load[] = []
  for (const rate of best) half.push(await runLoad(ours, Math.max(rate / 2, 100), size, options))
  return { best, climbs, half, closed, floor, notes: [...notes] }
}

async function runLoad(target: Target, rate: number | 'closed', size: Size, options: RunOptions): Promise<Load> {
  const { parts, portfolios, ...rest } = target
  const { seconds, warmUpSeconds } = size
  const split = shares(portfolios, options.generators)
  const load = rate === 'closed' ? rate : { perSecond: rate / split.length }
  const jobs = split.map((portfolios): ChatJob => ({ ...rest, portfolios, load, seconds, warmUpSeconds }))
  const run = await runGenerators<ChatJob, ChatOutcome>('generator/chat.ts', jobs, {
    watched: parts,
    timeoutMs: 120_000,
  })
  const latency = merge(run.results.map(({ latency }) => latency))
  const messages = run.results.reduce((sum, { messages }) => sum + messages, 0)
  return {
    ...run,
    messages,
    perSecond: messages / run.seconds,
    p50Ms: percentileMs(latency, 50),
    p99Ms: percentileMs(latency, 99),
    outOfOrder: run.results.flatMap(({ outOfOrder }) => outOfOrder),
    notDurable: run.results.flatMap(({ notDurable }) => notDurable),
  }
}

/** What people should know about the rate that was not held. */
function limitOf({ best, broken }: Climb<Load>): string[] {
  if (broken === undefined) return [`even the highest rate tried was held: ${best?.step}/s`]
  if (share(broken.load, 'generator') <= 0.9) return []
  return [`a generator was full at ${broken.step}/s: the server may hold more`]
}

const share = ({ cpuUs, seconds }: Load, part: string): number => (cpuUs[part] ?? 0) / seconds / 1_000_000
const perMessage = ({ cpuUs, messages }: Load, part: string): number => (cpuUs[part] ?? 0) / messages
/** What a core that did nothing else would do. */
const perCpuSecond = (load: Load): number => 1_000_000 / (perMessage(load, 'server') + perMessage(load, 'redis'))

const describe = (load: Load): string =>
  `${Math.round(load.perSecond)}/s (cores: ${['server', 'redis', 'generator'].map((part) => `${part} ${share(load, part).toFixed(2)}`).join(', ')})`

function summarize({ best, climbs, half, closed, floor, notes }: Measured): Result {
  const of = (loads: readonly Load[], figure: (load: Load) => number) => loads.map(figure)
  const all = [...climbs, ...half, ...closed]
  const faults = [...all, ...floor].flatMap(({ outOfOrder, notDurable }) => [...outOfOrder, ...notDurable])
  const ordered = (loads: readonly Load[]) =>
    loads.every(({ outOfOrder, messages }) => outOfOrder.length === 0 && messages > 0)
  return {
    metrics: {
      p50_ms_half_load: metric(
        of(half, ({ p50Ms }) => p50Ms),
        'ms',
        'lower',
      ),
      p99_ms_half_load: metric(
        of(half, ({ p99Ms }) => p99Ms),
        'ms',
        'lower',
      ),
      max_rate_per_s: metric(best, 'messages/s', 'higher'),
      closed_loop_per_s: metric(
        of(closed, ({ perSecond }) => perSecond),
        'messages/s',
        'higher',
      ),
      server_cpu_us_per_message: metric(
        of(closed, (load) => perMessage(load, 'server')),
        'µs',
        'lower',
      ),
      redis_cpu_us_per_message: metric(
        of(closed, (load) => perMessage(load, 'redis')),
        'µs',
        'lower',
      ),
      server_resident_mb: metric(
        of(closed, ({ residentBytes }) => (residentBytes.server ?? 0) / 1e6),
        'MB',
        'lower',
      ),
    },
    ratios: { throughput_vs_floor: ratio(of(closed, perCpuSecond), of(floor, perCpuSecond), 'higher') },
    checks: {
      every_message_once_in_order: ordered(all),
      acknowledged_equals_stored: all.every(({ notDurable }) => notDurable.length === 0),
      floor_did_the_same_work: ordered(floor),
    },
    notes: [...notes, ...faults.slice(0, 10)],
  }
}
