/** What becomes of a call that nobody ends, and of what somebody holds who will not come back: with a clock that is moved. */
import t from 'tap'
import { regionDefaults } from '../../src/queue/settings.ts'
import { testRedis } from '../support/redis.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import { offered, type TestQueue, testQueue } from './test-queue.ts'

const clock = await shiftedClock(t)
const redis = await testRedis(t, { args: ['--appendonly', 'no'], env: clock.env })
const minute = 60_000
const { longestCallMs } = regionDefaults
const answered = { disposition: 'answered' } as const

/** The same queue on a node that has not read the clock yet. */
async function advance(test: TestQueue, ms: number, options: Parameters<typeof testQueue>[1] = {}): Promise<TestQueue> {
  await clock.advance(ms)
  const after = testQueue(redis.client, { ...options, region: test.region })
  while ((await after.callbacks.sweep(test.region)) > 0);
  return after
}

/** Anne is in a call. */
async function inCall(options: Parameters<typeof testQueue>[1] = {}) {
  const test = testQueue(redis.client, options)
  await test.queue.desks.arrived(test.region, { advisor: 'anne', name: 'Anne' })
  const { callback } = await test.request('x')
  const { id, token } = await offered(test.callbacks, test.region)
  await test.callbacks.accept(test.region, 'anne', id, token)
  return { test, region: test.region, callback, id, token }
}
const here = { isHere: async () => true }

t.test('a call that nobody ends goes back to its place after the longest time, and not before', async (t) => {
  const { test, region, callback, id, token } = await inCall(here)
  const [offer] = (await test.callbacks.ofAdvisor(region, 'anne')).offers
  t.ok(Math.abs((offer?.leaseUntil ?? 0) - clock.now() - longestCallMs) < 10_000, 'their page is told until when')
  const before = await advance(test, longestCallMs - minute, here)
  t.match(await before.queue.callbacks.get(region, id), { state: 'active', holder: { id: 'anne' } })
  const after = await advance(before, 2 * minute, here)
  const back = await after.queue.callbacks.get(region, id)
  t.match(back, { state: 'waiting', readyAt: callback.readyAt, missedOffers: 0 })
  t.notOk(back.holder)
  t.match((await after.steps(id)).at(-1), { state: 'waiting', by: 'anne', why: 'never ended' })
  t.match(await after.queue.desks.get(region, 'anne'), { state: 'away', missed: true })
  await t.rejects(after.callbacks.complete(region, 'anne', id, { token, ...answered }), { code: 'GONE' })
  const next = await offered(after.callbacks, region, 'bruno').catch(() => undefined)
  t.equal(next?.id, id, 'somebody else may call')
})

t.test('if the jobseeker was reached it is done, they may ask again, and what comes later is refused', async (t) => {
  const { test, region, id, token } = await inCall(here)
  await test.callbacks.attempt(region, 'anne', id, { token, outcome: 'reached' })
  const after = await advance(test, longestCallMs + minute, here)
  t.match(await after.queue.callbacks.get(region, id), {
    state: 'done',
    attempts: [{ by: 'anne', outcome: 'reached' }],
  })
  t.match((await after.steps(id)).at(-1), { state: 'done', by: 'anne', why: 'never ended' })
  await t.rejects(after.callbacks.complete(region, 'anne', id, { token, ...answered }), { code: 'GONE' })
  t.equal((await after.request('x')).created, true)
  await after.queue.desks.set(region, 'anne', 'ready')
  t.ok(await after.callbacks.offer(region, 'anne'), 'they hold nothing any more')
})

t.test(
  'who is gone keeps a call, but not an offer; who will not come back keeps neither, without being away',
  async (t) => {
    for (const forGood of [false, true]) {
      const options = { mayReturn: async () => !forGood }
      const { test, region, id, token } = await inCall(options)
      await test.queue.desks.leaving(region, 'anne')
      const after = await advance(test, minute, options)
      const { state, missedOffers } = await after.queue.callbacks.get(region, id)
      t.same([state, missedOffers], [forGood ? 'waiting' : 'active', 0])
      t.match(await after.queue.desks.get(region, 'anne'), { state: 'offline' })
      const late = after.callbacks.complete(region, 'anne', id, { token, ...answered })
      if (forGood) await t.rejects(late, { code: 'GONE' })
      else t.equal((await late).state, 'done')
    }
  },
)

t.test('nothing is made of somebody who never came', async (t) => {
  const { region, queue } = testQueue(redis.client)
  await queue.desks.leaving(region, 'nobody')
  t.same((await queue.supervision.board(region)).advisors, [])
})
