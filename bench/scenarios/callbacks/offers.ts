/** How soon an advisor hears of a request, through a node and its sockets, at half of what it carries at most. */
import type { Asked, Asking, CallbackSessionOrders } from '../../generator/callback-sessions.ts'
import { shares } from '../../generators.ts'
import { merge, percentileMs } from '../../latency.ts'
import { Crew } from '../../orders.ts'
import { temporaryFolder } from '../../processes.ts'
import { type PerSize, type Pool, pools, type Size, sizes } from '../../queue-sizes.ts'
import { metric, type Result, type RunOptions } from '../../scenario.ts'
import { cpuUs, difference, type Parts, type PerPart } from '../../usage.ts'
import { enrolMany, type Portfolio, startVisavis, withoutLimits } from '../../visavis.ts'
import { type BenchRedis, each } from './bench-redis.ts'
import type { Amounts } from './size.ts'

interface Load {
  readonly cycles: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  /** Of a core. */
  readonly shares: PerPart
  readonly shared: readonly string[]
  readonly lost: readonly string[]
}

interface Found {
  readonly size: Size
  readonly pool: Pool
  readonly closed: Load
  readonly half: readonly Load[]
}

/** @param redis with as many waiting as their sizes say, none of whom the advisors here may take; each ends with its part. */
export async function offerLatency(redis: PerSize<BenchRedis>, amounts: Amounts, options: RunOptions): Promise<Result> {
  const found: Found[] = []
  for (const size of options.smoke ? [headline.size] : sizes) {
    found.push(...(await throughNode(redis[size], size, amounts, options)))
    // The next one is alone with its node, as in a deployment: the hardest comes last.
    await redis[size][Symbol.asyncDispose]()
  }
  return summarize(found)
}

/** A node on a Redis with so many waiting: first with few advisors at work, then with many. */
async function throughNode(
  { socket, pid }: BenchRedis,
  size: Size,
  { pools: advisors, offers }: Amounts,
  options: RunOptions,
): Promise<Found[]> {
  await using folder = temporaryFolder()
  // Nobody lets an offer run out, however long the machine is held up.
  const env = { ...withoutLimits, REDIS_URL: `unix://${socket}`, VISAVIS_CALLBACK_LEASE_MS: '600000' }
  await using visavis = await startVisavis({ folder: folder.path, env })
  const { url } = visavis
  const people = { advisors: advisors['1000'], jobseekers: offers.jobseekers }
  const portfolios = await enrolMany(url, folder.path, people)
  await using crew = new Crew<CallbackSessionOrders>('generator/callback-sessions.ts', options.generators)
  const parts: Parts = { ...visavis.parts, redis: [pid], generator: crew.pids }
  const run = (load: Asking['load'], seconds: number) => runLoad(crew, parts, { load, seconds, ...options })
  const open = (some: readonly Portfolio[]) => {
    const split = shares(some, crew.size)
    return crew.order(
      'open',
      Array.from({ length: crew.size }, (_, n) => ({ url, portfolios: split[n] ?? [] })),
    )
  }

  const found: Found[] = []
  let there = 0
  for (const pool of pools) {
    await open(portfolios.slice(there, advisors[pool]))
    there = advisors[pool]
    await run('closed', offers.warmUpSeconds)
    const closed = await run('closed', offers.closedSeconds)
    const perSecond = Math.max(1, closed.perSecond / 2)
    await run({ perSecond }, offers.warmUpSeconds)
    const half: Load[] = []
    for (let n = 0; n < Math.min(options.repeats, offers.rounds); n += 1) {
      half.push(await run({ perSecond }, offers.openSeconds))
    }
    found.push({ size, pool, closed, half })
    options.say(
      `${size} waiting, ${advisors[pool]} at work: at most ${describe(closed)}; half ${half.map(times).join('; ')}`,
    )
  }
  await crew.order('close', each(crew, {}))
  return found
}

async function runLoad(
  crew: Crew<CallbackSessionOrders>,
  parts: Parts,
  { load, seconds, sabotage }: Asking,
): Promise<Load> {
  const shared = load === 'closed' ? load : { perSecond: load.perSecond / crew.size }
  const before = await cpuUs(parts)
  const asked: readonly Asked[] = await crew.order('ask', each(crew, { load: shared, seconds, sabotage }))
  const used = difference(before, await cpuUs(parts))
  const took = Math.max(...asked.map(({ seconds }) => seconds))
  const latency = merge(asked.map(({ latency }) => latency))
  const cycles = asked.reduce((sum, { cycles }) => sum + cycles, 0)
  return {
    ...{ cycles, perSecond: cycles / took },
    p50Ms: percentileMs(latency, 50),
    p95Ms: percentileMs(latency, 95),
    p99Ms: percentileMs(latency, 99),
    shares: Object.fromEntries(Object.entries(used).map(([part, us]) => [part, us / took / 1_000_000])),
    shared: asked.flatMap(({ shared }) => shared),
    lost: asked.flatMap(({ lost }) => lost),
  }
}

const times = ({ perSecond, p50Ms, p95Ms, p99Ms }: Load): string =>
  `${Math.round(perSecond)}/s p50 ${p50Ms} p95 ${p95Ms} p99 ${p99Ms} ms`

const describe = ({ perSecond, shares }: Load): string =>
  `${Math.round(perSecond)}/s (cores: ${['server', 'redis', 'generator'].map((part) => `${part} ${(shares[part] ?? 0).toFixed(2)}`).join(', ')})`

/** The hardest of all: the most wait, and the most are at work. */
const headline = { size: '1m', pool: '1000' } as const

function summarize(found: readonly Found[]): Result {
  const ms = (half: readonly Load[], figure: (load: Load) => number) => metric(half.map(figure), 'ms', 'lower')
  const hardest = found.filter(({ size, pool }) => size === headline.size && pool === headline.pool)
  const all = found.flatMap(({ closed, half }) => [closed, ...half])
  return {
    metrics: Object.fromEntries([
      ...hardest.map(({ half }) => ['offer_p99_ms_half_load', ms(half, ({ p99Ms }) => p99Ms)] as const),
      ...found.flatMap(({ size, pool, closed, half }) => {
        const name = `${size}_${pool}`
        return [
          [`node_cycles_per_s_${name}`, metric([closed.perSecond], 'callbacks/s', 'higher')],
          [`offer_p50_ms_half_load_${name}`, ms(half, ({ p50Ms }) => p50Ms)],
          [`offer_p95_ms_half_load_${name}`, ms(half, ({ p95Ms }) => p95Ms)],
          [`offer_p99_ms_half_load_${name}`, ms(half, ({ p99Ms }) => p99Ms)],
        ] as const
      }),
    ]),
    ratios: {},
    checks: {
      one_holder_at_a_time: all.every(({ shared, cycles }) => shared.length === 0 && cycles > 0),
      nothing_lost: all.every(({ lost, cycles }) => lost.length === 0 && cycles > 0),
    },
    notes: all.flatMap(({ shared, lost }) => [...shared, ...lost]).slice(0, 10),
  }
}
