/** A Redis whose work is measured, and the processes that give it some. */
import { Redis } from 'ioredis'
import { startRedis } from '../../redis.ts'
import { mainThreadUs } from '../../redis-info.ts'

export interface BenchRedis extends AsyncDisposable {
  readonly socket: string
  readonly pid: number
  /** CPU time of the main thread so far, µs. */
  cpuUs(): Promise<number>
  /** Does something without waiting for the disk, as when a queue is filled. */
  hurried(work: () => Promise<unknown>): Promise<void>
}

/** The product's settings but for one: a rewriting of the append-only file would fall on one measurement and not on others. */
export async function startBenchRedis(): Promise<BenchRedis> {
  await using stack = new AsyncDisposableStack()
  const { socket, pid } = stack.use(await startRedis('always'))
  const client = new Redis(socket)
  stack.defer(() => client.disconnect())
  await client.config('SET', 'auto-aof-rewrite-percentage', '0')
  const resources = stack.move()
  return {
    ...{ socket, pid },
    cpuUs: () => mainThreadUs(client),
    async hurried(work) {
      await client.config('SET', 'appendfsync', 'no')
      await work()
      await client.config('SET', 'appendfsync', 'always')
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** The same for every process of a crew. */
export const each = <T>({ size }: { readonly size: number }, params: T): T[] =>
  Array.from({ length: size }, () => params)

/** Beginning elsewhere each time, there and back, so that a machine that changes changes for all. */
export const inTurn = <T>(items: readonly T[], n: number): T[] => {
  const turned = [...items.slice(n % items.length), ...items.slice(0, n % items.length)]
  return n % 2 === 0 ? turned : turned.toReversed()
}
