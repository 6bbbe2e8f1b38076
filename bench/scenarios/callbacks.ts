/**
 * Question: how many callbacks a second go from request to completion, how soon do advisors hear of one, how far is that
 * from BullMQ, and does any of it depend on how many wait?
 */
import { diskSyncMs } from '../disk.ts'
import type { CallbackOrders } from '../generator/callbacks.ts'
import { Crew } from '../orders.ts'
import { perSize, sizes } from '../queue-sizes.ts'
import { combine, type Result, type RunOptions, type Scenario } from '../scenario.ts'
import { type BenchRedis, startBenchRedis } from './callbacks/bench-redis.ts'
import { besideBullmq } from './callbacks/beside.ts'
import { fillQueue } from './callbacks/loop.ts'
import { offerLatency } from './callbacks/offers.ts'
import { type Amounts, full, smoke } from './callbacks/size.ts'
import { growQueue, topics } from './callbacks/sizes.ts'
import { keepPromises } from './callbacks/unruly.ts'

export const callbacks: Scenario = {
  name: 'callbacks',
  peers: ['bullmq'],
  question:
    'How many callbacks a second go from request to completion, how soon do advisors hear of one, how far is that from BullMQ, and what as the queue grows?',
  async run(options) {
    const amounts = options.smoke ? smoke : full
    const disk = `a small write took ${(await diskSyncMs()).toFixed(2)} ms to be on this disk (median, before the load)`
    const { notes, ...result } = combine([
      ...(options.peers.includes('bullmq') ? [await besideBullmq(amounts, options)] : []),
      ...(await onQueues(amounts, options)),
      await keepPromises(amounts.unruly, options),
    ])
    return { ...result, notes: [disk, ...notes] }
  },
}

/** On queues of three sizes, first as a library, then through a node. */
async function onQueues(amounts: Amounts, options: RunOptions): Promise<Result[]> {
  await using stack = new AsyncDisposableStack()
  const started: BenchRedis[] = []
  for (const _ of sizes) started.push(stack.use(await startBenchRedis()))
  const redis = perSize((size) => started[sizes.indexOf(size)] as BenchRedis)
  const parts: Result[] = []
  {
    await using crew = new Crew<CallbackOrders>('generator/callbacks.ts', options.generators)
    for (const size of sizes) {
      const filling = { store: size, waiting: amounts.waiting[size], advisors: amounts.pools['1000'], topics }
      await fillQueue(crew, redis[size], filling, options.say)
    }
    parts.push(await growQueue(crew, redis, amounts, options))
  }
  parts.push(await offerLatency(redis, amounts, options))
  return parts
}
