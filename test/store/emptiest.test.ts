import t from 'tap'
import { emptiest } from '../../src/store/emptiest.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { testRedis } from '../support/redis.ts'

t.test('few commands share one connection, many are spread over all that are ready', async (t) => {
  await using redis = await testRedis(t)
  const first = redis.client
  const further = [1, 2].map(() => connectRedis(redis.socket))
  const away = connectRedis('/nowhere/redis.sock')
  t.teardown(() => {
    for (const client of [...further, away]) client.disconnect()
  })
  await Promise.all([first, ...further].map((client) => client.ping()))
  const send = async (count: number) => {
    const used = new Map<unknown, number>()
    const sent = Array.from({ length: count }, () => {
      const client = emptiest(first, [away, ...further])
      used.set(client, (used.get(client) ?? 0) + 1)
      return client.get('nothing')
    })
    await Promise.all(sent)
    return [first, away, ...further].map((client) => used.get(client) ?? 0)
  }
  t.same(await send(20), [20, 0, 0, 0])
  t.same(await send(40), [32, 0, 8, 0])
  t.same(await send(300), [100, 0, 100, 100])
})
