/** Somebody is taken out of logs and feeds: nothing of theirs is left, and nobody else misses anything without being told. */
import { pino } from 'pino'
import t from 'tap'
import { eraseEvents, eraseKeys } from '../../src/store/erase-events.ts'
import { feedSince, type LogEntry, nothingEntry, shardKeys } from '../../src/store/events.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { followShards } from '../../src/store/shards.ts'
import { wordsIn } from '../erasure/traces.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { emit, feed } from './emit.ts'

const log = pino({ level: 'silent' })
const canary = 'kanarienvogel-events'
const redis = await testRedis(t)
const { client } = redis
const tag = 'bretagne'
const keys = shardKeys(tag)
const entries = async () => (await client.xrange(keys.log, '-', '+')).map(([id, [, entry = '']]) => ({ id, entry }))
t.beforeEach(async () => void (await client.flushall()))

const since = (person: string, epoch: string, offset: number) =>
  feedSince(client, { tag, person, since: { epoch, offset }, most: 500 })

t.test('entries about somebody say nothing any more, and every entry keeps its number', async (t) => {
  await feed(client, tag, 'anne', { callback: { jobseeker: 'x', reason: canary } })
  await feed(client, tag, 'anne', { callback: { jobseeker: 'y' } })
  await feed(client, tag, 'x', { callback: { text: canary } })
  await feed(client, tag, 'xx', { to: 'nobody', text: 'a text that says \\"x\\"' })
  const before = await entries()
  t.equal(await eraseEvents(client, tag, 'x'), 4, 'two in the log, two in feeds')
  const after = await entries()
  t.same(
    after.map(({ id }) => id),
    before.map(({ id }) => id),
  )
  t.same(
    after.map(({ entry }) => entry === nothingEntry),
    [true, false, true, false],
  )
  t.same([after[1], after[3]], [before[1], before[3]], 'the others are as they were')
  t.equal(await eraseEvents(client, tag, 'x'), 0, 'a repeat finds nothing more')
  await emit(client, tag, 'later')
  t.equal((await entries()).at(-1)?.id, '0-5', 'numbers go on')
})

t.test(
  'whoever resumes from before a frame that is gone gets a snapshot, and everybody else what they missed',
  async (t) => {
    await feed(client, tag, 'anne', { n: 1 })
    await feed(client, tag, 'anne', { jobseeker: 'x' })
    await feed(client, tag, 'anne', { n: 3 })
    await feed(client, tag, 'x', { n: 1 })
    const { epoch } = (await since('anne', '-', 0)).position
    await eraseEvents(client, tag, 'x')
    t.equal((await since('anne', epoch, 1)).frames, undefined)
    t.equal((await since('anne', epoch, 2)).frames?.length, 1)
    t.same(await since('x', '', 0), { position: { epoch: '', offset: 0 }, frames: [] })
  },
)

t.test('a feed of many people is searched to its end', async (t) => {
  for (let n = 0; n < 40; n++) {
    await Promise.all(
      Array.from({ length: 100 }, (_, m) => feed(client, tag, `p${n}-${m}`, { n, about: m === 7 ? 'x' : 'y' })),
    )
  }
  t.equal(await eraseEvents(client, tag, 'x'), 80)
  const left = await client.hvals(keys.feeds)
  t.notOk(left.some((value) => value.includes('"x"')))
  t.equal(left.filter((value) => value.includes('"y"')).length, 40 * 99)
})

