import t from 'tap'
import { testRedis } from '../support/redis.ts'
import { offered, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const newQueue = () => testQueue(redis.client)

const answered = { disposition: 'answered' } as const

t.test('a request waits in its advisor’s queue and is read as it was made', async (t) => {
  const { region, callbacks, request } = newQueue()
  const { callback, created } = await request('x')
  t.equal(created, true)
  t.match(callback, {
    jobseeker: 'x',
    jobseekerName: 'Name of x',
    advisor: 'anne',
    medium: 'phone',
    phone: '+33 2 99 00 00 00',
    reason: '"why" of x: é/\\',
    state: 'waiting',
    missedOffers: 0,
    changedAt: callback.requestedAt,
  })
  t.ok(Math.abs(callback.requestedAt - Date.now()) < 5_000)
  t.same(await callbacks.ofJobseeker(region, 'x'), [callback])
  t.same(await callbacks.ofAdvisor(region, 'anne'), { callbacks: [callback], offers: [] })
  t.same(await callbacks.ofAdvisor(region, 'bruno'), { callbacks: [], offers: [] })
})

t.test('one open request per jobseeker: another one returns it, until it is over', async (t) => {
  const { region, callbacks, request } = newQueue()
  const { callback } = await request('x')
  t.same(await request('x'), { callback, created: false })
  const { id, token, callback: taken } = await offered(callbacks, region)
  t.same(await request('x'), { callback: taken, created: false })
  await callbacks.accept(region, 'anne', id, token)
  t.equal((await request('x')).created, false)
  await callbacks.complete(region, 'anne', id, { token, ...answered })
  const next = await request('x')
  t.equal(next.created, true)
  t.not(next.callback.id, id)
})

t.test('50 requests of one jobseeker at once are one, whether or not they share a key', async (t) => {
  for (const key of ['the-same-key', undefined]) {
    const { region, callbacks, request } = newQueue()
    const all = await Promise.all(Array.from({ length: 50 }, () => request('x', key === undefined ? {} : { key })))
    t.equal(new Set(all.map(({ callback }) => callback.id)).size, 1)
    t.equal(all.filter(({ created }) => created).length, key === undefined ? 1 : 50, 'a repeat gets the first answer')
    t.equal((await callbacks.ofJobseeker(region, 'x')).length, 1)
  }
})

t.test('a repeated request gives the first one, even after its end, and makes no second', async (t) => {
  const { region, callbacks, request } = newQueue()
  const { callback } = await request('x', { key: 'first-key' })
  t.equal((await request('x', { key: 'second-key' })).created, false)
  const cancelled = await callbacks.cancel(region, 'x', callback.id)
  t.same(await request('x', { key: 'first-key' }), { callback: cancelled, created: true })
  t.same(await request('x', { key: 'second-key' }), { callback: cancelled, created: false })
  t.same(await callbacks.ofJobseeker(region, 'x'), [cancelled])
  t.equal((await request('y', { key: 'first-key' })).callback.jobseeker, 'y', 'keys of two people are two keys')
})

t.test('a request can be withdrawn while it waits, is offered, or is active; then its holder is free', async (t) => {
  for (const reached of ['waiting', 'offered', 'active']) {
    const { region, callbacks, request, steps } = newQueue()
    const { callback } = await request('x')
    const { id } = callback
    const token = reached === 'waiting' ? 1 : (await offered(callbacks, region)).token
    if (reached === 'active') await callbacks.accept(region, 'anne', id, token)
    const cancelled = await callbacks.cancel(region, 'x', id)
    t.equal(cancelled.state, 'cancelled')
    t.same(await callbacks.cancel(region, 'x', id), cancelled, 'a repeat gives the same')
    t.match((await steps(id)).at(-1), { state: 'cancelled', by: 'x' })
    t.same(await callbacks.ofAdvisor(region, 'anne'), { callbacks: [], offers: [] })
    if (reached !== 'waiting') {
      await t.rejects(callbacks.accept(region, 'anne', id, token), {
        code: 'CONFLICT',
        details: { state: 'cancelled' },
      })
      await t.rejects(callbacks.complete(region, 'anne', id, { token, ...answered }), { code: 'CONFLICT' })
    }
    await request('y')
    t.equal((await offered(callbacks, region)).callback.jobseeker, 'y')
  }
})

t.test('withdrawing one leaves what the advisor holds to them', async (t) => {
  const { region, callbacks, request } = newQueue()
  await request('x')
  const { id, token } = await offered(callbacks, region)
  const { callback } = await request('y')
  await callbacks.cancel(region, 'y', callback.id)
  t.equal(await callbacks.offer(region, 'anne'), undefined)
  t.equal((await callbacks.accept(region, 'anne', id, token)).state, 'active')
})

t.test('names, reasons and notes without a UTF-8 are made well-formed', async (t) => {
  const { region, callbacks } = newQueue()
  const odd = { jobseekerName: 'N\ud800', reason: 'R\udc00', note: 'T\ud800' }
  const request = { jobseeker: 'x', advisor: 'anne', key: 'some-key', medium: 'room' } as const
  const { callback } = await callbacks.request(region, { ...request, ...odd })
  t.match(callback, { jobseekerName: 'N\ufffd', reason: 'R\ufffd' })
  const { id, token } = await offered(callbacks, region)
  await callbacks.accept(region, 'anne', id, token)
  await callbacks.complete(region, 'anne', id, { token, ...answered, note: odd.note })
  t.notOk('phone' in callback || 'note' in callback, 'only what a callback has is stored')
})
