/** Records of which most is text to the scripts (lua/plain.lua), beside those that a former version has written. */
import t from 'tap'
import { decodeRecord, type StoredRecord } from '../../src/queue/callback.ts'
import { bodyField } from '../../src/queue/keys.ts'
import { entriesOf, feedSince } from '../../src/store/events.ts'
import { testRedis } from '../support/redis.ts'
import { offered, type TestQueue, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const reason = 'a "quoted" reason with , and } and \\ and "state":"done"'
const name = 'Name, "of" {anne}'
const anne = { advisor: 'anne', name }

async function stored({ keys }: TestQueue, id: string): Promise<StoredRecord> {
  const [text, body] = await redis.client.hmget(keys.records, id, bodyField(id))
  return typeof body === 'string' ? [text ?? '', body] : [text ?? '']
}

/** As every other transition writes it, and versions before plain records did: as a whole, its fields in any order. */
async function rewriteAsWhole(test: TestQueue, id: string): Promise<void> {
  const [head, body] = await stored(test, id)
  if (body === undefined) return
  const { callback, inner } = decodeRecord([head, body])
  const words = head.split('|')
  // What only scripts read.
  const [acceptedAt, looked, leasedTo] = [Number(words[7]), words[8] === '1', words[9]]
  const text = `${JSON.stringify(callback)}\n${JSON.stringify({ ...inner, acceptedAt, looked, leasedTo })}`
  await redis.client.hset(test.keys.records, id, text)
  await redis.client.hdel(test.keys.records, bodyField(id))
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
    heads.push(/^(\w+)\|/.exec((await stored(test, id))[0])?.[1])
  })
  t.same(heads, ['waiting', 'offered', 'active', 'done'])
  const { callback, inner } = decodeRecord(await stored(test, id))
  t.match(callback, { id, reason, state: 'done', priority: 0, missedOffers: 0, declines: 0, disposition: 'answered' })
  t.match(callback.attempts, [{ by: 'anne', name, outcome: 'reached' }])
  t.match(inner, { token: 1, steps: 4, entered: 0, note: 'a "note"', declined: {} })
  t.equal((await test.callbacks.history(test.region, id)).length, 4)
})

t.test('a record that is written as a whole between any two transitions becomes the same', async (t) => {
  const found = []
  for (const isRewritten of [false, true]) {
    const test = testQueue(redis.client)
    const { id } = await journey(test, (id) => (isRewritten ? rewriteAsWhole(test, id) : Promise.resolve()))
    const { callback, inner } = decodeRecord(await stored(test, id))
    const { id: _id, changedAt, readyAt, requestedAt, attempts = [], ...kept } = callback
    t.ok(changedAt > readyAt && readyAt >= requestedAt)
    const { at, answerBy, leaseUntil, token, steps, entered, bonus, team, declined, note } = inner
    t.ok(at.region >= at.cover && answerBy > 0 && leaseUntil > changedAt)
    const planned = { token, steps, entered, bonus, team, declined, note }
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

t.test('feeds tell what the log told, whatever becomes of the record, until it is gone', async (t) => {
  const test = testQueue(redis.client)
  const { region, callbacks, request } = test
  const told = async (person: string) => {
    const entries: string[] = []
    for await (const { topic, text } of entriesOf(redis.client, region)) {
      if (topic === `person:${person}`) entries.push(text)
    }
    return entries
  }
  const since = (person: string) =>
    feedSince(redis.client, { tag: region, person, since: { epoch: '', offset: 0 }, most: 500 })
  const { id } = await journey(test, async () => {})
  const { callback } = await request('x', { reason, key: 'another-key' })
  const { token } = await offered(callbacks, region, anne)
  await callbacks.decline(region, 'anne', callback.id, token)
  for (const person of ['x', 'anne']) {
    const { frames } = await since(person)
    t.ok((frames?.length ?? 0) >= 7)
    t.same(frames, await told(person), person)
  }
  t.match(JSON.parse((await since('anne')).frames?.[1] ?? ''), {
    event: 'callback.offered',
    data: { callback: { id, reason }, offer: { callback: id, token: 1 } },
  })
  await test.queue.callbacks.forget(region, 'x')
  t.equal((await since('anne')).frames, undefined, 'never a part')
})
