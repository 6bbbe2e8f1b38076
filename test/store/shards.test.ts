import { pino } from 'pino'
import t from 'tap'
import { type LogEntry, parseEntry, shardKeys } from '../../src/store/events.ts'
import { connectRedis, type RedisClient } from '../../src/store/redis.ts'
import { followShards } from '../../src/store/shards.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { emit } from './emit.ts'

const log = pino({ level: 'silent' })

interface Seen {
  readonly entries: (LogEntry & { tag: string })[]
  readonly lost: string[]
}

function follow(client: RedisClient, target: string, tags: readonly string[], lookEveryMs?: number) {
  const seen: Seen = { entries: [], lost: [] }
  const follower = followShards({
    client,
    subscriber: connectRedis(target, { blocking: true }),
    tags,
    onEntry: (entry, tag) => seen.entries.push({ ...entry, tag }),
    onLost: (tag) => seen.lost.push(tag),
    log,
    ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
  })
  return { ...seen, follower }
}
const textsOf = ({ entries }: Seen, tag: string) => entries.filter((entry) => entry.tag === tag).map(({ text }) => text)
const numbers = (count: number, first = 1) => Array.from({ length: count }, (_, n) => String(first + n))

for (const cluster of [false, true]) {
  t.test(
    `entries come from the start of following on, once and in order${cluster ? ', from a cluster' : ''}`,
    async (t) => {
      await using redis = await testRedis(t, { cluster })
      await emit(redis.client, 'a', 'before')
      const seen = follow(redis.client, redis.socket, ['a', 'b'])
      await using follower = seen.follower
      await follower.ready
      await Promise.all(numbers(300).map((n) => emit(redis.client, Number(n) % 2 === 0 ? 'a' : 'b', n)))
      await until(() => seen.entries.length >= 300, { what: 'all entries' })
      t.same(
        textsOf(seen, 'a'),
        numbers(300).filter((n) => Number(n) % 2 === 0),
      )
      t.same(
        textsOf(seen, 'b'),
        numbers(300).filter((n) => Number(n) % 2 === 1),
      )
      t.same(seen.lost, [])
      t.match(seen.entries[0], { topic: 'channel:x', offset: 7, name: 'chat.messagePublished' })
    },
  )
}

t.test('a lost nudge is found within a second, whether or not another one follows', async (t) => {
  await using redis = await testRedis(t)
  const seen = follow(redis.client, redis.socket, ['a'])
  await using follower = seen.follower
  await follower.ready
  const silently = (text: string) =>
    redis.client.xadd(shardKeys('a').log, '0-*', 'e', `channel:x 7 chat.messagePublished ${text}`)
  const found = async (count: number) => {
    const startedAt = performance.now()
    await until(() => seen.entries.length >= count, { what: `entry ${count}` })
    return performance.now() - startedAt
  }
  await emit(redis.client, 'a', '1')
  const waits: { followed: number[]; alone: number[] } = { followed: [], alone: [] }
  let written = 1
  for (let round = 0; round < 5; round += 1) {
    await silently(String(written + 1))
    await emit(redis.client, 'a', String(written + 2))
    waits.followed.push(await found(written + 2))
    await silently(String(written + 3))
    waits.alone.push(await found(written + 3))
    written += 3
  }
  for (const [what, all] of Object.entries(waits)) {
    // A busy machine adds to any of them, but not to most.
    const median = all.toSorted((x, y) => x - y)[2] ?? Number.NaN
    t.ok(median <= 1_000, `${what}: ${Math.round(median)} ms`)
  }
  t.same(textsOf(seen, 'a'), numbers(written))
  t.ok(follower.repaired >= 2, `${follower.repaired} found by reading`)
})

