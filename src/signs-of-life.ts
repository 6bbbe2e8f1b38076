/** Whether what a node depends on answers at this moment: asked by probes (GET /healthz). */
import type { Signs } from './http/health.ts'
import type { Rooms } from './media/rooms.ts'
import type { Store } from './store/store.ts'

/** Whoever is silent for so long is taken for dead. */
const patienceMs = 2_000

export async function signsOfLife(
  { client }: Pick<Store, 'client'>,
  rooms: Pick<Rooms, 'stats' | 'usage'>,
): Promise<Signs> {
  const workers = rooms.stats().workers.length
  const [redis, worker] = await Promise.all([
    within(client.ping().then(() => true)),
    within(rooms.usage().then((answers) => workers > 0 && answers.length >= workers)),
  ])
  return { redis, worker }
}

async function within(work: Promise<boolean>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), patienceMs)
  try {
    return await Promise.race([work, late.promise])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
