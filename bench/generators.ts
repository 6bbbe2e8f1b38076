/** Load generators: processes of their own that warm up, begin together, and are measured until their load has drained. */
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism, constants, setPriority } from 'node:os'
import { childrenOf, compiled, endWith, neutral, programPath } from './processes.ts'
import { cpuUs, difference, type Parts, type PerPart, residentBytes } from './usage.ts'

/** What a generator tells: ready after its warm-up, drained when all of its load has been answered. */
export type FromGenerator<R> =
  | { is: 'ready' }
  | { is: 'under way'; now: unknown }
  | { is: 'drained' }
  | { is: 'result'; result: R }
  | { is: 'failed'; why: string }

/** The first message is the job, the second says that all are ready. */
export type ToGenerator<J> = { is: 'job'; job: J } | { is: 'go' }

export interface Run<R> {
  /** One per generator. */
  readonly results: readonly R[]
  /** CPU µs of each part, and of the generators with their media workers as `generator`, from the common start until everything had drained. */
  readonly cpuUs: PerPart
  /** Of the same parts at the end of the load, bytes. */
  readonly residentBytes: PerPart
  /** From the common start until everything had drained. */
  readonly seconds: number
}

export interface RunGenerators {
  /** Processes whose cost is measured. */
  readonly watched: Parts
  readonly timeoutMs: number
  /**
   * Whatever else runs on this machine goes first: the load is there for something else that is measured beside it, and has
   * a processor of its own where it is not this machine that makes it.
   */
  readonly yielding?: boolean
  /** How a generator says that it goes; by its number. */
  readonly onTold?: (now: unknown, generator: number) => void
  /** At the common start. */
  readonly onGo?: (generators: readonly number[]) => void
  /** When everything has drained, before any generator ends. */
  readonly onDrained?: () => Promise<void>
}

/** Half the cores make load, the others serve. */
export const defaultGenerators = (): number => Math.max(1, Math.floor(availableParallelism() / 2))

/** Parts of nearly equal size; fewer than asked for when there is not enough to share. */
export function shares<T>(items: readonly T[], count: number): T[][] {
  const parts = Array.from({ length: Math.min(count, items.length) }, () => [] as T[])
  for (const [n, item] of items.entries()) parts[n % parts.length]?.push(item)
  return parts
}

/** @throws when a generator fails, or all together take longer than `timeoutMs`. */
export async function runGenerators<J extends object, R>(
  file: string,
  jobs: readonly J[],
  { watched, timeoutMs, yielding = false, onTold, onGo, onDrained }: RunGenerators,
): Promise<Run<R>> {
  const generators = jobs.map((job, n) => startGenerator<J, R>(file, job, (now) => onTold?.(now, n)))
  const late = Promise.withResolvers<never>()
  late.promise.catch(() => {})
  const timer = setTimeout(() => late.reject(new Error(`${file} took longer than ${timeoutMs} ms`)), timeoutMs)
  const all = <T>(of: (generator: Generator<R>) => Promise<T>) =>
    Promise.race([late.promise, Promise.all(generators.map(of))])
  try {
    await all(({ ready }) => ready)
    const pids = generators.flatMap(({ child }) => (child.pid ? [child.pid] : []))
    // Packets of synthetic media are made by a worker of the generator's own.
    const generator = [...pids, ...pids.flatMap((pid) => childrenOf(pid, 'mediasoup'))]
    if (yielding) for (const pid of generator) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
    const parts = { ...watched, generator }
    const before = await cpuUs(parts)
    const startedAt = performance.now()
    onGo?.(pids)
    for (const { child } of generators) child.send({ is: 'go' } satisfies ToGenerator<J>)
    await all(({ drained }) => drained)
    const seconds = (performance.now() - startedAt) / 1_000
    const [after, resident] = await Promise.all([cpuUs(parts), residentBytes(parts)])
    await onDrained?.()
    const results = await all(({ result }) => result)
    return { results, cpuUs: difference(before, after), residentBytes: resident, seconds }
  } finally {
    clearTimeout(timer)
    await Promise.all(generators.map(({ stop }) => stop()))
  }
}

interface Generator<R> {
  readonly child: ChildProcess
  readonly ready: Promise<void>
  readonly drained: Promise<void>
  readonly result: Promise<R>
  readonly stop: () => Promise<void>
}

function startGenerator<J extends object, R>(file: string, job: J, onTold: (now: unknown) => void): Generator<R> {
  const child = fork(programPath(file), {
    execPath: process.execPath,
    env: { NODE_COMPILE_CACHE: compiled, ...neutral(process.env) },
  })
  const [ready, drained, result] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<R>(),
  ]
  const fail = (why: string) => {
    for (const part of [ready, drained, result]) {
      part.promise.catch(() => {})
      part.reject(new Error(`${file}: ${why}`))
    }
  }
  child.on('message', (told) => {
    const message = told as FromGenerator<R>
    if (message.is === 'under way') onTold(message.now)
    if (message.is === 'ready') ready.resolve()
    if (message.is === 'drained') drained.resolve()
    if (message.is === 'result') result.resolve(message.result)
    if (message.is === 'failed') fail(message.why)
  })
  child.once('error', (error) => fail(error.message))
  child.once('exit', () => fail('ended without a result'))
  child.send({ is: 'job', job } satisfies ToGenerator<J>)
  return {
    child,
    ready: ready.promise,
    drained: drained.promise,
    result: result.promise,
    stop: endWith(child, 'SIGKILL'),
  }
}
