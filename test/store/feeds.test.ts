import t from 'tap'
import { feedSince, shardKeys } from '../../src/store/events.ts'
import { testRedis } from '../support/redis.ts'
import { feed } from './emit.ts'

const redis = await testRedis(t, { cluster: true })
const since = (person: string, epoch: string, offset: number, most = 500) =>
  feedSince(redis.client, { tag: 'bretagne', person, since: { epoch, offset }, most })
const fill = async (person: string, count: number) => {
  await Promise.all(Array.from({ length: count }, (_, n) => feed(redis.client, 'bretagne', person, { n })))
  return (await since(person, '-', 0)).position.epoch
}
const offsetsOf = (frames: readonly string[] | undefined) =>
  frames?.map((frame) => (JSON.parse(frame) as { position: { offset: number } }).position.offset)

t.test('a feed that has no entry stands at offset 0 of no epoch, and nothing of it is missing', async (t) => {
  t.same(await since('nobody', '', 0), { position: { epoch: '', offset: 0 }, frames: [] })
})

t.test('entries are numbered 1, 2, 3 … and come back whole', async (t) => {
  const epoch = await fill('anne', 40)
  const { position, frames } = await since('anne', epoch, 10)
  t.same(position, { epoch, offset: 40 })
  t.same(
    offsetsOf(frames),
    Array.from({ length: 30 }, (_, n) => 11 + n),
  )
  t.match(JSON.parse(frames?.[0] ?? ''), {
    event: 'callback.changed',
    data: { n: Number },
    stream: 'person:anne',
    position: { epoch, offset: 11 },
  })
  t.same(offsetsOf((await since('anne', '', 0)).frames)?.length, 40, 'who knew it empty is told all of it')
})

t.test(
  'what cannot be told whole is not told: another epoch, too many, too old, a position that never was',
  async (t) => {
    const epoch = await fill('bruno', 520)
    t.equal((await since('bruno', 'another', 500)).frames, undefined)
    t.equal((await since('bruno', epoch, 10, 600)).frames, undefined, 'entries older than the newest 500 are dropped')
    t.equal((await since('bruno', epoch, 21)).frames?.length, 499)
    t.equal((await since('bruno', epoch, 500, 10)).frames, undefined, 'more than asked for')
    t.equal((await since('bruno', epoch, 521)).frames, undefined)
    t.equal((await redis.client.hlen(shardKeys('bretagne').feeds)) < 600, true, 'no more than the newest are kept')
  },
)

t.test('a feed that was lost begins a new epoch', async (t) => {
  const before = await fill('clara', 3)
  await redis.client.del(shardKeys('bretagne').feeds)
  const after = await fill('clara', 5)
  t.not(before, after)
  t.equal((await since('clara', before, 3)).frames, undefined)
})
