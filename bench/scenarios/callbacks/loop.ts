/** One closed loop of all processes on a queue, and what it came to. */
import type { Judged, Worked } from '../../callback-request.ts'
import type { CallbackOrders } from '../../generator/callbacks.ts'
import type { Crew } from '../../orders.ts'
import type { RunOptions } from '../../scenario.ts'
import { cpuUs, difference } from '../../usage.ts'
import { region } from '../../visavis.ts'
import { type BenchRedis, each } from './bench-redis.ts'

export interface Loop extends Worked, Judged {
  readonly perSecond: number
  readonly redisUsPerCycle: number
  /** Of a core, with system calls; and the same of the processes that work the queue. */
  readonly redisShare: number
  readonly clientShare: number
}

export async function measure(
  redis: BenchRedis,
  clients: readonly number[],
  { work, judge }: { work(): Promise<readonly Worked[]>; judge(): Promise<readonly Judged[]> },
): Promise<Loop> {
  const parts = { redis: [redis.pid], client: clients }
  const [before, redisBefore] = [await cpuUs(parts), await redis.cpuUs()]
  const worked = await work()
  const [used, redisUs] = [difference(before, await cpuUs(parts)), (await redis.cpuUs()) - redisBefore]
  const judged = await judge()
  const cycles = worked.reduce((sum, { cycles }) => sum + cycles, 0)
  const seconds = Math.max(...worked.map(({ seconds }) => seconds))
  const share = (part: 'redis' | 'client') => (used[part] ?? 0) / seconds / 1_000_000
  return {
    ...{ cycles, seconds, perSecond: cycles / seconds, redisUsPerCycle: redisUs / cycles },
    ...{ redisShare: share('redis'), clientShare: share('client') },
    shared: judged.flatMap(({ shared }) => shared),
    lost: judged.flatMap(({ lost }) => lost),
    late: judged.flatMap(({ late }) => late),
  }
}

export const describe = ({ perSecond, redisUsPerCycle, redisShare, clientShare }: Loop): string =>
  `${Math.round(perSecond)}/s (redis ${Math.round(redisUsPerCycle)} µs each; cores: redis ${redisShare.toFixed(2)}, clients ${clientShare.toFixed(2)})`

/** What the checks of a loop found, by the names of the checks. */
export const checksOf = (found: readonly (Judged & Pick<Worked, 'cycles'>)[]) => ({
  one_holder_at_a_time: found.every(({ shared, cycles }) => shared.length === 0 && cycles > 0),
  nothing_lost: found.every(({ lost, cycles }) => lost.length === 0 && cycles > 0),
  bounded_wait: found.every(({ late, cycles }) => late.length === 0 && cycles > 0),
})

export const faultsOf = (found: readonly Judged[]): string[] =>
  found.flatMap(({ shared, lost, late }) => [...shared, ...lost, ...late]).slice(0, 10)

/** What a queue is filled with. */
export interface Filling {
  readonly store: string
  readonly waiting: number
  /** In whose portfolios the jobseekers are. */
  readonly advisors: number
  readonly topics: number
}

/** Through the domain's own requests, so that the queue is what requests make of it. */
export async function fillQueue(
  crew: Crew<CallbackOrders>,
  redis: BenchRedis,
  { store, waiting, advisors, topics }: Filling,
  say: RunOptions['say'],
): Promise<void> {
  const startedAt = performance.now()
  const own = (n: number) =>
    Array.from({ length: Math.ceil(advisors / crew.size) }, (_, m) => `filler-advisor-${n}-${m}`)
  const { socket } = redis
  await crew.order(
    'open',
    Array.from({ length: crew.size }, (_, n) => ({ store, socket, region, advisors: own(n), name: `filler-${n}` })),
  )
  await redis.hurried(async () => {
    // Half of them may be taken by the whole team, as those that have waited for a while.
    for (const openToTeam of [true, false]) {
      const count = Math.ceil(waiting / 2 / crew.size)
      await crew.order('fill', each(crew, { store, count, openToTeam, topics }))
    }
  })
  say(`${waiting} requests were made in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`)
}

/** Breaks of "nothing lost" that only the whole queue shows. */
export async function miscounted(crew: Crew<CallbackOrders>, store: string): Promise<string[]> {
  const counts = await crew.order('waiting', each(crew, { store }))
  const known = counts.reduce((sum, count) => sum + count.known, 0)
  const [first] = counts
  return first?.told === known
    ? []
    : [`${first?.told} wait in the queue of ${store}; ${known} were acknowledged and are not taken`]
}