t.test('a node that had read it goes on as before; one that had not is told that something is missing', async (t) => {
  const follow = () => {
    const seen: { entries: LogEntry[]; lost: string[] } = { entries: [], lost: [] }
    const follower = followShards({
      ...{ client, log, tags: [tag], lookEveryMs: 20 },
      subscriber: connectRedis(redis.socket, { blocking: true }),
      onEntry: (entry) => seen.entries.push(entry),
      onLost: (lost) => seen.lost.push(lost),
    })
    return { ...seen, follower }
  }
  const reader = follow()
  await using _follower = reader.follower
  await reader.follower.ready
  await feed(client, tag, 'x', { text: canary })
  await until(() => reader.entries.length === 1)
  await eraseEvents(client, tag, 'x')
  await emit(client, tag, 'next')
  await until(() => reader.entries.length === 2)
  // Written and erased between two looks, without a nudge.
  await client.xadd(keys.log, '0-*', 'e', nothingEntry)
  await client.xadd(keys.log, '0-*', 'e', 'channel:y - chat.typed last')
  await until(() => reader.entries.some(({ text }) => text === 'last'))
  t.same(reader.lost, [tag], 'once, and not for what it had read')
})

t.test('what is written meanwhile is kept, in order', async (t) => {
  for (let n = 0; n < 300; n++) await feed(client, tag, n % 2 === 0 ? 'x' : 'y', { n })
  const writing = (async () => {
    for (let n = 0; n < 200; n++) await emit(client, tag, `${n}`)
  })()
  const erased = (await Promise.all(Array.from({ length: 4 }, () => eraseEvents(client, tag, 'x')))).reduce(
    (a, b) => a + b,
  )
  await writing
  t.equal(erased, 300)
  const all = await entries()
  t.same(
    all.map(({ id }) => id),
    all.map((_, n) => `0-${n + 1}`),
  )
  t.same(
    all.flatMap(({ entry }) => (entry.startsWith('channel:') ? [entry.split(' ').at(-1)] : [])),
    Array.from({ length: 200 }, (_, n) => `${n}`),
  )
})

t.test('an entry that is only deleted leaves its bytes in the stream; one that is erased does not', async (t) => {
  const dumped = async () => wordsIn((await client.dumpBuffer(keys.log)) ?? Buffer.alloc(0), [canary]).length === 1
  await client.config('SET', 'rdbcompression', 'no')
  await feed(client, tag, 'x', { text: canary })
  await feed(client, tag, 'y', { n: 1 })
  await client.xdel(keys.log, '0-1')
  t.ok(await dumped(), 'XDEL is not enough, and the test can see it')
  await feed(client, tag, 'x', { text: canary })
  await eraseEvents(client, tag, 'x')
  t.notOk(await dumped())
})

t.test('a full log is made anew in slices, so that nobody waits for it', async (t) => {
  const text = 'a message of some length, as people write them: '.repeat(8)
  for (let n = 0; n < 50; n++) {
    await Promise.all(Array.from({ length: 200 }, (_, m) => feed(client, tag, m % 100 === 0 ? 'x' : `p${m}`, { text })))
  }
  await client.del(keys.feeds)
  await client.config('SET', 'slowlog-log-slower-than', '0')
  await client.config('SET', 'slowlog-max-len', '10000')
  const erased = await eraseEvents(client, tag, 'x')
  t.equal(erased, 100)
  const slow = (await client.slowlog('GET', 10_000)) as [id: number, at: number, usec: number, args: string[]][]
  const slices = slow.filter(([, , , [command]]) => /^eval/i.test(command ?? '')).map(([, , usec]) => usec / 1_000)
  t.comment(`${(await entries()).length} entries in ${slices.length} slices, the longest ${Math.max(...slices)} ms`)
  t.ok(slices.length > 40)
})

t.test('whoever stops half way is followed by another, and its half is not kept', async (t) => {
  for (let n = 0; n < 600; n++) await feed(client, tag, n % 2 === 0 ? 'x' : 'y', { n })
  await client.set(eraseKeys(tag).rewriter, 'dead', 'PX', 300)
  await client.xadd(eraseKeys(tag).anew, '0-1', 'e', canary)
  t.equal(await eraseEvents(client, tag, 'x'), 600)
  t.equal(await client.exists(eraseKeys(tag).anew, eraseKeys(tag).rewriter), 0)
  t.equal(await client.pttl(keys.log), -1)
  t.notOk(JSON.stringify(await entries()).includes(canary))
})
