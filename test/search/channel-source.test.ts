/** The channels of a real Redis as search reads them. */
import t from 'tap'
import { Channels } from '../../src/chat/channels.ts'
import type { Position } from '../../src/protocol/index.ts'
import { channelSource } from '../../src/search-source.ts'
import { testRedis } from '../support/redis.ts'

const redis = await testRedis(t)
const channels = new Channels({ clients: [redis.client], editWindowMs: 60_000 })
const source = channelSource(channels)
let keys = 0
const nextKey = () => {
  keys += 1
  return `key-${String(keys).padStart(8, '0')}`
}
const publish = async (count: number) => {
  for (let n = 0; n < count; n++) await channels.publish('a', { from: 'anne', key: nextKey(), text: `message ${n}` })
}
/** Everything after a position, in pages. */
async function changesAfter(start: Position | undefined) {
  let page = await source.changesSince('a', start, 10)
  const messages = [...page.messages]
  while (page.more) {
    page = await source.changesSince('a', page.position, 10)
    messages.push(...page.messages)
  }
  return { position: page.position, messages: messages.map(({ offset, text }) => ({ offset, text })) }
}

t.test('all messages are told page by page, each once, up to where the channel stands', async (t) => {
  await publish(25)
  const { messages, position } = await changesAfter(undefined)
  t.same(
    messages.map(({ offset }) => offset),
    Array.from({ length: 25 }, (_, n) => n + 1),
  )
  t.same(await Array.fromAsync(source.channels()), [{ channel: 'a', position }])
  t.same(await changesAfter(position), { messages: [], position })
})

t.test('a changed message is told again, a deleted one without its text', async (t) => {
  const { position } = await changesAfter(undefined)
  await channels.edit('a', { who: 'anne', key: nextKey(), offset: 3 }, 'corrected')
  await channels.remove('a', { who: 'anne', key: nextKey(), offset: 4 })
  const after = await changesAfter(position)
  t.same(after.messages, [
    { offset: 3, text: 'corrected' },
    { offset: 4, text: '' },
  ])
  t.same(await Array.fromAsync(source.channels()), [{ channel: 'a', position: after.position }])
})

t.test('a channel that was lost and made anew is told with its new epoch', async (t) => {
  const { position } = await changesAfter(undefined)
  await redis.client.flushall()
  t.same((await source.changesSince('a', position, 100)).position, { epoch: '', offset: 0 })
  await publish(2)
  const anew = await source.changesSince('a', position, 100)
  t.not(anew.position.epoch, position.epoch)
  t.equal(anew.position.offset, 2)
})
