/** What the queue keeps, for how long, and where. */
import t from 'tap'
import { queueKeys } from '../../src/queue/keys.ts'
import { createQueue } from '../../src/queue/queue.ts'
import * as scripts from '../../src/queue/scripts.ts'
import { fenceKey } from '../../src/store/fence.ts'
import { testRedis } from '../support/redis.ts'
import { acting, later, offered, testQueue } from './test-queue.ts'

t.test('of all keys only those of idempotency expire, after 48 hours, and those of a day, after 8 days', async (t) => {
  await using redis = await testRedis(t)
  const { region, callbacks, request, keys } = testQueue(redis.client)
  await request('x')
  const { id, token } = await offered(callbacks, region)
  await callbacks.accept(region, 'anne', id, token)
  await request('y', { advisor: 'bruno' })
  await offered(callbacks, region, 'bruno')
  await request('z')
  // Whatever made a request is known by the request; only this one made none.
  await request('z', { key: 'another-key-of-z' })
  const expiring: string[] = []
  const days = keys.day('')
  for (const key of await redis.client.keys('*')) {
    if (key.startsWith(days)) t.ok((await redis.client.ttl(key)) > 7 * 24 * 3_600)
    else if ((await redis.client.pttl(key)) !== -1) expiring.push(key)
  }
  t.same(expiring, [keys.requested('z', 'another-key-of-z')])
  const hours = (await redis.client.pttl(expiring[0] ?? '')) / 3_600_000
  t.ok(47.9 < hours && hours <= 48, `${hours} hours`)
})

t.test('an ended callback leaves nothing behind but its record, its history and its place in the list', async (t) => {
  await using redis = await testRedis(t)
  const { region, queue, callbacks, lapsing, request, keys } = testQueue(redis.client)
  const window = { from: Date.now() + 3_600_000, until: Date.now() + 7_200_000 }
  await request('x')
  const { id, token } = await offered(callbacks, region)
  await callbacks.decline(region, 'anne', id, token)
  const second = await callbacks.pick(region, 'anne', id)
  await callbacks.complete(region, 'anne', id, { token: second.offer.token, disposition: 'answered' })
  await request('y')
  await offered(lapsing, region)
  await callbacks.sweep(region)
  await callbacks.cancel(region, 'y', (await callbacks.ofJobseeker(region, 'y'))[0]?.id ?? '')
  const planned = await request('z', { window })
  await queue.callbacks.reschedule(region, 'z', { callback: planned.callback.id, key: 'another-key' })
  await callbacks.withdrawAll(region, 'z')
  const { client } = redis
  t.same(await client.zrange(keys.lines, '0', '-1'), [])
  t.same(await client.zrange(keys.due, '0', '-1'), [])
  t.same(await client.hkeys(keys.marks), [])
  const lists = await client.zrange(keys.lists, '0', '-1')
  t.same(
    lists.map((member) => member.slice(0, 3)),
    ['j|x', 'j|y', 'j|z'],
  )
  t.match(JSON.parse((await client.hget(keys.desks, 'anne')) ?? ''), { work: {} })
})

t.test(
  'the oldest ended requests of a jobseeker go when they are more than are kept and no repeat can come',
  async (t) => {
    await using redis = await testRedis(t)
    const { region, callbacks, keys } = testQueue(redis.client)
    const request = async (n: number, rememberMs: number) => {
      const id = `c${n}`
      const named = { id, jobseeker: 'x', advisor: 'anne', topic: 'general', language: 'fr', jobseekerName: 'X' }
      const callback = { ...named, medium: 'room', reason: 'r', priority: 0, missedOffers: 0, declines: 0 }
      const never = Number.MAX_SAFE_INTEGER
      const args = [
        ...([id, 'x', 'anne', 'general', 'fr', JSON.stringify(callback), '', '', 0] as const),
        ...(['', 0, never, never, never] as const),
      ]
      const [reply] = await scripts.acts(
        redis.client,
        [...keys.all, keys.day('2026-05-08'), fenceKey(region), keys.requested('x', `key-${n}`)],
        [...(['', '', rememberMs, 3] as const), args.length, 'request', ...args],
      )
      const made = scripts.requestedBy(reply)
      if (!('record' in made)) throw new Error(made.is)
      await later(redis.client, made.record.callback.changedAt)
    }
    const ids = async () => (await callbacks.ofJobseeker(region, 'x')).map(({ id }) => id)
    for (const n of [1, 2, 3, 4, 5]) {
      await request(n, 60_000)
      const { changedAt } = await callbacks.cancel(region, 'x', `c${n}`)
      await later(redis.client, changedAt + 1)
    }
    t.same(await ids(), ['c5', 'c4', 'c3', 'c2', 'c1'], 'a repeat of any of them may still come')
    /** Records that a request looks at. */
    const looks = async (n: number) => {
      await redis.client.config('RESETSTAT')
      await request(n, 60_000)
      const [, calls] = /cmdstat_hmget:calls=(\d+)/.exec(await redis.client.info('commandstats')) ?? []
      await callbacks.cancel(region, 'x', `c${n}`)
      return calls
    }
    const few = await looks(6)
    for (let n = 7; n < 20; n += 1) await looks(n)
    t.equal(await looks(20), few, 'however many came lately')
    await request(21, 1)
    t.same(await ids(), ['c21', 'c20', 'c19'])
    await t.rejects(callbacks.history(region, 'c18'), { code: 'NOT_FOUND' })
    t.equal((await callbacks.history(region, 'c19')).length, 2)
    t.equal(await redis.client.hlen(keys.records), 3 + 8)
  },
)

