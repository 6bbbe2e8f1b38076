/** One event of several people: stored once, and to each of them as if it were theirs alone. */
import pino from 'pino'
import t from 'tap'
import { eraseEvents } from '../../src/store/erase-events.ts'
import {
  eventsPrelude,
  feedSince,
  inParts,
  type LogEntry,
  nothingEntry,
  parseEntries,
  shardKeys,
  sharedEventPrelude,
  textOf,
} from '../../src/store/events.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { script } from '../../src/store/script.ts'
import { followShards } from '../../src/store/shards.ts'
import { frameFor, toldBy } from '../../src/store/shared-event.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { feed } from './emit.ts'

const redis = await testRedis(t)
const { client } = redis
const tag = 'bretagne'
const keys = shardKeys(tag)
t.beforeEach(async () => void (await client.flushall()))

const feedShared = script<
  [feeds: string, log: string, nudge: string],
  [data: string, more: string, times: number, ...people: string[]],
  void
>(new URL('./feed-shared.lua', import.meta.url), () => {}, [eventsPrelude, sharedEventPrelude])
const tell = (people: readonly string[], callback: unknown, times = 1) =>
  feedShared(
    client,
    [keys.feeds, keys.log, keys.nudge],
    [...([`{"callback":${JSON.stringify(callback)}`, ',"offer":{"token":7}', times] as const), ...people],
  )
const since = (person: string, epoch = '', offset = 0) =>
  feedSince(client, { tag, person, since: { epoch, offset }, most: 500 })
const framesOf = async (person: string) => (await since(person)).frames?.map((frame) => JSON.parse(frame) as unknown)

t.test('each has it in their own feed, at its own place, and only some are told more', async (t) => {
  await feed(client, tag, 'anne', { n: 1 })
  const callback = { id: 'c1', reason: 'two\nlines, a "quote" & "x" 1' }
  await tell(['x', 'anne'], callback)
  const { position } = await since('anne')
  t.equal(position.offset, 2)
  const [toX, ...othersToX] = (await framesOf('x')) ?? []
  const { epoch } = (await since('x')).position
  t.same(othersToX, [])
  t.same(toX, {
    ...{ event: 'callback.changed', data: { callback } },
    ...{ stream: 'person:x', position: { epoch, offset: 1 } },
  })
  t.match((await framesOf('anne'))?.[1], {
    ...{ event: 'callback.offered', data: { callback, offer: { token: 7 } } },
    ...{ stream: 'person:anne', position: { epoch: position.epoch, offset: 2 } },
  })
  t.equal(await client.xlen(keys.log), 2, 'one entry of the log for both')
  const [, [, [, entry = ''] = []] = []] = await client.xrange(keys.log, '-', '+')
  const told = parseEntries(entry)
  t.same(
    told.map(({ topic, offset, name }) => [topic, offset, name]),
    [
      ['person:x', 1, 'callback.changed'],
      ['person:anne', 2, 'callback.offered'],
    ],
  )
  t.same(
    told.map(({ text }) => JSON.parse(text)),
    [toX, (await framesOf('anne'))?.[1]],
    'what is told to who is there is what their feed has',
  )
})

t.test('what one run tells is one entry, and to each one after another', async (t) => {
  await tell(['x', 'anne'], { n: 1 })
  await tell(['anne', 'y'], { n: 2 }, 3)
  t.equal(await client.xlen(keys.log), 2)
  const [, [, fields = []] = []] = await client.xrange(keys.log, '-', '+')
  t.same(
    parseEntries(textOf(fields)).map(({ topic, offset }) => [topic, offset]),
    [2, 3, 4].flatMap((n) => [
      ['person:anne', n],
      ['person:y', n - 1],
    ]),
  )
  const frames = (await framesOf('anne')) as { position: { offset: number; epoch: string } }[]
  t.same(
    frames.map(({ position: { offset } }) => offset),
    [1, 2, 3, 4],
  )
  t.equal(new Set(frames.map(({ position: { epoch } }) => epoch)).size, 1)
  t.equal((await framesOf('y'))?.length, 3)
})

