/** The channels of a real Redis as search reads them. */
import t from 'tap'
import { Channels } from '../../src/chat/channels.ts'
import { channelSource } from '../../src/search-source.ts'
import { testRedis } from '../support/redis.ts'

const redis = await testRedis(t)
const channels = new Channels({ clients: [redis.client] })
const source = channelSource(channels, async function* () {
  yield* ['a', 'empty']
})
const publish = async (count: number) => {
  for (let n = 0; n < count; n++) {
    await channels.publish('a', {
      from: 'advisor-anne',
      key: `key-${String(n).padStart(8, '0')}`,
      text: `message ${n}`,
    })
  }
}

t.test('all messages are told page by page, each once, up to where the channel stands', async (t) => {
  await publish(25)
  const offsets: number[] = []
  let page = await source.changesSince('a', undefined, 10)
  offsets.push(...page.messages.map(({ offset }) => offset))
  while (page.more) {
    page = await source.changesSince('a', page.position, 10)
    offsets.push(...page.messages.map(({ offset }) => offset))
  }
  t.same(
    offsets,
    Array.from({ length: 25 }, (_, n) => n + 1),
  )
  const listed = await Array.fromAsync(source.channels())
  t.same(listed, [
    { channel: 'a', position: page.position },
    { channel: 'empty', position: { epoch: '', offset: 0 } },
  ])
  t.same(await source.changesSince('a', page.position, 10), { messages: [], position: page.position, more: false })
})

t.test('a channel that was lost and made anew is told with its new epoch', async (t) => {
  const { position } = await source.changesSince('a', undefined, 100)
  await redis.client.flushall()
  t.same((await source.changesSince('a', position, 100)).position, { epoch: '', offset: 0 })
  await publish(2)
  const anew = await source.changesSince('a', position, 100)
  t.not(anew.position.epoch, position.epoch)
  t.equal(anew.position.offset, 2)
})
