/** Two nodes as processes on one Redis: each may be stopped or killed, and comes back at its address. */
import type { Test } from 'tap'
import { dataFolder } from '../../faults/data-folder.ts'
import { type NodeProcess, startProcess } from '../../support/process.ts'
import { type TestRedis, testRedis } from '../../support/redis.ts'

export const secret = 'the secret of this test, for all its nodes'
const agency = 'agency'.repeat(8)

export interface Nodes {
  readonly redis: TestRedis
  /** Where a load balancer would send people: of the other node, while that one is away. */
  url(place: number): string
  /** Ends a node and starts it again, in the background. At most one at a time: nothing happens while one is away. */
  restart(place: number, signal: 'SIGTERM' | 'SIGKILL'): void
  /** kill -9 of Redis, and another one on its data, in the background. */
  restartRedis(): void
  /** All that is away is back. */
  whole(): Promise<void>
  /** As the agency's systems ask: again, of whichever node is there, until it is answered. @throws for a refusal. */
  ask(method: 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<void>
  readonly figures: { restarted: number; redis: number }
}

export async function startNodes(t: Test): Promise<Nodes> {
  const redis = await testRedis(t)
  const start = async (folder: string, port: string) => {
    const node = await startProcess({
      REDIS_URL: redis.url,
      VISAVIS_PORT: port,
      VISAVIS_DATA_DIR: folder,
      VISAVIS_JWT_SECRET: secret,
      VISAVIS_AGENCY_TOKEN: agency,
      // Silence is found out soon.
      VISAVIS_HEARTBEAT_MS: '400',
      VISAVIS_SHUTDOWN_GRACE_MS: '500',
      VISAVIS_SESSIONS_PER_PERSON: '100',
      VISAVIS_REQUESTS_PER_SECOND: '1000',
    })
    t.teardown(() => node.kill('SIGKILL'))
    return node
  }
  const folders = [await dataFolder(t), await dataFolder(t)]
  // One after the other: each enrols the sample people that are not there.
  const nodes: NodeProcess[] = []
  for (const folder of folders) nodes.push(await start(folder, '0'))
  const urls = nodes.map(({ url }) => url)
  let dead: number | undefined
  const url = (place: number) => urls[(place % 2 === dead ? place + 1 : place) % 2] ?? ''
  const figures = { restarted: 0, redis: 0 }
  let away: Promise<void> | undefined
  let redisAway: Promise<void> | undefined

  return {
    redis,
    url,
    figures,
    restart(place, signal) {
      if (away !== undefined) return
      figures.restarted += 1
      const again = async () => {
        dead = place
        await nodes[place]?.kill(signal)
        nodes[place] = await start(folders[place] ?? '', new URL(urls[place] ?? '').port)
        away = dead = undefined
      }
      away = again()
      away.catch(() => {})
    },
    restartRedis() {
      if (redisAway !== undefined) return
      figures.redis += 1
      const again = async () => {
        await redis.restart()
        redisAway = undefined
      }
      redisAway = again()
      redisAway.catch(() => {})
    },
    async whole() {
      await Promise.all([away, redisAway])
    },
    async ask(method, path, body) {
      const deadline = performance.now() + 20_000
      for (let attempt = 0; ; attempt += 1) {
        const answer = await fetch(`${url(attempt)}/api/regions/bretagne/${path}`, {
          method,
          headers: {
            authorization: `Bearer ${agency}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(5_000),
        }).catch(() => undefined)
        if (answer?.ok) return
        const refused = answer !== undefined && answer.status < 500 && answer.status !== 429
        if (refused || performance.now() > deadline)
          throw new Error(`${method} ${path}: ${answer?.status} ${await answer?.text()}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}
