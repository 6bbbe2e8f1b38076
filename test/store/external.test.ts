import { pino } from 'pino'
import t from 'tap'
import { openStore } from '../../src/store/store.ts'
import { testRedis } from '../support/redis.ts'

const options = { dataDir: '/nonexistent', redisFsync: 'always', log: pino({ level: 'silent' }) } as const

t.test('the durability of an external Redis is read, not assumed', async (t) => {
  const cases = [
    [['--appendonly', 'yes', '--appendfsync', 'always'], 'every-write'],
    [['--appendonly', 'yes', '--appendfsync', 'everysec'], 'last-second'],
    [['--appendonly', 'no'], 'none'],
  ] as const
  for (const [args, promise] of cases) {
    await using redis = await testRedis(t, { args })
    await using store = await openStore({ ...options, redisUrl: redis.url })
    t.match(await store.durability(), { promise }, args.join(' '))
    t.equal(store.serverPid, undefined)
  }
})

t.test('an external Redis is not ended with the store', async (t) => {
  await using redis = await testRedis(t)
  const store = await openStore({ ...options, redisUrl: redis.url })
  await store.close()
  t.equal(await redis.client.ping(), 'PONG')
})

t.test('a service that refuses CONFIG is reported as unknown, and a wrong password is told at once', async (t) => {
  await using redis = await testRedis(t)
  await redis.client.call('ACL', 'SETUSER', 'app', 'on', '>right', '~*', '+@all', '-config')
  const as = (password: string) => `unix://app:${password}@${redis.socket}`
  await using store = await openStore({ ...options, redisUrl: as('right') })
  t.match(await store.durability(), { appendonly: true, appendfsync: 'unknown', promise: 'unknown' })
  t.notMatch(store.target, 'right', 'the password is in no log')
  const startedAt = performance.now()
  await t.rejects(openStore({ ...options, redisUrl: as('wrong') }), /refuses: WRONGPASS/)
  t.ok(performance.now() - startedAt < 2_000)
})

t.test('a node that is busy with its own start longer than it would wait still hears the answer', async (t) => {
  await using redis = await testRedis(t)
  const opening = openStore({ ...options, redisUrl: redis.url })
  // What loading a large program does on a slow machine: nothing else happens meanwhile.
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_500))
  await using store = await opening
  t.equal(store.available, true)
})
