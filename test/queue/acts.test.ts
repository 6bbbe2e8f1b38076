/** What many ask for at the same time is one run of a script, and for each of them as if they were alone. */
import t from 'tap'
import { shardKeys } from '../../src/store/events.ts'
import { testRedis } from '../support/redis.ts'
import { offered, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const { client } = redis
const names = (what: string) => Array.from({ length: 12 }, (_, n) => `${what}-${n}`)
const team = 'north'
const taker = (advisor: string) => ({ advisor, name: `Name of ${advisor}`, team })

t.test('twelve at once: each is answered, on record and told as if alone, in one entry of the log', async (t) => {
  const test = testQueue(client)
  const { region, queue, callbacks, request, keys } = test
  const advisors = names('advisor')
  const entries = () => client.xlen(shardKeys(region).log)
  const made = await Promise.all(advisors.map((advisor, n) => request(`x-${n}`, { advisor, team })))
  t.equal(await entries(), 1)
  await Promise.all(advisors.map((advisor, n) => request(`y-${n}`, { advisor, team })))
  const taken = await Promise.all(advisors.map((advisor) => offered(callbacks, region, taker(advisor))))
  t.same(
    taken.map(({ id }) => id),
    made.map(({ callback }) => callback.id),
    'their own first',
  )
  await Promise.all(taken.map(({ id, token }, n) => callbacks.accept(region, advisors[n] ?? '', id, token)))
  const ended = await Promise.all(
    taken.map(({ id, token }, n) =>
      queue.offers.completeAndOffer(region, taker(advisors[n] ?? ''), {
        ...{ callback: id, token, disposition: 'answered' },
      }),
    ),
  )
  t.same(
    ended.map(({ callback, next }) => [callback.state, next?.callback.jobseeker]),
    advisors.map((_, n) => ['done', `y-${n}`]),
  )
  t.equal(await entries(), 5)
  for (const { id } of taken) {
    t.same(
      (await test.steps(id)).map(({ state }) => state),
      ['waiting', 'offered', 'active', 'done'],
    )
  }
  t.equal(Object.keys(await client.hgetall(keys.marks)).length, 12, 'those that are open')
  t.equal((await test.events()).length, 6 * 12)
  const [day = ''] = await client.keys(`${keys.day('')}*`)
  t.same(
    Object.entries(await client.hgetall(day)).toSorted(),
    advisors.map((advisor) => [`${team}|${advisor}|ok`, '1']).toSorted(),
  )
})

t.test('an offer finds what is asked for in the same turn, also by a request that comes after it', async (t) => {
  const test = testQueue(client)
  const { region, callbacks, request } = test
  for (const advisor of ['anne', 'bruno']) await callbacks.offer(region, taker(advisor))
  const lastOfTheTurn = async () => {
    for (let n = 0; n < 100; n += 1) await undefined
    return request('x', { advisor: 'anne', team })
  }
  const [taken, { callback }, other] = await Promise.all([
    callbacks.offer(region, taker('anne')),
    lastOfTheTurn(),
    callbacks.offer(region, taker('bruno')),
  ])
  t.match(taken, { callback: { id: callback.id, state: 'offered', holder: { id: 'anne' } } })
  t.equal(other, undefined, 'each has the answer to their own')
  t.equal(await client.xlen(shardKeys(region).log), 1, 'both wait for the disk once')
})

t.test('whatever comes first for several who ask at once goes to one of them', async (t) => {
  const test = testQueue(client)
  const { region, callbacks, request } = test
  const settings = { ownWaitMs: 0, coverWaitMs: 0, teamWaitMs: 0 }
  await test.set(settings)
  await Promise.all(names('x').map((jobseeker) => request(jobseeker, { advisor: 'nobody', team })))
  const advisors = names('advisor').concat('one-more')
  const taken = await Promise.all(advisors.map((advisor) => callbacks.offer(region, taker(advisor))))
  const ids = taken.flatMap((one) => (one === undefined ? [] : [one.callback.id]))
  t.equal(ids.length, 12)
  t.equal(new Set(ids).size, 12)
  t.equal(taken.at(-1), undefined, 'nothing is left for the last one')
})

t.test('a request and the offer of it may come at once; two of one person are one', async (t) => {
  const { region, callbacks, request } = testQueue(client)
  const [first, second, taken] = await Promise.all([
    request('x'),
    request('x'),
    // Asked for in the same turn, after both.
    callbacks.offer(region, 'anne'),
  ])
  t.same([first.created, second.created].toSorted(), [false, true])
  t.equal(first.callback.id, second.callback.id)
  const own = taken ?? (await callbacks.offer(region, 'anne'))
  t.equal(own?.callback.id, first.callback.id)
})

t.test('a record that cannot be read keeps nobody from what they do at the same time', async (t) => {
  const { region, callbacks, request, keys } = testQueue(client)
  await Promise.all(['anne', 'bruno'].map((advisor) => request(`of-${advisor}`, { advisor })))
  const [anne, bruno] = await Promise.all(['anne', 'bruno'].map((advisor) => offered(callbacks, region, advisor)))
  await client.hset(keys.records, anne?.id ?? '', 'spoilt')
  const settled = await Promise.allSettled([
    callbacks.accept(region, 'anne', anne?.id ?? '', anne?.token ?? 0),
    callbacks.accept(region, 'bruno', bruno?.id ?? '', bruno?.token ?? 0),
  ])
  t.match(settled, [{ status: 'rejected' }, { status: 'fulfilled', value: { state: 'active' } }])
})
