/** How a node looks at itself: media workers and Redis are real, and so is what they use. */
import { pino } from 'pino'
import t from 'tap'
import { startLoadSampler } from '../../src/ops/load-sampler.ts'
import { createMetrics } from '../../src/ops/metrics.ts'
import { readRedisUsage, usageIn } from '../../src/store/redis-usage.ts'
import { openStore } from '../../src/store/store.ts'
import { testRooms } from '../media/test-rooms.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })

t.test('a node tells what its workers, its Redis and its people amount to, on the page and in /metrics', async (t) => {
  await using redis = await testRedis(t)
  await using store = await openStore({ redisUrl: redis.url, dataDir: '', redisFsync: 'always', log })
  await using media = await testRooms(t, { workers: 2 })
  const metrics = createMetrics('one')
  const told = async (name: string) =>
    [...(await metrics.registry.metrics()).matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))].map(
      ([, labels = '', value]) => [labels.replace(/,?node="one"/, ''), Number(value)] as const,
    )
  const people = [
    { room: 'a', region: 'bretagne' },
    { room: 'a', region: 'bretagne' },
    { room: 'b', region: 'corse' },
    { room: 'synthetic-1', region: undefined },
  ]
  await using sampler = startLoadSampler({
    ...{ metrics, log, everyMs: 50 },
    workers: () => media.rooms.usage(),
    redis: () => readRedisUsage(store.client),
    present: () => people,
  })
  t.equal(sampler.node, undefined, 'nothing is known before the second look')
  metrics.messages.inc({ region: 'corse' }, 0)
  await until(() => sampler.node?.workers === 2, { what: 'both workers' })
  t.match(sampler.node, {
    regions: [
      { region: 'bretagne', rooms: 1, participants: 2, messagesPerSecond: 0 },
      { region: 'corse', rooms: 1, participants: 1 },
    ],
  })
  t.ok(
    (sampler.node?.eventLoopP99Ms ?? 0) > 0 && (sampler.node?.files ?? 0) > 0 && (sampler.node?.memoryBytes ?? 0) > 0,
  )
  const rising = setInterval(() => metrics.messages.inc({ region: 'corse' }), 5)
  await until(() => sampler.node?.regions.some(({ messagesPerSecond }) => messagesPerSecond > 0), { what: 'messages' })
  clearInterval(rising)

  const workers = await told('visavis_media_worker_cpu_seconds_total')
  const pids = media.rooms.stats().workers.map(({ pid }) => `worker="${pid}"`)
  t.strictSame(workers.map(([labels]) => labels).toSorted(), pids.toSorted())
  const ofRedis = async () =>
    (await told('visavis_redis_cpu_seconds_total')).find(([mode]) => mode === 'mode="user"')?.[1] ?? Number.NaN
  const before = await ofRedis()
  const busy = () => store.client.eval('local n = 0 for i = 1, 2e6 do n = n + i end return n', 0)
  await until(
    async () => {
      await busy()
      return (sampler.redis.cpu ?? 0) > 0.01 && (await ofRedis()) > before
    },
    { what: 'the work of Redis', timeoutMs: 60_000 },
  )
  const [[, memory] = []] = await told('visavis_redis_memory_bytes')
  t.ok(Number(memory) > 100_000)
  const { memoryBytes = 0, memoryLimitBytes = 0 } = sampler.redis
  t.ok(memoryLimitBytes > memoryBytes, 'without maxmemory the limit is that of the machine')

  await redis.kill()
  await until(() => sampler.redis.memoryBytes === undefined, { what: 'Redis missed', timeoutMs: 60_000 })
  t.strictSame(await told('visavis_redis_cpu_seconds_total'), [], 'of what is away nothing is told')
  const known = sampler.node
  await until(() => sampler.node !== known, { what: 'the node looking on without Redis', timeoutMs: 60_000 })
})

t.test('a worker that died is told of no more', async (t) => {
  await using media = await testRooms(t)
  const metrics = createMetrics('one')
  await using _ = startLoadSampler({
    ...{ metrics, log, everyMs: 50 },
    workers: () => media.rooms.usage(),
    redis: async () => undefined,
    present: () => [],
  })
  const pids = async () =>
    [...(await metrics.registry.metrics()).matchAll(/worker_cpu_seconds_total\{worker="(\d+)"/g)].map(([, pid]) =>
      Number(pid),
    )
  const [first = 0] = await until(async () => {
    const found = await pids()
    return found.length === 1 && found
  })
  process.kill(first, 'SIGKILL')
  await until(async () => (await pids()).every((pid) => pid !== first) && (await pids()).length === 1, {
    what: 'the one that came after it',
    timeoutMs: 60_000,
  })
})

t.test('what a Redis says of itself, or does not', async (t) => {
  const info = 'used_cpu_sys:1.5\r\nused_cpu_user:2\r\nused_memory:100\r\nmaxmemory:0\r\ntotal_system_memory:900\r\n'
  t.strictSame(usageIn(info), { userSeconds: 2, systemSeconds: 1.5, memoryBytes: 100, memoryLimitBytes: 900 })
  t.equal(usageIn(info.replace('maxmemory:0', 'maxmemory:500'))?.memoryLimitBytes, 500)
  t.equal(usageIn(info.replace('total_system_memory:900', ''))?.memoryLimitBytes, 0)
  t.equal(usageIn('# CPU\r\n'), undefined)
})