t.test('a queue survives a restart of Redis in the middle of everything', async (t) => {
  await using redis = await testRedis(t)
  const { region, callbacks, request } = testQueue(redis.client)
  await request('x')
  const x = await offered(callbacks, region)
  await callbacks.accept(region, 'anne', x.id, x.token)
  await request('y', { advisor: 'bruno' })
  const y = await offered(callbacks, region, 'bruno')
  await request('z', { key: 'the-key-of-z' })
  const state = async () => [
    await callbacks.ofAdvisor(region, 'anne'),
    await callbacks.ofAdvisor(region, 'bruno'),
    await callbacks.history(region, x.id),
  ]
  const before = await state()
  await redis.restart()
  t.same(await state(), before)
  t.equal((await callbacks.accept(region, 'bruno', y.id, y.token)).state, 'active', 'the lease is still theirs')
  t.equal((await request('z', { key: 'the-key-of-z' })).created, true)
  t.equal((await callbacks.ofJobseeker(region, 'z')).length, 1)
  await callbacks.complete(region, 'anne', x.id, { token: x.token, disposition: 'answered' })
  t.equal((await offered(callbacks, region)).callback.jobseeker, 'z')
})

t.test('keys of two regions, or of two people, are never the same', (t) => {
  const spell = (region: string, person: string) => {
    const { all, requested, day, ...rest } = queueKeys(region)
    return [...new Set([...all, ...Object.values(rest)]), requested(person, 'some-key'), day('2026-05-08')]
  }
  const all = [...spell('r1', 'p1'), ...spell('r2', 'p1')]
  t.equal(new Set(all).size, all.length)
  t.equal(new Set([...spell('r1', 'p1'), ...spell('r1', 'p2')]).size, all.length / 2 + 1, 'the rest is shared')
  t.end()
})

t.test(
  'with Redis away, every act fails with an error that may be repeated, and the repeat does it once',
  async (t) => {
    await using redis = await testRedis(t)
    const { region, request, callbacks: beforehand } = testQueue(redis.client)
    const impatient = redis.client.duplicate({ commandTimeout: 50 })
    impatient.on('error', () => {})
    using _impatient = { [Symbol.dispose]: () => impatient.disconnect() }
    const callbacks = acting(createQueue({ client: impatient, leaseMs: 60_000 }))
    const asking = {
      jobseeker: 'x',
      jobseekerName: 'X',
      advisor: 'anne',
      key: 'some-key',
      medium: 'room',
      reason: 'r',
    } as const
    await request('y')
    const { id, token } = await offered(beforehand, region)
    await redis.kill()
    const unavailable = { code: 'UNAVAILABLE', retryable: true }
    await t.rejects(callbacks.request(region, asking), unavailable)
    await t.rejects(callbacks.accept(region, 'anne', id, token), unavailable)
    await t.rejects(callbacks.ofJobseeker(region, 'x'), unavailable)
    await t.rejects(callbacks.sweep(region), unavailable)
    await redis.restart()
    const patient = acting(createQueue({ client: redis.client, leaseMs: 60_000 }))
    t.equal((await patient.accept(region, 'anne', id, token)).state, 'active')
    const { callback } = await patient.request(region, asking)
    t.same(await patient.ofJobseeker(region, 'x'), [callback])
  },
)
