/** What holds a Redis up beside its commands: rewrites of its log, forks, a disk that takes its time. Everybody waits meanwhile. */
import { Redis } from 'ioredis'
import { redisInfo } from '../redis-info.ts'

/** Since the look before. */
export interface Stalls {
  /** Whether the log was being rewritten at the time, and how many rewrites have begun. */
  readonly rewriting: boolean
  readonly rewrites: number
  /** Flushes that were put off because the disk was busy: with `appendfsync everysec` alone. */
  readonly delayedFsyncs: number
  /** The longest of each kind, by the names of LATENCY: `aof-fsync-always`, `aof-write`, `fork` … */
  readonly longestMs: Readonly<Record<string, number>>
}

export interface StallWatch extends AsyncDisposable {
  look(): Promise<Stalls>
}

/** What takes less is how a disk is. */
export const worthKeepingMs = 20

/** Tells Redis to note what takes long; nothing else of it changes. */
export async function watchStalls(socket: string): Promise<StallWatch> {
  await using stack = new AsyncDisposableStack()
  // Whoever watches does not wait for one that is away.
  const client = new Redis({ path: socket, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  stack.defer(() => client.disconnect())
  client.on('error', () => {})
  await client.config('SET', 'latency-monitor-threshold', String(worthKeepingMs))
  await client.call('LATENCY', 'RESET')
  let before = await read(client)
  const resources = stack.move()
  return {
    async look() {
      const now = await read(client)
      const stalls = stallsBetween(before, now)
      before = now
      return stalls
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

export interface RedisTold {
  readonly rewriting: boolean
  /** Since it started. */
  readonly rewrites: number
  readonly delayedFsyncs: number
  readonly forkMs: number
  /** As LATENCY LATEST says them: kind, s since the epoch, the latest and the longest so far, ms. */
  readonly events: readonly (readonly [string, number, number, number])[]
}

async function read(client: Redis): Promise<RedisTold> {
  const [persistence, stats, events] = await Promise.all([
    redisInfo(client, 'persistence'),
    redisInfo(client, 'stats'),
    client.call('LATENCY', 'LATEST') as Promise<RedisTold['events']>,
  ])
  return {
    rewriting: persistence('aof_rewrite_in_progress') === 1,
    rewrites: persistence('aof_rewrites') || 0,
    delayedFsyncs: persistence('aof_delayed_fsync') || 0,
    forkMs: stats('latest_fork_usec') / 1_000,
    events,
  }
}

/** *Pure.* */
export function stallsBetween(before: RedisTold, now: RedisTold): Stalls {
  const known = new Map(before.events.map(([kind, ...rest]) => [kind, rest] as const))
  const longest = now.events.flatMap(([kind, at, latestMs, longestMs]): [string, number][] => {
    const [thenAt, thenMs, thenLongestMs = 0] = known.get(kind) ?? []
    if (longestMs > thenLongestMs) return [[kind, longestMs]]
    return at === thenAt && latestMs === thenMs ? [] : [[kind, latestMs]]
  })
  const rewrites = Math.max(0, now.rewrites - before.rewrites)
  return {
    ...{ rewriting: now.rewriting, rewrites },
    delayedFsyncs: Math.max(0, now.delayedFsyncs - before.delayedFsyncs),
    longestMs: Object.fromEntries([...(rewrites > 0 ? [['fork', now.forkMs]] : []), ...longest]),
  }
}

/** *Pure.* Of several looks. */
export function allStalls(stalls: readonly Stalls[]): Stalls {
  const longestMs: Record<string, number> = {}
  for (const stall of stalls)
    for (const [kind, ms] of Object.entries(stall.longestMs)) longestMs[kind] = Math.max(longestMs[kind] ?? 0, ms)
  const sum = (of: (stall: Stalls) => number) => stalls.reduce((total, stall) => total + of(stall), 0)
  return {
    rewriting: stalls.some(({ rewriting }) => rewriting),
    rewrites: sum(({ rewrites }) => rewrites),
    delayedFsyncs: sum(({ delayedFsyncs }) => delayedFsyncs),
    longestMs,
  }
}

/** *Pure.* Of all looks of a run, for people; nothing when nothing held it up. */
export function stallsSaid(looks: readonly { readonly stalls: Stalls | undefined }[]): string[] {
  const { rewriting, rewrites, delayedFsyncs, longestMs } = allStalls(looks.flatMap(({ stalls }) => stalls ?? []))
  const waits = Object.entries(longestMs)
    .filter(([, ms]) => ms >= worthKeepingMs)
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, ms]) => `${kind} ${Math.round(ms)} ms`)
  const said = [
    ...(rewriting || rewrites > 0 ? ['log rewritten'] : []),
    ...(delayedFsyncs > 0 ? [`${delayedFsyncs} flushes put off`] : []),
    ...waits,
  ]
  return said.length === 0 ? [] : [`Redis: ${said.join(', ')}`]
}
