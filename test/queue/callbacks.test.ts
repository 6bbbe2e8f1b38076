import { Ajv } from 'ajv'
import t from 'tap'
import { Callback, Offer } from '../../src/protocol/callback.ts'
import { testRedis } from '../support/redis.ts'
import { offered, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const newQueue = () => testQueue(redis.client)

const notFound = { code: 'NOT_FOUND' }
const answered = { disposition: 'answered' } as const
const ajv = new Ajv()
const isCallback = ajv.compile(Callback)
const isOffer = ajv.compile(Offer)

t.test('from request to disposition: each step is answered, told, and on record with its actor', async (t) => {
  const { region, callbacks, request, events, steps } = newQueue()
  const { callback } = await request('x')
  const { id, token, offer, callback: whenOffered } = await offered(callbacks, region)
  const active = await callbacks.accept(region, 'anne', id, token)
  const [held] = (await callbacks.ofAdvisor(region, 'anne')).offers
  t.match(held, { callback: id, token }, 'a page loaded again finds its token')
  t.ok((held?.leaseUntil ?? 0) > offer.leaseUntil, 'and until when the call may last')
  const done = await callbacks.complete(region, 'anne', id, { token, ...answered, note: 'for colleagues only' })

  t.same(
    [callback, whenOffered, active, done].map(({ state }) => state),
    ['waiting', 'offered', 'active', 'done'],
  )
  t.match(done, { disposition: 'answered', attempts: [{ by: 'anne', outcome: 'reached' }] })
  t.same(await events(), [{ callback }, { callback: whenOffered, offer }, { callback: active }, { callback: done }])
  t.same(await steps(id), [
    { state: 'waiting', by: 'x', why: 'requested' },
    { state: 'offered', by: 'anne', token },
    { state: 'active', by: 'anne', token },
    { state: 'done', by: 'anne', token, why: 'answered', note: 'for colleagues only' },
  ])
  t.same(await callbacks.ofAdvisor(region, 'anne'), { callbacks: [], offers: [] })
  t.same(await callbacks.ofJobseeker(region, 'x'), [done])
})

t.test('what people are sent has the protocol’s fields only: no note, no token for the jobseeker', async (t) => {
  const { region, callbacks, request, events } = newQueue()
  await request('x')
  const { id, token } = await offered(callbacks, region)
  await callbacks.accept(region, 'anne', id, token)
  await callbacks.complete(region, 'anne', id, { token, ...answered, note: 'for colleagues only' })
  const told = await events()
  const listed = await callbacks.ofJobseeker(region, 'x')
  t.equal(told.length + listed.length, 5)
  for (const callback of [...told.map(({ callback }) => callback), ...listed]) {
    t.ok(isCallback(callback), JSON.stringify(isCallback.errors))
  }
  for (const { offer, callback } of told) {
    t.equal(offer === undefined, callback.state !== 'offered')
    t.ok(offer === undefined || isOffer(offer), JSON.stringify(isOffer.errors))
  }
})

t.test('each change is later than the one before, even within a millisecond', async (t) => {
  const { region, callbacks, request, events } = newQueue()
  const { callback } = await request('x')
  for (let n = 0; n < 10; n++) {
    await offered(callbacks, region)
    await callbacks.release(region, 'anne')
  }
  const times = (await events()).map(({ callback }) => callback.changedAt)
  t.ok(times.every((at, n) => n === 0 || at > (times[n - 1] ?? at)))
  t.same(
    (await callbacks.history(region, callback.id)).map(({ at }) => at),
    times,
  )
})

t.test('what is done stays done', async (t) => {
  const { region, callbacks, request } = newQueue()
  await request('x')
  const { id, token } = await offered(callbacks, region)
  await t.rejects(callbacks.complete(region, 'anne', id, { token, ...answered }), { code: 'CONFLICT' }, 'not accepted')
  await callbacks.accept(region, 'anne', id, token)
  const done = await callbacks.complete(region, 'anne', id, { token, ...answered })
  await t.rejects(callbacks.cancel(region, 'x', id), { code: 'CONFLICT', details: { state: 'done' } })
  await t.rejects(callbacks.accept(region, 'anne', id, token), { code: 'CONFLICT' })
  t.same(await callbacks.ofJobseeker(region, 'x'), [done])
})

t.test('what belongs to others cannot be changed, whatever the token', async (t) => {
  const { region, callbacks, request } = newQueue()
  await request('x')
  const { id, token } = await offered(callbacks, region)
  const before = await callbacks.ofJobseeker(region, 'x')
  await t.rejects(callbacks.accept(region, 'bruno', id, token), { code: 'GONE' })
  await t.rejects(callbacks.complete(region, 'bruno', id, { token, ...answered }), { code: 'GONE' })
  await t.rejects(callbacks.cancel(region, 'y', id), notFound)
  await t.rejects(callbacks.cancel('elsewhere', 'x', id), notFound)
  await t.rejects(callbacks.accept(region, 'anne', 'no-such-id', 1), notFound)
  await t.rejects(callbacks.complete(region, 'anne', 'no-such-id', { token, ...answered }), notFound)
  await t.rejects(callbacks.history(region, 'no-such-id'), notFound)
  t.same(await callbacks.ofJobseeker(region, 'x'), before)
})
