import { Ajv } from 'ajv'
import t from 'tap'
import { Callback, Offer } from '../../src/protocol/callback.ts'
import { queueLogKeys } from '../../src/queue/callbacks.ts'
import { testRedis } from '../support/redis.ts'
import { later, offered, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const newQueue = () => testQueue(redis.client)

const gone = { code: 'GONE' }
const notFound = { code: 'NOT_FOUND' }
const answered = { disposition: 'answered' } as const
const ajv = new Ajv()
const isCallback = ajv.compile(Callback)
const isOffer = ajv.compile(Offer)

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

t.test('from request to disposition: each step is answered, told, and on record with its actor', async (t) => {
  const { region, callbacks, request, events, steps } = newQueue()
  const { callback } = await request('x')
  const { id, token, offer, callback: whenOffered } = await offered(callbacks, region)
  const active = await callbacks.accept(region, 'anne', id, token)
  t.same((await callbacks.ofAdvisor(region, 'anne')).offers, [offer], 'a page loaded again finds its token')
  const done = await callbacks.complete(region, 'anne', id, { token, ...answered, note: 'for colleagues only' })

  t.same(
    [callback, whenOffered, active, done].map(({ state }) => state),
    ['waiting', 'offered', 'active', 'done'],
  )
  t.equal(done.disposition, 'answered')
  t.same(await events(), [
    { type: 'callbackChanged', callback },
    { type: 'callbackChanged', callback: whenOffered, offer },
    { type: 'callbackChanged', callback: active },
    { type: 'callbackChanged', callback: done },
  ])
  t.same(await steps(id), [
    { state: 'waiting', by: 'x', why: 'requested' },
    { state: 'offered', by: 'anne', token },
    { state: 'active', by: 'anne', token },
    { state: 'done', by: 'anne', token, why: 'answered' },
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

t.test('the earliest request is offered first, and only one at a time', async (t) => {
  const { region, callbacks, request } = newQueue()
  const asked = []
  for (const name of ['x', 'y', 'z']) {
    const { callback } = await request(name)
    asked.push(callback)
    await later(redis.client, callback.requestedAt)
  }
  for (const { id } of asked) {
    const taken = await offered(callbacks, region)
    t.equal(taken.id, id)
    t.equal(await callbacks.offer(region, 'anne'), undefined, 'not while one is offered')
    await callbacks.accept(region, 'anne', id, taken.token)
    t.equal(await callbacks.offer(region, 'anne'), undefined, 'not while one is active')
    await callbacks.complete(region, 'anne', id, { token: taken.token, ...answered })
  }
  t.equal(await callbacks.offer(region, 'anne'), undefined)
})

t.test('50 takers at once never share a callback, and nobody holds two', async (t) => {
  const { region, callbacks, request, events } = newQueue()
  const advisors = ['a', 'b', 'c', 'd', 'e']
  await Promise.all(Array.from({ length: 50 }, (_, n) => request(`x${n}`, { advisor: advisors[n % 5] ?? '' })))
  const takers = Array.from({ length: 50 }, (_, n) => callbacks.offer(region, advisors[n % 5] ?? ''))
  const taken = (await Promise.all(takers)).filter((offer) => offer !== undefined)
  t.equal(taken.length, 5)
  t.equal(new Set(taken.map(({ callback }) => callback.id)).size, 5)
  t.same(taken.map(({ callback }) => callback.advisor).toSorted(), advisors)
  t.equal((await events()).filter(({ offer }) => offer !== undefined).length, 5)
})

t.test('50 accepts of one offer at once are one, and so are 50 completions', async (t) => {
  const { region, callbacks, request, events } = newQueue()
  await request('x')
  const { id, token } = await offered(callbacks, region)
  const times = Array.from({ length: 50 })
  const accepted = await Promise.all(times.map(() => callbacks.accept(region, 'anne', id, token)))
  t.equal(new Set(accepted.map((callback) => JSON.stringify(callback))).size, 1)
  const dispositions = ['answered', 'follow-up'] as const
  const completed = await Promise.all(
    times.map((_, n) =>
      callbacks.complete(region, 'anne', id, { token, disposition: dispositions[n % 2] ?? 'answered' }),
    ),
  )
  t.equal(new Set(completed.map((callback) => JSON.stringify(callback))).size, 1)
  t.equal((await events()).length, 4)
})

t.test('a lease that is over can be accepted by nobody, swept or not', async (t) => {
  const { region, callbacks, lapsing, request } = newQueue()
  await request('x')
  const { id, token } = await offered(lapsing, region)
  await t.rejects(callbacks.accept(region, 'anne', id, token), gone)
  t.equal(await callbacks.sweep(region), 1)
  await t.rejects(callbacks.accept(region, 'anne', id, token), gone)
  const next = await offered(callbacks, region)
  t.equal(next.token, token + 1)
  await t.rejects(callbacks.accept(region, 'anne', id, token), gone)
  t.equal((await callbacks.accept(region, 'anne', id, next.token)).state, 'active')
  await t.rejects(callbacks.complete(region, 'anne', id, { token, ...answered }), gone)
})

t.test('a missed offer keeps its place in the queue and is counted, with a record of it', async (t) => {
  const { region, callbacks, lapsing, request, steps } = newQueue()
  const { callback: first } = await request('x')
  await later(redis.client, first.requestedAt)
  await request('y')
  for (const token of [1, 2]) {
    t.match(await offered(lapsing, region), { id: first.id, token })
    t.equal(await callbacks.sweep(region), 1)
  }
  t.match(await offered(callbacks, region), { id: first.id, token: 3, callback: { missedOffers: 2 } })
  t.same((await steps(first.id)).slice(1, 4), [
    { state: 'offered', by: 'anne', token: 1 },
    { state: 'waiting', by: 'anne', token: 1, why: 'expired' },
    { state: 'offered', by: 'anne', token: 2 },
  ])
})

t.test(
  'a sweep leaves alone what is in time, active or ended, and two sweeps at once return an offer once',
  async (t) => {
    const { region, callbacks, lapsing, request } = newQueue()
    for (const advisor of ['a', 'b', 'c', 'd']) await request(`x-${advisor}`, { advisor })
    await offered(callbacks, region, 'a')
    const b = await offered(callbacks, region, 'b')
    await callbacks.accept(region, 'b', b.id, b.token)
    const c = await offered(lapsing, region, 'c')
    await callbacks.cancel(region, 'x-c', c.id)
    await offered(lapsing, region, 'd')
    const swept = await Promise.all(Array.from({ length: 10 }, () => callbacks.sweep(region)))
    t.equal(
      swept.reduce((sum, n) => sum + n),
      1,
    )
    const stateOf = async (advisor: string) => (await callbacks.ofJobseeker(region, `x-${advisor}`))[0]
    t.match(await stateOf('a'), { state: 'offered', missedOffers: 0 })
    t.match(await stateOf('b'), { state: 'active', missedOffers: 0 })
    t.match(await stateOf('c'), { state: 'cancelled', missedOffers: 0 })
    t.match(await stateOf('d'), { state: 'waiting', missedOffers: 1 })
  },
)

t.test('a sweep takes any number of expired offers, in portions', async (t) => {
  const { region, callbacks, lapsing, request } = newQueue()
  const advisors = Array.from({ length: 130 }, (_, n) => `a${n}`)
  await Promise.all(advisors.map((advisor) => request(`x-${advisor}`, { advisor })))
  await Promise.all(advisors.map((advisor) => lapsing.offer(region, advisor)))
  t.same([await callbacks.sweep(region), await callbacks.sweep(region), await callbacks.sweep(region)], [100, 30, 0])
})

t.test('an advisor who is gone gives an open offer back at once, not counted as missed', async (t) => {
  const { region, callbacks, request, steps } = newQueue()
  await request('x')
  const { id, token } = await offered(callbacks, region)
  t.equal(await callbacks.release(region, 'anne'), 1)
  t.equal(await callbacks.release(region, 'anne'), 0)
  await t.rejects(callbacks.accept(region, 'anne', id, token), gone)
  t.match(await offered(callbacks, region), { id, token: 2, callback: { missedOffers: 0 } })
  t.match((await steps(id))[2], { state: 'waiting', by: 'anne', why: 'released' })
})

t.test('an active callback stays with an advisor whose connection is gone: they may be on the phone', async (t) => {
  const { region, callbacks, request } = newQueue()
  await request('x')
  const { id, token } = await offered(callbacks, region)
  await callbacks.accept(region, 'anne', id, token)
  t.equal(await callbacks.release(region, 'anne'), 0)
  t.equal(await callbacks.sweep(region), 0)
  t.equal((await callbacks.complete(region, 'anne', id, { token, ...answered })).state, 'done')
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

t.test('what belongs to others is not found, whatever the token', async (t) => {
  const { region, callbacks, request } = newQueue()
  await request('x')
  const { id, token } = await offered(callbacks, region)
  const before = await callbacks.ofJobseeker(region, 'x')
  await t.rejects(callbacks.accept(region, 'bruno', id, token), notFound)
  await t.rejects(callbacks.complete(region, 'bruno', id, { token, ...answered }), notFound)
  await t.rejects(callbacks.cancel(region, 'y', id), notFound)
  await t.rejects(callbacks.cancel('elsewhere', 'x', id), notFound)
  await t.rejects(callbacks.accept(region, 'anne', 'no-such-id', 1), notFound)
  await t.rejects(callbacks.complete(region, 'anne', 'no-such-id', { token, ...answered }), notFound)
  await t.rejects(callbacks.history(region, 'no-such-id'), notFound)
  t.same(await callbacks.ofJobseeker(region, 'x'), before)
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

t.test('the log of a region is the one that nodes follow', (t) => {
  const { region, keys } = newQueue()
  t.same(queueLogKeys([region]), [keys.log])
  t.end()
})
