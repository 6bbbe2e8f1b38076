/** Beside BullMQ in the same closed loop: as many wait, as many are in work, and the same processes and Redis settings. */
import type { CallbackOrders } from '../../generator/callbacks.ts'
import { Crew } from '../../orders.ts'
import type { JobOrders } from '../../peers/bullmq/jobs.ts'
import { type Pool, pools } from '../../queue-sizes.ts'
import { metric, type Result, type RunOptions, ratio } from '../../scenario.ts'
import { each, inTurn, startBenchRedis } from './bench-redis.ts'
import { checksOf, describe, faultsOf, fillQueue, type Loop, measure } from './loop.ts'
import type { Amounts } from './size.ts'

interface Side extends AsyncDisposable {
  loop(pool: Pool, seconds: number): Promise<Loop>
}

const sides = ['ours', 'peer'] as const
type Pair = Readonly<Record<(typeof sides)[number], Loop>>

/** BullMQ knows none. */
const topics = 1
const store = 'beside'

export async function besideBullmq(amounts: Amounts, options: RunOptions): Promise<Result> {
  await using ours = await startOurs(amounts, options)
  await using peer = await startPeer(amounts, options)
  const both = { ours, peer }
  const { seconds } = amounts.loops
  const found: Readonly<Record<Pool, Pair[]>> = { '10': [], '1000': [] }
  for (const pool of pools) for (const side of sides) await both[side].loop(pool, seconds / 4)
  for (let n = 0; n < options.repeats; n += 1) {
    for (const pool of pools) {
      const loops: Partial<Record<(typeof sides)[number], Loop>> = {}
      for (const side of inTurn(sides, n)) loops[side] = await both[side].loop(pool, seconds)
      const pair = loops as Pair
      found[pool].push(pair)
      options.say(`${amounts.pools[pool]} in work: ours ${describe(pair.ours)}, BullMQ ${describe(pair.peer)}`)
    }
  }
  return summarize(found)
}

async function startOurs({ waiting, pools: advisors }: Amounts, options: RunOptions): Promise<Side> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.use(await startBenchRedis())
  const crew = stack.use(new Crew<CallbackOrders>('generator/callbacks.ts', options.generators))
  await fillQueue(crew, redis, { store, waiting: waiting['1k'], advisors: advisors['1000'], topics }, options.say)
  const resources = stack.move()
  return {
    loop: (pool, seconds) => {
      const params = { store, pool: Math.ceil(advisors[pool] / crew.size), seconds, topics, openToTeam: false }
      return measure(redis, crew.pids, {
        work: () => crew.order('work', each(crew, params)),
        judge: () => crew.order('judge', each(crew, { store, sabotage: options.sabotage })),
      })
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function startPeer({ waiting, pools: advisors }: Amounts, { generators }: RunOptions): Promise<Side> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.use(await startBenchRedis())
  const crew = stack.use(new Crew<JobOrders>('peers/bullmq/jobs.ts', generators))
  await crew.order(
    'open',
    Array.from({ length: crew.size }, (_, n) => ({ socket: redis.socket, name: `filler-${n}` })),
  )
  await redis.hurried(() => crew.order('fill', each(crew, { count: Math.ceil(waiting['1k'] / crew.size) })))
  const resources = stack.move()
  return {
    loop: async (pool, seconds) => {
      await crew.order('begin', each(crew, { pool: Math.ceil(advisors[pool] / crew.size) }))
      return measure(redis, crew.pids, {
        work: () => crew.order('work', each(crew, { seconds })),
        judge: () => crew.order('judge', each(crew, {})),
      })
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

function summarize(found: Readonly<Record<Pool, readonly Pair[]>>): Result {
  const of = (pool: Pool, side: (typeof sides)[number], figure: (loop: Loop) => number) =>
    found[pool].map((pair) => figure(pair[side]))
  const perSecond = ({ perSecond }: Loop) => perSecond
  const perRedisUs = ({ redisUsPerCycle }: Loop) => 1 / redisUsPerCycle
  const perCpu = ({ perSecond, redisShare, clientShare }: Loop) => perSecond / (redisShare + clientShare)
  const beside = (pool: Pool, figure: (loop: Loop) => number) =>
    ratio(of(pool, 'ours', figure), of(pool, 'peer', figure), 'higher')
  const redisUs = (side: (typeof sides)[number]) =>
    metric(
      of('1000', side, ({ redisUsPerCycle }) => redisUsPerCycle),
      'µs',
      'lower',
    )
  const all = (side: (typeof sides)[number]) => pools.flatMap((pool) => found[pool].map((pair) => pair[side]))
  const peer = checksOf(all('peer'))
  return {
    metrics: {
      beside_per_s: metric(of('1000', 'ours', perSecond), 'callbacks/s', 'higher'),
      bullmq_per_s: metric(of('1000', 'peer', perSecond), 'jobs/s', 'higher'),
      beside_redis_us: redisUs('ours'),
      bullmq_redis_us: redisUs('peer'),
    },
    ratios: {
      throughput_vs_bullmq: beside('1000', perSecond),
      throughput_vs_bullmq_10_in_work: beside('10', perSecond),
      throughput_per_cpu_vs_bullmq: beside('1000', perCpu),
      throughput_per_redis_cpu_vs_bullmq: beside('1000', perRedisUs),
    },
    checks: { ...checksOf(all('ours')), bullmq_did_the_same_work: peer.one_holder_at_a_time && peer.nothing_lost },
    notes: faultsOf([...all('ours'), ...all('peer')]),
  }
}
