/** The end of one callback and the offer of the next, in one step. */
import t from 'tap'
import { testRedis } from '../support/redis.ts'
import { inTurn, offered, type TestQueue, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const anne = { advisor: 'anne', name: 'Anne', team: 'north' }
const mine = { advisor: 'anne', team: 'north' }

/** Anne is in a call, and another of her jobseekers waits. */
async function inCall(test: TestQueue) {
  const { region, callbacks } = test
  const [first, second] = await inTurn(redis.client, test, ['x', 'y'], mine)
  const { id, token } = await offered(callbacks, region, anne)
  t.equal(id, first?.id)
  await callbacks.accept(region, 'anne', id, token)
  return { ending: { callback: id, token, disposition: 'answered' } as const, second: second?.id }
}

t.test('whoever ends a callback is offered the next one at once; a repeat offers nothing', async (t) => {
  const test = testQueue(redis.client)
  const { region, queue, callbacks } = test
  const { ending, second } = await inCall(test)
  const { callback, next } = await queue.offers.completeAndOffer(region, anne, ending)
  t.match(callback, { id: ending.callback, state: 'done' })
  t.match(next, { callback: { id: second, state: 'offered', holder: { id: 'anne' } }, offer: { token: 1 } })
  const repeated = await queue.offers.completeAndOffer(region, anne, ending)
  t.same(repeated, { callback })
  t.same(
    (await test.steps(second ?? '')).map(({ state }) => state),
    ['waiting', 'offered'],
  )
  const told = await test.events()
  t.same(
    told.map(({ callback: { id, state }, offer }) => [id, state, offer?.token]).slice(-2),
    [
      [ending.callback, 'done', undefined],
      [second, 'offered', 1],
    ],
    'told in this order',
  )
  await callbacks.accept(region, 'anne', second ?? '', next?.offer.token ?? 0)
  t.match(await callbacks.ofAdvisor(region, 'anne'), { callbacks: [{ id: second, state: 'active' }] })
  const last = { callback: second ?? '', token: 1, disposition: 'answered' } as const
  t.notOk('next' in (await queue.offers.completeAndOffer(region, anne, last)), 'nobody waits')
})

t.test('nothing comes with the end when nothing would be offered', async (t) => {
  for (const [why, prepare] of Object.entries({
    'a wrap-up follows': ({ region, queue }: TestQueue) =>
      queue.policies.setTeam(region, 'north', { wrapUpMs: 60_000 }),
    'the team picks': ({ region, queue }: TestQueue) => queue.policies.setTeam(region, 'north', { mode: 'pick' }),
    'the region is paused': ({ region, queue }: TestQueue) =>
      queue.supervision.pause(region, { by: 'sue', message: 'a storm' }),
    'they are away': ({ region, queue }: TestQueue) => queue.desks.set(region, 'anne', 'away'),
  })) {
    const test = testQueue(redis.client)
    const { ending, second } = await inCall(test)
    await prepare(test)
    const ended = await test.queue.offers.completeAndOffer(test.region, anne, ending)
    t.match(ended, { callback: { state: 'done' } }, why)
    t.notOk('next' in ended, why)
    t.equal((await test.callbacks.ofJobseeker(test.region, 'y'))[0]?.id, second)
    t.equal((await test.callbacks.ofJobseeker(test.region, 'y'))[0]?.state, 'waiting', why)
  }
})

t.test('a stale token ends nothing and is offered nothing', async (t) => {
  const test = testQueue(redis.client)
  const { region, queue } = test
  const { ending, second } = await inCall(test)
  await t.rejects(queue.offers.completeAndOffer(region, anne, { ...ending, token: 7 }), { code: 'GONE' })
  await t.rejects(queue.offers.completeAndOffer(region, { ...anne, advisor: 'bruno' }, ending), { code: 'GONE' })
  t.same(
    (await test.steps(second ?? '')).map(({ state }) => state),
    ['waiting'],
  )
})
