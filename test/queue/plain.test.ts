/** Records of which most is text to the scripts (lua/plain.lua), beside those that a former version has written. */
import t from 'tap'
import { decodeRecord } from '../../src/queue/callback.ts'
import { testRedis } from '../support/redis.ts'
import { offered, type TestQueue, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const reason = 'a "quoted" reason with , and } and \\ and "state":"done"'
const name = 'Name, "of" {anne}'
const anne = { advisor: 'anne', name }

const textOf = async ({ keys }: TestQueue, id: string) => (await redis.client.hget(keys.records, id)) ?? ''

/** As versions before plain records wrote every change: decoded and encoded as a whole, its fields in any order. */
async function rewriteAsBefore({ keys }: TestQueue, id: string): Promise<void> {
  const source = `#!lua
    local text = redis.call('HGET', KEYS[1], ARGV[1])
    local cut = string.find(text, '\\n', 1, true)
    local callback, inner = cjson.decode(string.sub(text, 1, cut - 1)), cjson.decode(string.sub(text, cut + 1))
    return redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(callback) .. '\\n' .. cjson.encode(inner))`
  await redis.client.eval(source, 1, keys.records, id)
}

/** Through all of it, with something done to the record after each transition. */
async function journey(test: TestQueue, between: (id: string) => Promise<void>) {
  const { region, queue, callbacks, request } = test
  const { callback } = await request('x', { key: 'the-key', reason })
  await between(callback.id)
  const { id, token } = await offered(callbacks, region, anne)
  await between(id)
  await callbacks.accept(region, 'anne', id, token)
  await between(id)
  await queue.offers.complete(region, 'anne', { callback: id, token, disposition: 'answered', note: 'a "note"' })
  await between(id)
  return { id, token }
}

t.test('what most callbacks go through is written without decoding them', async (t) => {
  const test = testQueue(redis.client)
  const heads: (string | undefined)[] = []
  const { id } = await journey(test, async (id) => {
    heads.push(/^\{"state":"(\w+)","changedAt":\d+,/.exec(await textOf(test, id))?.[1])
  })
  t.same(heads, ['waiting', 'offered', 'active', 'done'])
  const { callback, inner } = decodeRecord(await textOf(test, id))
  t.match(callback, { id, reason, state: 'done', priority: 0, missedOffers: 0, declines: 0, disposition: 'answered' })
  t.match(callback.attempts, [{ by: 'anne', name, outcome: 'reached' }])
  t.match(inner, { token: 1, steps: 4, entered: 0, note: 'a "note"', declined: {} })
  t.equal((await test.callbacks.history(test.region, id)).length, 4)
})

t.test('a record that another version rewrites between any two transitions becomes the same', async (t) => {
  const found = []
  for (const isRewritten of [false, true]) {
    const test = testQueue(redis.client)
    const { id } = await journey(test, (id) => (isRewritten ? rewriteAsBefore(test, id) : Promise.resolve()))
    const { callback, inner } = decodeRecord(await textOf(test, id))
    const { id: _id, changedAt, readyAt, requestedAt, attempts = [], ...kept } = callback
    t.ok(changedAt > readyAt && readyAt >= requestedAt)
    const { at, answerBy, leaseUntil, acceptedAt, looked, ...planned } = inner as typeof inner & Record<string, unknown>
    t.ok(at.region >= at.cover && answerBy > 0 && leaseUntil > Number(acceptedAt) && looked !== true)
    const told = (await test.events()).map(({ callback: { state }, offer }) => [state, offer?.token])
    const called = attempts.map(({ at: _at, ...attempt }) => attempt)
    found.push({ kept, planned, told, called, steps: await test.steps(id) })
  }
  const [plain, rewritten] = found
  t.same(plain, rewritten)
})

t.test('every other transition takes a plain record, and what comes after it takes what that wrote', async (t) => {
  const test = testQueue(redis.client)
  const { region, queue, callbacks, request } = test
  await request('x', { reason })
  const first = await offered(callbacks, region, anne)
  await callbacks.decline(region, 'anne', first.id, first.token)
  const bruno = { advisor: 'anne2', name: 'Bruno' }
  await queue.supervision.reassign(region, {
    ...{ id: first.id, by: 'sue', to: bruno, reason: 'a change', take: false },
  })
  await queue.supervision.raise(region, { id: first.id, by: 'sue', priority: 2, reason: 'urgent' })
  const second = await offered(callbacks, region, bruno)
  t.equal(second.id, first.id)
  t.equal(second.callback.reason, reason)
  t.match(second.callback, { priority: 2, declines: 1, holder: { id: 'anne2', name: 'Bruno' } })
  await callbacks.accept(region, 'anne2', second.id, second.token)
  await callbacks.attempt(region, 'anne2', second.id, { token: second.token, outcome: 'reached' })
  const done = await callbacks.complete(region, 'anne2', second.id, {
    token: second.token,
    disposition: 'referred',
  })
  t.match(done, { state: 'done', reason, disposition: 'referred', priority: 2 })
  t.equal(done.attempts?.length, 1)
  t.equal((await test.steps(second.id)).length, 9)
})
