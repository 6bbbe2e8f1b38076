/** Checks of devices and network, built of their parts: the test calls of this node, and the reports in Redis. */
import { Checks } from './checks/checks.ts'
import type { LastCheck } from './enrolment/scheme.ts'
import type { Rooms } from './media/rooms.ts'
import { TestCalls } from './media/test-calls.ts'
import type { Metrics } from './ops/metrics.ts'
import type { RedisClient } from './store/redis.ts'

export interface CheckPartsOptions {
  readonly client: RedisClient
  readonly rooms: Rooms
  readonly most: number
  readonly metrics: Metrics
}

export function createCheckParts({ client, rooms, most, metrics }: CheckPartsOptions) {
  const checks = new Checks({ client })
  const calls = new TestCalls({ place: () => rooms.placeTestCall(), most })
  metrics.observe('visavis_test_calls', 'Test calls under way on this node', () => calls.size)
  metrics.observe('visavis_test_calls_refused', 'Test calls that had to wait for others', () => calls.refused)
  /** For rules that ask whether somebody has passed one. */
  const lastCheck: LastCheck = async (region, person) => {
    const last = await checks.last({ region, person })
    return last && { at: last.at, passed: last.outcome !== 'failed' }
  }
  return { checks, calls, lastCheck }
}