t.test('a node hears of it once for each, by the nudge alone or by reading the log', async (t) => {
  for (const [how, lookEveryMs] of [
    ['by nudges', 600_000],
    ['by looks as well', 20],
  ] as const) {
    await client.flushall()
    const seen: LogEntry[] = []
    await using follower = followShards({
      ...{ client, log: pino({ level: 'silent' }), tags: [tag], lookEveryMs },
      subscriber: connectRedis(redis.socket, { blocking: true }),
      onEntry: (entry) => {
        seen.push(entry)
        if (entry.topic === 'person:x') throw new Error('what goes wrong for one of them')
      },
      onLost: () => t.fail('nothing was lost'),
    })
    await follower.ready
    for (let n = 0; n < 3; n += 1) await tell(['x', 'anne'], { n })
    await tell(['x', 'anne'], { n: 3 }, 2)
    await until(() => seen.length === 10, { what: 'all of them' })
    const offsets = (topic: string) => seen.filter((entry) => entry.topic === topic).map(({ offset }) => offset)
    t.same(offsets('person:x'), [1, 2, 3, 4, 5], how)
    t.same(offsets('person:anne'), [1, 2, 3, 4, 5], how)
    if (how === 'by nudges') t.equal(follower.repaired, 0, 'several events of one run wait for no reading either')
  }
})

t.test('what a node of an earlier version tells in parts is read from the log', async (t) => {
  const seen: LogEntry[] = []
  await using follower = followShards({
    ...{ client, log: pino({ level: 'silent' }), tags: [tag], lookEveryMs: 600_000 },
    subscriber: connectRedis(redis.socket, { blocking: true }),
    onEntry: (entry) => seen.push(entry),
    onLost: () => t.fail('nothing was lost'),
  })
  await follower.ready
  const parts = (n: number) => [
    'h',
    `& "x" ${n} e callback.changed -`,
    'd',
    `{"callback":{"id":"c${n}"`,
    'r',
    '}',
    'm',
    '',
  ]
  await client.xadd(keys.log, '0-*', ...parts(1), ...parts(2))
  await client.spublish(keys.nudge, `1 ${inParts}`)
  await until(() => seen.length === 2, { what: 'both of them' })
  t.match(
    seen.map(({ text }) => JSON.parse(text) as unknown),
    ['c1', 'c2'].map((id) => ({ data: { callback: { id } } })),
  )
})

t.test('only the newest 500 of a feed are kept', async (t) => {
  await Promise.all(Array.from({ length: 510 }, (_, n) => tell(['x', 'anne'], { n })))
  t.equal((await since('x')).frames, undefined, 'the first ones are gone')
  const { epoch } = (await since('x')).position
  t.equal((await since('x', epoch, 20)).frames?.length, 490)
  t.equal(await client.hlen(keys.feeds), 2 * (500 + 2))
})

t.test('of somebody who is erased nothing is left, in nobody’s feed, named in it or not', async (t) => {
  await tell(['x', 'anne'], { about: 'nobody' })
  await tell(['y', 'anne'], { jobseeker: 'x' })
  await tell(['y', 'anne'], { jobseeker: 'y' })
  await tell(['y', 'anne'], { jobseeker: 'y' }, 2)
  await tell(['y', 'anne'], { jobseeker: 'x' }, 2)
  const { epoch } = (await since('anne')).position
  t.ok((await eraseEvents(client, tag, 'x')) > 0)
  const entries = (await client.xrange(keys.log, '-', '+')).map(([, fields]) => textOf(fields))
  t.same(
    entries.map((entry) => entry === nothingEntry),
    [true, true, false, false, true],
  )
  t.equal((await since('anne', epoch, 1)).frames, undefined, 'never a part')
  t.equal((await since('anne', epoch, 4)).frames, undefined)
  t.notMatch(JSON.stringify([entries, await client.hvals(keys.feeds)]), /"x"/)
})

t.test('what is no such event is refused', (t) => {
  for (const bad of ['', '& ', '& "x" 1 e callback.changed -', '& "x" 1\n{\n', 'person:x 1 callback.changed {}']) {
    t.throws(() => toldBy(bad), bad)
  }
  const text = '& "x" 1 e callback.changed -\n{"n":1\n'
  t.equal(frameFor('x', text), toldBy(text)[0]?.frame)
  t.equal(frameFor('x', '{"a frame":"of its own"}'), '{"a frame":"of its own"}')
  t.throws(() => frameFor('anne', text))
  t.end()
})