t.test('at rest a look is one command for each shard, however many streams there are in it', async (t) => {
  await using redis = await testRedis(t)
  const { feeds } = shardKeys('a')
  await redis.client.hset(feeds, Object.fromEntries(numbers(5_000).map((n) => [`person-${n}`, n])))
  await emit(redis.client, 'a', 'before')
  const lookEveryMs = 50
  const seen = follow(redis.client, redis.socket, ['a', 'b'], lookEveryMs)
  await using follower = seen.follower
  await follower.ready
  /** Calls of each command since the server started; of all but the question itself. */
  const calls = async (): Promise<Map<string, number>> => {
    const found = new Map<string, number>()
    for (const [, name = '', count] of (await redis.client.info('commandstats')).matchAll(/cmdstat_(\S+):calls=(\d+)/g))
      if (name !== 'info') found.set(name, Number(count))
    return found
  }
  const [startedAt, before] = [performance.now(), await calls()]
  const looks = (after: ReadonlyMap<string, number>) => (after.get('xrange') ?? 0) - (before.get('xrange') ?? 0)
  const after = await until(
    async () => {
      const now = await calls()
      return looks(now) >= 20 ? now : undefined
    },
    { what: 'ten looks at both' },
  )
  // And what was on its way when they were first counted.
  const most = 2 * Math.ceil((performance.now() - startedAt) / lookEveryMs + 3)
  t.ok(looks(after) <= most, `${looks(after)} of at most ${most}`)
  t.same(
    [...after].filter(([name, count]) => count !== before.get(name)).map(([name]) => name),
    ['xrange'],
    'and nothing else is asked',
  )
  t.same(seen.entries, [])
})

t.test('a follower goes on after kill -9 of Redis and misses nothing', async (t) => {
  await using redis = await testRedis(t)
  const seen = follow(redis.client, redis.socket, ['a'])
  await using follower = seen.follower
  await follower.ready
  for (let round = 0; round < 3; round += 1) {
    await emit(redis.client, 'a', String(3 * round + 1))
    await redis.restart()
    const other = connectRedis(redis.socket)
    await emit(other, 'a', String(3 * round + 2))
    await emit(other, 'a', String(3 * round + 3))
    other.disconnect()
    await until(() => seen.entries.length >= 3 * round + 3, { what: 'the entries written while it was away' })
  }
  t.same(textsOf(seen, 'a'), numbers(9))
  t.same(seen.lost, [])
})

t.test('while a log is looked at, what comes next is told at once, and nothing twice', async (t) => {
  await using redis = await testRedis(t)
  const looks: (() => void)[] = []
  // A Redis that waits for its disk answers a look late.
  const late = new Proxy(redis.client, {
    get(client, name) {
      if (name !== 'xrange') return Reflect.get(client, name, client)
      return async (...args: Parameters<RedisClient['xrange']>) => {
        const entries = await client.xrange(...args)
        await new Promise<void>((resolve) => looks.push(resolve))
        return entries
      }
    },
  })
  const seen = follow(late, redis.socket, ['a'], 20)
  await using follower = seen.follower
  await follower.ready
  await emit(redis.client, 'a', '1')
  for (let written = 1; written < 9; written += 2) {
    await until(() => looks.length > 0, { what: 'a look under way' })
    for (const n of numbers(2, written + 1)) await emit(redis.client, 'a', n)
    await until(() => seen.entries.length === written + 2, { what: 'what was written during the look' })
    looks.pop()?.()
  }
  t.same(textsOf(seen, 'a'), numbers(9))
  t.equal(follower.repaired, 0, 'all of it by nudges')
  t.same(seen.lost, [])
  await until(() => looks.length > 0, { what: 'the next look' })
  // One whose nudge is lost meanwhile, and the one after it.
  await redis.client.xadd(shardKeys('a').log, '0-*', 'e', 'channel:x 7 chat.messagePublished 10')
  await emit(redis.client, 'a', '11')
  looks.pop()?.()
  await until(() => looks.length > 0, { what: 'the look for the one that is missing' })
  looks.pop()?.()
  await until(() => seen.entries.length === 11, { what: 'both' })
  t.same(textsOf(seen, 'a'), numbers(11))
})

