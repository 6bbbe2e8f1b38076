import { pino } from 'pino'
import t from 'tap'
import { followLogs } from '../../src/store/event-log.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })
const follow = (target: string, keys: readonly string[], onEvent: (event: unknown, key: string) => void) =>
  followLogs({ client: connectRedis(target, { blocking: true }), keys, onEvent, log })

t.test('events are seen from the start of following on, each once and in order', async (t) => {
  await using redis = await testRedis(t)
  const append = (key: string, event: unknown) => redis.client.xadd(key, '*', 'e', JSON.stringify(event))
  await append('a', 'before')
  const seen: unknown[] = []
  await using follower = follow(redis.socket, ['a', 'b'], (event, key) => seen.push([key, event]))
  await follower.ready
  for (let n = 0; n < 50; n += 1) await append(n % 2 === 0 ? 'a' : 'b', n)
  await until(() => seen.length >= 50, { what: 'all events' })
  const of = (key: string) =>
    seen.filter((entry) => (entry as [string, number])[0] === key).map((entry) => (entry as [string, number])[1])
  t.same(
    of('a'),
    Array.from({ length: 25 }, (_, n) => 2 * n),
  )
  t.same(
    of('b'),
    Array.from({ length: 25 }, (_, n) => 2 * n + 1),
  )
})

t.test('a follower goes on after kill -9 of Redis and misses nothing', async (t) => {
  await using redis = await testRedis(t)
  const seen: unknown[] = []
  await using follower = follow(redis.socket, ['a'], (event) => seen.push(event))
  await follower.ready
  for (let round = 0; round < 3; round += 1) {
    await redis.client.xadd('a', '*', 'e', JSON.stringify(2 * round))
    await redis.kill()
    await redis.restart()
    await until(() => redis.client.xadd('a', '*', 'e', JSON.stringify(2 * round + 1)).catch(() => undefined))
  }
  await until(() => seen.includes(5), { what: 'the last event' })
  t.same(seen, [0, 1, 2, 3, 4, 5])
})

t.test('an event that cannot be handled does not stop those after it', async (t) => {
  await using redis = await testRedis(t)
  const seen: unknown[] = []
  await using follower = follow(redis.socket, ['a'], (event) => {
    if (event === 'bad') throw new Error('cannot be handled')
    seen.push(event)
  })
  await follower.ready
  await redis.client.xadd('a', '*', 'e', '"bad"')
  await redis.client.xadd('a', '*', 'e', 'not JSON')
  await redis.client.xadd('a', '*', 'e', '"good"')
  await until(() => seen.length > 0, { what: 'the event after them' })
  t.same(seen, ['good'])
})

t.test('closing does not wait, whether Redis is there, away, or being found again', async (t) => {
  await using redis = await testRedis(t)
  const close = async (what: string) => {
    const followers = Array.from({ length: 5 }, () => follow(redis.socket, ['a'], () => {}))
    await Promise.all(followers.map(({ ready }) => ready))
    if (what !== 'there') await redis.kill()
    if (what === 'found again') await redis.restart()
    const startedAt = performance.now()
    await Promise.all(followers.map((follower) => follower[Symbol.asyncDispose]()))
    t.ok(performance.now() - startedAt < 900, `${what}: less than one blocking read`)
    if (what === 'away') await redis.restart()
  }
  for (const what of ['there', 'away', 'found again', 'found again', 'found again', 'found again']) await close(what)
})
