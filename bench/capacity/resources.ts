/** What a load costs, looked at all the while: processes in /proc, what nodes say of themselves, and what holds Redis up. */
import { readFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { type MachineUse, sharesBetween, useOfMachine } from '../neighbours.ts'
import { cpuUs, difference, type Parts, type PerPart, residentBytes } from '../usage.ts'
import type { Uses } from './limits.ts'
import { coresTold, figuresBetween, type NodeFigures, scrape } from './node-figures.ts'
import { type Stalls, watchStalls } from './redis-stalls.ts'

export interface Sample {
  /** Since the start of the load. */
  readonly atMs: number
  /** Cores in use, by part. */
  readonly cores: PerPart
  readonly memoryBytes: PerPart
  /** Share of all cores of this machine in use, by whomever; by programs that are no part of this; and by threads of the kernel. */
  readonly machine: number
  readonly others: number
  readonly kernel: number
  readonly networkMbits: number
  /** Undefined: of a Redis that is elsewhere. */
  readonly stalls: Stalls | undefined
}

export interface Watched {
  /** Until everything has arrived. */
  readonly samples: readonly Sample[]
  /** Over all of the load, as all that follows: cores by part. */
  readonly cores: PerPart
  readonly machine: number
  readonly others: number
  readonly kernel: number
  readonly networkMbits: number
  readonly memoryBytes: PerPart
  /** As each node says it. */
  readonly nodes: readonly NodeFigures[]
}

const everyMs = 500

export interface Watch {
  readonly parts: Parts
  readonly nodes: readonly string[]
  /** Undefined: it is elsewhere. */
  readonly redisSocket: string | undefined
  /** Of the load. */
  readonly seconds: number
  readonly onSample?: (sample: Sample) => void
}

/** @returns ends the watch. The first look at a node also forgets what its event loop did before. */
export async function watch({
  parts,
  nodes,
  redisSocket,
  seconds,
  onSample = () => {},
}: Watch): Promise<() => Promise<Watched>> {
  await using stack = new AsyncDisposableStack()
  const redis = redisSocket === undefined ? undefined : stack.use(await watchStalls(redisSocket))
  const first = await look(parts)
  const figures = await Promise.all(nodes.map(scrape))
  const samples: Sample[] = []
  const over = new AbortController()
  const watching = async () => {
    for (let before = first; !over.signal.aborted; ) {
      await delay(everyMs, undefined, { signal: over.signal }).catch(() => {})
      const [now, stalls] = await Promise.all([look(parts), redis?.look().catch(() => undefined)])
      if (now.at - before.at < everyMs / 2) return
      const sample = { ...between(before, now, first.at), stalls }
      samples.push(sample)
      onSample(sample)
      before = now
    }
  }
  const watched = watching()
  // While the rest arrives much stands idle: with that, what was full all the while would look half empty.
  const loaded = delay(seconds * 1_000, undefined, { signal: over.signal })
    .catch(() => {})
    .then(() => Promise.all([look(parts), Promise.all(nodes.map(scrape))]))
  loaded.catch(() => {})
  const resources = stack.move()
  return async () => {
    over.abort()
    try {
      await watched
    } finally {
      await resources.disposeAsync()
    }
    const [last, told] = await loaded
    const { cores, machine, others, kernel, networkMbits, memoryBytes } = between(first, last, first.at)
    const those = told.map((now, n) => figuresBetween(figures[n], now, (last.at - first.at) / 1_000))
    return {
      ...{ samples, machine, others, kernel, networkMbits, memoryBytes, nodes: those },
      // Processes that run elsewhere are known by what nodes tell of them.
      cores: isLocal(parts) ? cores : { ...cores, ...coresTold(those) },
    }
  }
}

/** Of the load's own making. */
const generatorParts = ['generator', 'generator media', 'browser', 'this command']

/** *Pure.* Share of all cores of a machine that the load generator itself used. */
export const generatorShare = (cores: PerPart, ofCores = availableParallelism()): number =>
  generatorParts.reduce((sum, part) => sum + (cores[part] ?? 0), 0) / ofCores

const isLocal = (parts: Parts): boolean => parts.server !== undefined

/** How much of each resource was in use. `linkMbits` is what the network of a node carries. */
export function usesOf(
  { cores, memoryBytes, networkMbits, nodes }: Watched,
  linkMbits: number,
  generatorCore: number,
): Uses {
  const local = cores.server !== undefined
  const workers = Object.entries(cores).flatMap(([part, share]) => (part.startsWith('worker') ? [share] : []))
  const memory = Object.values(memoryBytes).reduce((sum, bytes) => sum + bytes, 0)
  return {
    ...(workers.length > 0 ? { 'worker CPU': Math.max(...workers) } : {}),
    'event loop': Math.max(0, ...nodes.map(({ cores }) => cores)),
    ...(cores.redis === undefined ? {} : { Redis: cores.redis }),
    ...(local ? { network: networkMbits / linkMbits, memory: memory / totalmem() } : {}),
    sockets: Math.max(0, ...nodes.map(({ files }) => files)),
    'load generator': generatorCore,
  }
}

interface Look {
  readonly at: number
  readonly cpuUs: PerPart
  readonly memoryBytes: PerPart
  readonly use: MachineUse
  readonly networkBytes: number
}

async function look(parts: Parts): Promise<Look> {
  const [cpu, memoryBytes, net] = await Promise.all([
    cpuUs(parts),
    residentBytes(parts),
    readFile('/proc/net/dev', 'utf8'),
  ])
  const networkBytes = [...net.matchAll(/^ *\S+: *(\d+)/gm)].reduce((sum, [, bytes]) => sum + Number(bytes), 0)
  return { at: performance.now(), cpuUs: cpu, memoryBytes, use: useOfMachine(), networkBytes }
}

function between(before: Look, now: Look, startedAt: number): Omit<Sample, 'stalls'> {
  const us = (now.at - before.at) * 1_000
  const cores = Object.fromEntries(
    Object.entries(difference(before.cpuUs, now.cpuUs)).map(([part, used]) => [part, used / us]),
  )
  const { busyUs, othersUs, kernelUs } = sharesBetween(before.use, now.use)
  const share = (of: number) => of / us / availableParallelism()
  return {
    atMs: Math.round(now.at - startedAt),
    ...{ cores, memoryBytes: now.memoryBytes, machine: share(busyUs) },
    ...{ others: share(othersUs), kernel: share(kernelUs) },
    networkMbits: ((now.networkBytes - before.networkBytes) * 8) / us,
  }
}
