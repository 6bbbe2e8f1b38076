/** What was acknowledged when the node, and then its Redis, were killed in the middle of a load. */
import type { SessionOrders } from '../../generator/sessions.ts'
import { Crew } from '../../orders.ts'
import { childrenOf, endWithin, temporaryFolder } from '../../processes.ts'
import type { Result, RunOptions } from '../../scenario.ts'
import { enrolMany, startVisavis, type VisavisServer, withoutLimits } from '../../visavis.ts'
import type { KillsSize } from './size.ts'

const connectsPerSecond = 500
const recoverMs = 30_000

export async function surviveKills(
  { perSecond, talkMs, ...people }: KillsSize,
  { sabotage, say }: RunOptions,
): Promise<Result> {
  await using folder = temporaryFolder()
  // Whatever happens between the kill and the next start.
  using _ = endWithin(folder.path)
  const start = (more: Readonly<Record<string, string>> = {}) =>
    startVisavis({ folder: folder.path, env: { ...withoutLimits, ...more } })
  await using visavis = await start()
  const { url } = visavis
  const portfolios = await enrolMany(url, folder.path, people)
  await using crew = new Crew<SessionOrders>('generator/sessions.ts', 1)
  const connect = { url, dialect: 'visavis', portfolios, perSecond: connectsPerSecond, firstAddress: 0 } as const
  await crew.order('connect', [connect])
  await crew.order('talk', [{ perSecond }])
  await pause(talkMs)

  await crew.order('expectLoss', [undefined])
  await visavis.kill()
  await using again = await start({ VISAVIS_PORT: new URL(url).port })
  await crew.order('recoveries', [{ timeoutMs: recoverMs }])
  await pause(talkMs)
  const redisWasKilled = killRedis(again)
  await pause(talkMs)

  const [silence] = await crew.order('silence', [{ sabotage }])
  if (silence === undefined) throw new Error('nothing was judged')
  const { messages, faults, notDurable } = silence
  say(`${messages} messages through a kill of the node and one of Redis: ${faults.length} faults`)
  return {
    metrics: {},
    ratios: {},
    checks: {
      every_message_once_in_order: faults.length === 0,
      acknowledged_survive_kill: notDurable.length === 0 && messages > 0 && redisWasKilled(),
    },
    notes: [`${messages} messages were sent around the two kills`, ...faults.slice(0, 10)],
  }
}

/** @returns tells whether there is another one now. */
function killRedis({ parts }: VisavisServer): () => boolean {
  const [node = 0] = parts.server ?? []
  const [redis] = parts.redis ?? []
  if (redis === undefined) throw new Error('there is no Redis to kill')
  process.kill(redis, 'SIGKILL')
  return () => childrenOf(node, 'redis').some((pid) => pid !== redis)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
