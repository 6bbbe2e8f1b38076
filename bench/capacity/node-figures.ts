/** What nodes say of themselves, and what that comes to between two looks: all that is known of nodes elsewhere. */
import { askNode, readExposition, type Told } from '../exposition.ts'
import type { PerPart } from '../usage.ts'

export interface NodeFigures {
  readonly eventLoopP99Ms: number
  readonly cores: number
  /** Of each of its media workers, and of the Redis that it uses; none and undefined for a node that does not tell. */
  readonly workerCores: readonly number[]
  readonly redisCores: number | undefined
  readonly residentBytes: number
  /** Share of the files it may have open. */
  readonly files: number
}

/** *Pure.* Cores in use, by part. */
export function coresTold(nodes: readonly NodeFigures[]): PerPart {
  const redis = nodes.flatMap(({ redisCores }) => redisCores ?? [])
  return Object.fromEntries([
    ...nodes.flatMap(({ cores, workerCores }, n) => [
      [`node ${n + 1}`, cores] as const,
      ...workerCores.map((share, worker) => [`worker ${n + 1}.${worker + 1}`, share] as const),
    ]),
    // Nodes that share one tell of the same.
    ...(redis.length > 0 ? [['redis', Math.max(...redis)] as const] : []),
  ])
}

/** What a node says of itself. CPU times are s since a start. */
export interface NodeLook {
  readonly eventLoopP99Ms: number
  readonly cpuS: number
  readonly workerCpuS: ReadonlyMap<string, number>
  readonly redisCpuS: number | undefined
  readonly residentBytes: number
  readonly files: number
}

export const scrape = async (url: string): Promise<NodeLook> => lookOf(await askNode(url))

/** *Pure.* */
export const readTold = (text: string): NodeLook => lookOf(readExposition(text))

function lookOf({ values, value }: Told): NodeLook {
  const redis = values('visavis_redis_cpu_seconds_total')
  return {
    eventLoopP99Ms: value('nodejs_eventloop_lag_p99_seconds') * 1_000,
    cpuS: value('process_cpu_seconds_total'),
    workerCpuS: new Map(values('visavis_media_worker_cpu_seconds_total')),
    redisCpuS: redis.length === 0 ? undefined : redis.reduce((sum, [, seconds]) => sum + seconds, 0),
    residentBytes: value('process_resident_memory_bytes'),
    files: value('process_open_fds') / value('process_max_fds'),
  }
}

/** *Pure.* A worker that was not there before began at nothing. */
export function figuresBetween(before: NodeLook | undefined, now: NodeLook, seconds: number): NodeFigures {
  const { eventLoopP99Ms, residentBytes, files } = now
  const share = (after: number, then = 0) => Math.max(0, after - then) / seconds
  return {
    ...{ eventLoopP99Ms, residentBytes, files },
    cores: share(now.cpuS, before?.cpuS),
    workerCores: [...now.workerCpuS].map(([worker, after]) => share(after, before?.workerCpuS.get(worker))),
    redisCores: now.redisCpuS === undefined ? undefined : share(now.redisCpuS, before?.redisCpuS),
  }
}
