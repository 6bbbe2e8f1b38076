/** One load of the chat generator on one server, and what it came to. */
import type { ChatJob, ChatOutcome } from './generator/chat.ts'
import { type Run, runGenerators, shares } from './generators.ts'
import { merge, percentileMs } from './latency.ts'
import type { Parts } from './usage.ts'

/** A server with people and channels on it. */
export interface Target extends Pick<ChatJob, 'url' | 'dialect' | 'portfolios' | 'readBack' | 'sabotage'> {
  readonly parts: Parts
}

export interface LoadOptions {
  /** Messages a second (open loop), or the closed loop. */
  readonly rate: number | 'closed'
  readonly advisorSessions?: number
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly generators: number
}

/** A run of all generators, added up. */
export interface Load extends Omit<Run<ChatOutcome>, 'results'> {
  readonly messages: number
  readonly events: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly outOfOrder: readonly string[]
  readonly notDurable: readonly string[]
}

export async function runLoad(target: Target, options: LoadOptions): Promise<Load> {
  const { parts, portfolios, ...rest } = target
  const { rate, advisorSessions = 1, seconds, warmUpSeconds } = options
  const split = shares(portfolios, options.generators)
  const load = rate === 'closed' ? rate : { perSecond: rate / split.length }
  const jobs = split.map((portfolios): ChatJob => {
    return { ...rest, portfolios, load, advisorSessions, seconds, warmUpSeconds }
  })
  const run = await runGenerators<ChatJob, ChatOutcome>('generator/chat.ts', jobs, {
    watched: parts,
    timeoutMs: 120_000,
  })
  const latency = merge(run.results.map(({ latency }) => latency))
  const messages = run.results.reduce((sum, { messages }) => sum + messages, 0)
  return {
    ...run,
    messages,
    events: run.results.reduce((sum, { events }) => sum + events, 0),
    perSecond: messages / run.seconds,
    p50Ms: percentileMs(latency, 50),
    p95Ms: percentileMs(latency, 95),
    p99Ms: percentileMs(latency, 99),
    outOfOrder: run.results.flatMap(({ outOfOrder }) => outOfOrder),
    notDurable: run.results.flatMap(({ notDurable }) => notDurable),
  }
}

/** Everything arrived once and in order, and there was something. */
export const inOrder = (loads: readonly Load[]): boolean =>
  loads.every(({ outOfOrder, messages }) => outOfOrder.length === 0 && messages > 0)

export const faultsOf = (loads: readonly Load[]): string[] =>
  loads.flatMap(({ outOfOrder, notDurable }) => [...outOfOrder, ...notDurable])

/** Of a core. */
export const share = ({ cpuUs, seconds }: Load, part: string): number => (cpuUs[part] ?? 0) / seconds / 1_000_000
export const perMessage = ({ cpuUs, messages }: Load, part: string): number => (cpuUs[part] ?? 0) / messages
/** Messages that a core which did nothing else would carry, server and Redis together. */
export const perCpuSecond = (load: Load): number => 1_000_000 / (perMessage(load, 'server') + perMessage(load, 'redis'))

export const describe = (load: Load): string =>
  `${Math.round(load.perSecond)}/s (cores: ${['server', 'redis', 'generator'].map((part) => `${part} ${share(load, part).toFixed(2)}`).join(', ')})`
