/**
 * How a node stands: looked at every few seconds, so that neither a scrape nor a page that is open costs a worker or Redis
 * anything. A look costs one question to each worker, two to Redis, and a pass over the participants of the node.
 */
import { readdir } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Logger } from 'pino'
import type { NodeLoad, RedisLoad } from '../protocol/operator.ts'
import { startLooks } from '../store/rounds.ts'
import type { Metrics } from './metrics.ts'
import { Rates } from './rates.ts'

export interface LoadSamplerOptions {
  readonly metrics: Metrics
  /** Of each media worker that lives. */
  readonly workers: () => Promise<readonly { readonly pid: number; readonly cpuSeconds: number }[]>
  readonly redis: () => Promise<RedisFigures | undefined>
  /** Once for each participant; without a region for who belongs to none. */
  readonly present: () => Iterable<{ readonly room: string; readonly region: string | undefined }>
  readonly log: Logger
  readonly everyMs?: number
}

interface RedisFigures {
  readonly userSeconds: number
  readonly systemSeconds: number
  readonly memoryBytes: number
  readonly memoryLimitBytes: number
}

export interface LoadSampler extends AsyncDisposable {
  /** Undefined for the first second. */
  readonly node: NodeLoad | undefined
  /** Nothing while Redis is away. */
  readonly redis: Omit<RedisLoad, 'available'>
}

/** The second look comes soon: a node that has just started is not unknown for long. */
const firstMs = 1_000
const usualMs = 5_000

/** Runs until disposed. */
export function startLoadSampler(options: LoadSamplerOptions): LoadSampler {
  const { metrics, workers, redis, present, log, everyMs = usualMs } = options
  const rates = new Rates()
  const loop = monitorEventLoopDelay()
  loop.enable()
  let cpuSeconds: ReadonlyMap<string, number> = new Map()
  let stored: RedisFigures | undefined
  let node: NodeLoad | undefined
  let redisCpu: number | undefined
  tellMetrics(metrics, { workers: () => cpuSeconds, redis: () => stored })

  const look = async () => {
    const [media, storage, messages, outboxBytes = 0, connections = 0, sessions = 0, files] = await Promise.all([
      workers(),
      redis().catch(() => undefined),
      metrics.messages.get(),
      metrics.sum('visavis_outbox_bytes'),
      metrics.connections.get().then(({ values: [first] }) => first?.value),
      metrics.sum('visavis_sessions'),
      shareOfFiles(metrics),
    ])
    cpuSeconds = new Map(media.map((worker) => [String(worker.pid), worker.cpuSeconds]))
    stored = storage
    const { user, system } = process.cpuUsage()
    const perRegion = messages.values.map(({ labels, value }) => [`messages/${labels.region}`, value] as const)
    const rate = rates.look(
      new Map([
        ['node', (user + system) / 1_000_000],
        ...[...cpuSeconds].map(([pid, seconds]) => [`worker/${pid}`, seconds] as const),
        ...(storage === undefined ? [] : [['redis', storage.userSeconds + storage.systemSeconds] as const]),
        ...perRegion,
      ]),
      performance.now(),
    )
    redisCpu = rate.get('redis')
    const cpu = rate.get('node')
    if (cpu === undefined) return
    node = {
      ...{ connections, sessions, cpu, outboxBytes },
      eventLoopP99Ms: loop.percentile(99) / 1_000_000,
      memoryBytes: process.memoryUsage.rss(),
      ...(files === undefined ? {} : { files }),
      workers: media.length,
      workerCpu: Math.max(0, ...[...cpuSeconds.keys()].map((pid) => rate.get(`worker/${pid}`) ?? 0)),
      regions: regionsOf(present(), rate),
    }
    loop.reset()
  }

  const failed = 'the load of this node could not be looked at; trying again'
  const looks = startLooks(look, { everyMs, log, failed })
  const second = setTimeout(looks.wake, firstMs)
  return {
    get node() {
      return node
    },
    get redis() {
      if (stored === undefined) return {}
      const { memoryBytes, memoryLimitBytes } = stored
      return {
        memoryBytes,
        ...(memoryLimitBytes > 0 ? { memoryLimitBytes } : {}),
        ...(redisCpu === undefined ? {} : { cpu: redisCpu }),
      }
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(second)
      loop.disable()
      await looks[Symbol.asyncDispose]()
    },
  }
}

interface Told {
  readonly workers: () => ReadonlyMap<string, number>
  readonly redis: () => RedisFigures | undefined
}

function tellMetrics(metrics: Metrics, { workers, redis }: Told): void {
  metrics.observeEach({
    ...{ kind: 'counter', name: 'visavis_media_worker_cpu_seconds_total', label: 'worker' },
    help: 'CPU time of each media worker since it started, by process id, looked at every 5 s',
    read: workers,
  })
  metrics.observeEach({
    ...{ kind: 'counter', name: 'visavis_redis_cpu_seconds_total', label: 'mode' },
    help: 'CPU time of Redis since it started, looked at every 5 s; the same on all nodes that share it',
    read: () => {
      const { userSeconds, systemSeconds } = redis() ?? {}
      if (userSeconds === undefined || systemSeconds === undefined) return []
      return [
        ['user', userSeconds],
        ['system', systemSeconds],
      ]
    },
  })
  metrics.observe(
    'visavis_redis_memory_bytes',
    'Memory that Redis uses, looked at every 5 s; not a number while it is away',
    () => redis()?.memoryBytes ?? Number.NaN,
  )
  metrics.observe(
    'visavis_redis_memory_limit_bytes',
    'Memory that Redis may use: its maxmemory, or else that of its machine; not a number while it is away',
    () => redis()?.memoryLimitBytes ?? Number.NaN,
  )
}

function regionsOf(
  present: Iterable<{ readonly room: string; readonly region: string | undefined }>,
  rate: ReadonlyMap<string, number>,
): NodeLoad['regions'] {
  const found = new Map<string, { readonly rooms: Set<string>; participants: number }>()
  const of = (region: string) => {
    const known = found.get(region) ?? { rooms: new Set<string>(), participants: 0 }
    found.set(region, known)
    return known
  }
  for (const { room, region } of present) {
    if (region === undefined) continue
    const known = of(region)
    known.rooms.add(room)
    known.participants += 1
  }
  for (const name of rate.keys()) if (name.startsWith('messages/')) of(name.slice('messages/'.length))
  return [...found].map(([region, { rooms, participants }]) => ({
    ...{ region, rooms: rooms.size, participants },
    messagesPerSecond: rate.get(`messages/${region}`) ?? 0,
  }))
}

/** Counted here and not by `process_open_fds`, which holds up the event loop while it reads. */
async function shareOfFiles(metrics: Metrics): Promise<number | undefined> {
  const [most, open] = await Promise.all([
    metrics.sum('process_max_fds'),
    readdir('/proc/self/fd').catch(() => undefined),
  ])
  return most === undefined || most === 0 || open === undefined ? undefined : open.length / most
}
