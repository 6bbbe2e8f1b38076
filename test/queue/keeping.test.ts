/** What the queue keeps, for how long, and where. */
import t from 'tap'
import { Callbacks } from '../../src/queue/callbacks.ts'
import { queueKeys } from '../../src/queue/keys.ts'
import * as scripts from '../../src/queue/scripts.ts'
import { fenceKey } from '../../src/store/fence.ts'
import { testRedis } from '../support/redis.ts'
import { later, offered, testQueue } from './test-queue.ts'

t.test('of all keys only those of idempotency expire, after 48 hours', async (t) => {
  await using redis = await testRedis(t)
  const { region, callbacks, request, keys } = testQueue(redis.client)
  await request('x')
  const { id, token } = await offered(callbacks, region)
  await callbacks.accept(region, 'anne', id, token)
  await request('y', { advisor: 'bruno' })
  await offered(callbacks, region, 'bruno')
  await request('z', { key: 'the-key-of-z' })
  const expiring: string[] = []
  for (const key of await redis.client.keys('*')) if ((await redis.client.pttl(key)) !== -1) expiring.push(key)
  t.equal(expiring.length, 3)
  t.ok(expiring.includes(keys.requested('z', 'the-key-of-z')))
  for (const key of expiring) {
    t.match(key, keys.requested('', '').slice(0, -1))
    const hours = (await redis.client.pttl(key)) / 3_600_000
    t.ok(47.9 < hours && hours <= 48, `${hours} hours`)
  }
})

t.test('an ended callback leaves nothing behind but its record, its history and its place in the list', async (t) => {
  await using redis = await testRedis(t)
  const { region, callbacks, request, keys } = testQueue(redis.client)
  await request('x', { key: 'the-key-of-x' })
  const { id, token } = await offered(callbacks, region)
  await callbacks.accept(region, 'anne', id, token)
  await callbacks.complete(region, 'anne', id, { token, disposition: 'no-answer' })
  await request('y', { key: 'the-key-of-y' })
  await callbacks.cancel(region, 'y', (await offered(callbacks, region)).id)
  const kept = [keys.callbacks, keys.history, keys.log, keys.feeds]
  const own = ['x', 'y'].flatMap((name) => [keys.own(name), keys.requested(name, `the-key-of-${name}`)])
  t.same((await redis.client.keys('*')).toSorted(), [...kept, ...own].toSorted())
})

t.test(
  'the oldest ended requests of a jobseeker go when they are more than are kept and no repeat can come',
  async (t) => {
    await using redis = await testRedis(t)
    const { region, callbacks, keys } = testQueue(redis.client)
    const request = async (n: number, rememberMs: number) => {
      const callback = { id: `c${n}`, jobseeker: 'x', jobseekerName: 'X', advisor: 'anne', medium: 'room', reason: 'r' }
      const { callbacks: all, history, open, waiting, queue, own, requested, feeds, log, nudge } = keys
      const made = await scripts.request(
        redis.client,
        [
          ...([all, history, open, waiting('anne'), queue('anne'), own('x')] as const),
          ...([requested('x', `key-${n}`), feeds, log, nudge, fenceKey(region)] as const),
        ],
        [JSON.stringify(callback), rememberMs, 3],
      )
      await later(redis.client, made?.record.callback.changedAt ?? 0)
    }
    const ids = async () => (await callbacks.ofJobseeker(region, 'x')).map(({ id }) => id)
    for (const n of [1, 2, 3, 4, 5]) {
      await request(n, 60_000)
      const { changedAt } = await callbacks.cancel(region, 'x', `c${n}`)
      await later(redis.client, changedAt + 1)
    }
    t.same(await ids(), ['c5', 'c4', 'c3', 'c2', 'c1'], 'a repeat of any of them may still come')
    await request(6, 1)
    t.same(await ids(), ['c6', 'c5', 'c4'])
    await t.rejects(callbacks.history(region, 'c3'), { code: 'NOT_FOUND' })
    t.equal((await callbacks.history(region, 'c4')).length, 2)
    t.equal(await redis.client.hlen(keys.callbacks), 3)
    t.equal(await redis.client.hlen(keys.history), 5)
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

t.test('every script declares its keys, and they share a slot: a cluster runs them', async (t) => {
  await using redis = await testRedis(t, { cluster: true })
  for (const _ of [1, 2]) {
    const { region, callbacks, lapsing, request } = testQueue(redis.client)
    const { callback } = await request('x')
    await offered(lapsing, region)
    t.equal(await callbacks.sweep(region), 1)
    await offered(callbacks, region)
    t.equal(await callbacks.release(region, 'anne'), 1)
    const { id, token } = await offered(callbacks, region)
    await callbacks.accept(region, 'anne', id, token)
    t.equal((await callbacks.ofAdvisor(region, 'anne')).offers.length, 1)
    await callbacks.complete(region, 'anne', id, { token, disposition: 'wrong-number' })
    t.equal((await callbacks.history(region, callback.id)).length, 8)
    const again = await request('x')
    t.equal((await callbacks.cancel(region, 'x', again.callback.id)).state, 'cancelled')
  }
})

t.test('keys of two regions, or of two people, are never the same', (t) => {
  const spell = (region: string, person: string) => {
    const { waiting, queue, own, requested, ...rest } = queueKeys(region)
    return [...Object.values(rest), waiting(person), queue(person), own(person), requested(person, 'some-key')]
  }
  const all = [...spell('r1', 'p1'), ...spell('r2', 'p1')]
  t.equal(new Set(all).size, all.length)
  t.equal(
    new Set([...spell('r1', 'p1'), ...spell('r1', 'p2')]).size,
    all.length - 8,
    'what is not of a person is shared',
  )
  t.end()
})

t.test(
  'with Redis away, every act fails with an error that may be repeated, and the repeat does it once',
  async (t) => {
    await using redis = await testRedis(t)
    const { region, request } = testQueue(redis.client)
    const impatient = redis.client.duplicate({ commandTimeout: 50 })
    impatient.on('error', () => {})
    using _impatient = { [Symbol.dispose]: () => impatient.disconnect() }
    const callbacks = new Callbacks({ client: impatient, leaseMs: 60_000 })
    const asking = {
      jobseeker: 'x',
      jobseekerName: 'X',
      advisor: 'anne',
      key: 'some-key',
      medium: 'room',
      reason: 'r',
    } as const
    await request('y')
    const { id, token } = await offered(callbacks, region)
    await redis.kill()
    const unavailable = { code: 'UNAVAILABLE', retryable: true }
    await t.rejects(callbacks.request(region, asking), unavailable)
    await t.rejects(callbacks.accept(region, 'anne', id, token), unavailable)
    await t.rejects(callbacks.ofJobseeker(region, 'x'), unavailable)
    await t.rejects(callbacks.sweep(region), unavailable)
    await redis.restart()
    const patient = new Callbacks({ client: redis.client, leaseMs: 60_000 })
    t.equal((await patient.accept(region, 'anne', id, token)).state, 'active')
    const { callback } = await patient.request(region, asking)
    t.same(await patient.ofJobseeker(region, 'x'), [callback])
  },
)
