import t from 'tap'
import { testRedis } from '../support/redis.ts'

t.test('data survives kill -9 of the server and the client finds it again by itself', async (t) => {
  await using redis = await testRedis(t)
  const before = redis.pid
  await redis.client.set('vv:test:{a}:x', '1')
  await redis.kill()
  const pending = redis.client.get('vv:test:{a}:x')
  await redis.restart()
  t.equal(await pending, '1')
  t.not(redis.pid, before)
})

t.test('the cluster-mode server refuses a script with keys of two slots, also after a restart', async (t) => {
  await using redis = await testRedis(t, { cluster: true })
  const source = '#!lua\nreturn redis.call("SET", KEYS[1], ARGV[1])'
  t.equal(await redis.client.eval(source, 1, 'vv:test:{a}:x', '1'), 'OK')
  await t.rejects(redis.client.eval(source, 2, 'vv:test:{a}:x', 'vv:test:{b}:x', '1'), { message: /CROSSSLOT|slot/ })
  await redis.restart()
  t.equal(await redis.client.get('vv:test:{a}:x'), '1')
})

t.test('the settings of the server can be changed by a test', async (t) => {
  await using redis = await testRedis(t, { args: ['--appendonly', 'no'] })
  t.match(await redis.client.config('GET', 'appendonly'), ['appendonly', 'no'])
})
