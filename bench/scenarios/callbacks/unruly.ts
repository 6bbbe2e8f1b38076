/** The promises of the queue under hands that do everything wrong: see generator/unruly.ts. */
import type { CallbackOrders } from '../../generator/callbacks.ts'
import { Crew } from '../../orders.ts'
import type { Result, RunOptions } from '../../scenario.ts'
import { startBenchRedis } from './bench-redis.ts'
import { checksOf, faultsOf } from './loop.ts'
import type { UnrulyAmounts } from './size.ts'

export async function keepPromises(amounts: UnrulyAmounts, { say }: Pick<RunOptions, 'say'>): Promise<Result> {
  await using redis = await startBenchRedis()
  await using crew = new Crew<CallbackOrders>('generator/callbacks.ts', 1)
  const [found] = await crew.order('unruly', [{ ...amounts, socket: redis.socket, region: 'unruly' }])
  if (found === undefined) throw new Error('nobody was unruly')
  const { requests, refused, declined, longestWaitMs } = found
  const told = `${requests} requests, ${declined} declined offers, ${refused} acts with a lease that was over`
  say(`${told}; the longest wait was ${Math.round(longestWaitMs)} ms`)
  const checks = checksOf([{ ...found, cycles: requests }])
  return {
    metrics: {},
    ratios: {},
    // Where nobody came too late, nothing was shown.
    checks: { ...checks, one_holder_at_a_time: checks.one_holder_at_a_time && refused > 0 },
    notes: [`under unruly hands: ${told}`, ...faultsOf([found])],
  }
}
