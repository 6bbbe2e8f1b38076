import t from 'tap'
import { testRedis } from '../support/redis.ts'
import { later, offered, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const newQueue = () => testQueue(redis.client)

const gone = { code: 'GONE' }
const answered = { disposition: 'answered' } as const

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
  t.same(taken.map(({ callback }) => callback.holder?.id).toSorted(), advisors)
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
  const { region, queue, callbacks, lapsing, request } = newQueue()
  await request('x')
  const { id, token } = await offered(lapsing, region)
  await t.rejects(callbacks.accept(region, 'anne', id, token), gone)
  t.equal(await callbacks.sweep(region), 1)
  await t.rejects(callbacks.accept(region, 'anne', id, token), gone)
  t.match(await queue.desks.get(region, 'anne'), { state: 'away', missed: true })
  t.equal(await callbacks.offer(region, 'anne'), undefined, 'whoever missed an offer is away')
  await queue.desks.set(region, 'anne', 'ready')
  const next = await offered(callbacks, region)
  t.equal(next.token, token + 1)
  await t.rejects(callbacks.accept(region, 'anne', id, token), gone)
  t.equal((await callbacks.accept(region, 'anne', id, next.token)).state, 'active')
  await t.rejects(callbacks.complete(region, 'anne', id, { token, ...answered }), gone)
})

t.test('a missed offer keeps its place in the queue and is counted, with a record of it', async (t) => {
  const { region, queue, callbacks, lapsing, request, steps } = newQueue()
  const { callback: first } = await request('x')
  await later(redis.client, first.requestedAt)
  await request('y')
  for (const token of [1, 2]) {
    t.match(await offered(lapsing, region), { id: first.id, token })
    t.equal(await callbacks.sweep(region), 1)
    await queue.desks.set(region, 'anne', 'ready')
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

t.test('one sweep takes all expired offers, however many: none waits for the next', async (t) => {
  const { region, callbacks, lapsing, request } = newQueue()
  const advisors = Array.from({ length: 130 }, (_, n) => `a${n}`)
  await Promise.all(advisors.map((advisor) => request(`x-${advisor}`, { advisor })))
  await Promise.all(advisors.map((advisor) => lapsing.offer(region, advisor)))
  t.same([await callbacks.sweep(region), await callbacks.sweep(region)], [130, 0])
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