t.test('a log that was lost and made anew is told as lost, and then followed', async (t) => {
  await using redis = await testRedis(t)
  const seen = follow(redis.client, redis.socket, ['a', 'b'])
  await using follower = seen.follower
  await follower.ready
  for (const n of numbers(5)) await emit(redis.client, 'a', n)
  await until(() => seen.entries.length === 5, { what: 'the first entries' })
  await redis.client.flushall()
  await emit(redis.client, 'a', 'new 1')
  await until(() => seen.lost.length > 0, { what: 'the loss to be noticed', timeoutMs: 2_000 })
  t.same(seen.lost, ['a'])
  await emit(redis.client, 'a', 'new 2')
  await until(() => textsOf(seen, 'a').includes('new 2'), { what: 'the new log' })
})

t.test('a log that looks as long but is another one is told as lost', async (t) => {
  await using redis = await testRedis(t)
  const seen = follow(redis.client, redis.socket, ['a'])
  await using follower = seen.follower
  await follower.ready
  for (const n of numbers(3)) await emit(redis.client, 'a', n)
  await until(() => seen.entries.length === 3, { what: 'the first entries' })
  // What a failover to a replica that lagged behind leaves: the same numbers with other entries.
  await redis.client.multi().xtrim(shardKeys('a').log, 'MAXLEN', 0).del(shardKeys('a').log).exec()
  for (const n of numbers(4)) await redis.client.xadd(shardKeys('a').log, '0-*', 'e', `fact - other ${n}`)
  await until(() => seen.lost.length > 0, { what: 'the loss to be noticed', timeoutMs: 2_000 })
  t.same(seen.lost, ['a'])
})

t.test('a follower that is further behind than the log is long says so', async (t) => {
  await using redis = await testRedis(t)
  const seen = follow(redis.client, redis.socket, ['a'], 60_000)
  await using follower = seen.follower
  await follower.ready
  await emit(redis.client, 'a', '1')
  await until(() => seen.entries.length === 1, { what: 'the first entry' })
  for (const n of numbers(20, 2)) await redis.client.xadd(shardKeys('a').log, '0-*', 'e', `fact - other ${n}`)
  await redis.client.xtrim(shardKeys('a').log, 'MAXLEN', 5)
  await emit(redis.client, 'a', 'nudged')
  await until(() => seen.lost.length > 0, { what: 'the gap to be noticed' })
  t.same(seen.lost, ['a'])
})

t.test('a handler that throws stops nothing', async (t) => {
  await using redis = await testRedis(t)
  const seen: string[] = []
  await using follower = followShards({
    client: redis.client,
    subscriber: connectRedis(redis.socket, { blocking: true }),
    tags: ['a'],
    onEntry: ({ text }) => {
      if (text === '1') throw new Error('cannot')
      seen.push(text)
    },
    onLost: () => {},
    log,
  })
  await follower.ready
  for (const n of numbers(3)) await emit(redis.client, 'a', n)
  await until(() => seen.length >= 2, { what: 'the others' })
  t.same(seen, ['2', '3'])
})

t.test('a follower can be disposed while Redis is away', async (t) => {
  await using redis = await testRedis(t)
  const { follower } = follow(redis.client, redis.socket, ['a'])
  await follower.ready
  await redis.kill()
  await follower[Symbol.asyncDispose]()
  const { follower: never } = follow(redis.client, redis.socket, ['a'])
  await never[Symbol.asyncDispose]()
})

t.test('an entry is parsed as it was written', (t) => {
  t.same(parseEntry('channel:a 3 chat.messagePublished {"text":"a b  c"}'), {
    topic: 'channel:a',
    offset: 3,
    name: 'chat.messagePublished',
    text: '{"text":"a b  c"}',
  })
  t.match(parseEntry('fact - name '), { offset: undefined, text: '' })
  for (const bad of ['', 'a', 'a b', 'a b c']) t.throws(() => parseEntry(bad))
  t.end()
})
