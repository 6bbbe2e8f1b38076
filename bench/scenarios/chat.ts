/** Question: how many durable messages a second reach the other member, how soon, and how far is that from the floor? */
import {
  describe,
  faultsOf,
  inOrder,
  type Load,
  perCpuSecond,
  perMessage,
  runLoad,
  share,
  type Target,
} from '../chat-load.ts'
import { type Climb, climb, nearby } from '../climb.ts'
import { diskSyncMs } from '../disk.ts'
import { startFloor } from '../peers.ts'
import { metric, type Result, type RunOptions, ratio, type Scenario } from '../scenario.ts'
import { median } from '../statistics.ts'
import { enrolPortfolios, startVisavis, withoutLimits } from '../visavis.ts'

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
  seconds: 3,
  warmUpSeconds: 1,
  rates: [250, 500, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_000, 16_000],
}
const smoke: Size = { advisors: 4, jobseekers: 5, seconds: 0.5, warmUpSeconds: 0.2, rates: [300] }
/** Later climbs begin so many steps below where the first one ended. */
const stepsBack = 1
/** The first climb begins at this share of what the closed loop carried: there p99 is far from its limit. */
const firstStep = 0.4

export const chat: Scenario = {
  name: 'chat',
  question: 'How many durable messages a second reach the other member, how soon, and how far is that from the floor?',
  async run(options) {
    const size = options.smoke ? smoke : full
    await using visavis = await startVisavis({ env: withoutLimits })
    const portfolios = await enrolPortfolios(visavis.url, size.advisors, size.jobseekers)
    await using theirs = await startFloor(portfolios)
    const { url, parts } = visavis
    const ours: Target = { url, parts, portfolios, dialect: 'visavis', readBack: true, sabotage: options.sabotage }
    const disk = `a small write took ${(await diskSyncMs()).toFixed(2)} ms to be on this disk (median, before the load)`
    const { notes, ...measured } = await measureAll(size, ours, theirs, options)
    return summarize({ ...measured, notes: [disk, ...notes] })
  },
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
  const { repeats, say, generators } = options
  const { seconds, warmUpSeconds } = size
  const run = (target: Target, rate: number | 'closed') => runLoad(target, { rate, seconds, warmUpSeconds, generators })
  const closed: Load[] = []
  const floor: Load[] = []
  // In turn, so that a machine that changes its speed changes it for both.
  for (let n = 0; n < repeats; n += 1) {
    const mine = await run(ours, 'closed')
    const peer = await run(theirs, 'closed')
    closed.push(mine)
    floor.push(peer)
    say(`closed loop: ${describe(mine)}; floor: ${describe(peer)}`)
  }
  const best: number[] = []
  const climbs: Load[] = []
  const notes = new Set<string>()
  for (let n = 0; n < repeats; n += 1) {
    const from = best[0] === undefined ? beginning(size.rates, closed) : nearby(size.rates, best[0], stepsBack)
    const found = await climb(size.rates, from, {
      load: async (rate) => {
        const reached = await run(ours, rate)
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
  for (const rate of best) half.push(await run(ours, Math.max(rate / 2, 100)))
  return { best, climbs, half, closed, floor, notes: [...notes] }
}

/** The highest rate that is surely not too high; a climb that begins too high after all goes down. */
function beginning(rates: readonly number[], closed: readonly Load[]): number {
  const carried = median(closed.map(({ perSecond }) => perSecond)) * firstStep
  return Math.max(
    0,
    rates.findLastIndex((rate) => rate <= carried),
  )
}

/** What people should know about the rate that was not held. */
function limitOf({ best, broken }: Climb<Load>): string[] {
  if (broken === undefined) return [`even the highest rate tried was held: ${best?.step}/s`]
  if (share(broken.load, 'generator') <= 0.9) return []
  return [`a generator was full at ${broken.step}/s: the server may hold more`]
}

function summarize({ best, climbs, half, closed, floor, notes }: Measured): Result {
  const of = (loads: readonly Load[], figure: (load: Load) => number) => loads.map(figure)
  const all = [...climbs, ...half, ...closed]
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
      every_message_once_in_order: inOrder(all),
      acknowledged_equals_stored: all.every(({ notDurable }) => notDurable.length === 0),
      floor_did_the_same_work: inOrder(floor),
    },
    notes: [...notes, ...faultsOf([...all, ...floor]).slice(0, 10)],
  }
}
