/** Old events leave logs and feeds, and nobody who follows or resumes misses anything without being told. */
import { pino } from 'pino'
import t from 'tap'
import { ageEvents, agingKeys } from '../../src/store/aging.ts'
import { eraseEvents } from '../../src/store/erase-events.ts'
import { feedSince, type LogEntry, shardKeys } from '../../src/store/events.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { followShards } from '../../src/store/shards.ts'
import { everythingIn } from '../notes/everything.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { emit, feed } from './emit.ts'

const log = pino({ level: 'silent' })
const canary = 'kanarienvogel-aging'
const tag = 'bretagne'
const keys = shardKeys(tag)
/** So short that all there is is old at the next moment, and so long that nothing is. */
const [short, long] = [0, 60_000]

for (const cluster of [false, true]) {
  t.test(cluster ? 'in cluster mode' : 'on one Redis', async (t) => {
    await using redis = await testRedis(t, { cluster })
    const { client } = redis
    const age = (logMs: number, feedsMs = long) => ageEvents(client, tag, { logMs, feedsMs })
    const numbers = async () => (await client.xrange(keys.log, '-', '+')).map(([id]) => Number(id.slice(2)))
    const later = async (byMs = 1) => {
      const now = Date.now()
      await until(() => Date.now() > now + byMs, { what: 'a later moment', everyMs: 1 })
    }
    t.beforeEach(async () => void (await client.flushall()))

    await t.test('an empty shard stays so', async (t) => {
      t.equal(await age(short, short), 0)
      t.equal(await client.exists(keys.log, keys.feeds, agingKeys(tag).marks), 0)
    })

    await t.test('an event goes between once and twice its time, and all numbers go on', async (t) => {
      await emit(client, tag, canary)
      await emit(client, tag, canary)
      t.equal(await age(long), 0, 'now it is known from when they are')
      t.same(await numbers(), [1, 2, 3])
      t.equal(await age(long), 0)
      t.same(await numbers(), [1, 2, 3], 'one mark is enough')
      await emit(client, tag, 'later')
      await later()
      t.equal(await age(short), 4, 'what came before the newest mark')
      t.same(await numbers(), [5])
      t.notMatch(await everythingIn(client), canary)
      await emit(client, tag, 'after it')
      t.same(await numbers(), [5, 6])
    })

    await t.test('whoever follows the log hears every event once, and is not sent away for what is old', async (t) => {
      const heard: LogEntry[] = []
      let lost = 0
      await using follower = followShards({
        client,
        subscriber: connectRedis(redis.socket, { blocking: true }),
        tags: [tag],
        onEntry: (entry) => heard.push(entry),
        onLost: () => {
          lost += 1
        },
        log,
        lookEveryMs: 5,
      })
      await follower.ready
      const keepMs = 100
      let gone = 0
      for (let round = 1; round <= 3; round += 1) {
        for (let n = 0; n < 10; n += 1) await emit(client, tag, `${round}.${n}`)
        await age(keepMs)
        await until(() => heard.length >= 11 * round, { what: 'all of it, and the mark' })
        await later(keepMs)
        gone += await age(keepMs)
      }
      t.same(
        heard.map(({ text }) => text),
        [1, 2, 3].flatMap((round) => [...Array.from({ length: 10 }, (_, n) => `${round}.${n}`), '']),
      )
      t.equal(lost, 0)
      t.equal(gone, 32, 'the newest mark is left')
    })

    await t.test(
      'a frame goes with the second pass after it; whoever was away for so long gets a snapshot',
      async (t) => {
        const since = (offset: number, epoch: string) =>
          feedSince(client, { tag, person: 'anne', since: { epoch, offset }, most: 500 })
        for (const n of [1, 2, 3]) await feed(client, tag, 'anne', { n, text: canary })
        const { epoch } = (await since(0, '')).position
        t.equal(await age(long, short), 0)
        await feed(client, tag, 'anne', { n: 4 })
        t.equal(await age(long, long), 0, 'a pass is over for as long as it is to last')
        await later()
        t.equal(await age(long, short), 3)
        t.equal((await since(2, epoch)).frames, undefined)
        t.equal((await since(3, epoch)).frames?.length, 1)
        t.notMatch(JSON.stringify(await client.hgetall(keys.feeds)), canary)
        await later()
        t.equal(await age(long, short), 1)
        await feed(client, tag, 'anne', { n: 5 })
        t.equal((await since(4, epoch)).frames?.length, 1, 'numbers go on')
        await eraseEvents(client, tag, 'anne')
        t.equal(await client.hlen(keys.feeds), 0, 'nothing of it outlasts an erasure')
      },
    )

    await t.test(
      'many feeds are looked at in slices, by several nodes at once, and only what is old goes',
      async (t) => {
        const people = Array.from({ length: 800 }, (_, n) => `person-${n}`)
        await Promise.all(people.map((person) => feed(client, tag, person, { text: canary })))
        const passMs = 700
        await Promise.all([1, 2, 3].map(() => age(long, passMs)))
        await Promise.all(people.map((person) => feed(client, tag, person, { text: 'new' })))
        await later(passMs)
        const removed = await Promise.all([1, 2, 3].map(() => age(long, passMs)))
        t.equal(
          removed.reduce((sum, count) => sum + count, 0),
          people.length,
        )
        const frames = JSON.stringify(await client.hgetall(keys.feeds))
        t.notMatch(frames, canary)
        t.equal(frames.match(/new/g)?.length, people.length)
      },
    )
  })
}
