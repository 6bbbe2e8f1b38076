/** What a member may rely on when Redis dies under them, or is a cluster. */
import t from 'tap'
import { Channels } from '../../src/chat/channels.ts'
import { testRedis } from '../support/redis.ts'

const draft = (n: number) => ({ from: 'jobseeker-1', key: `draft-${n}-of-many`, text: `message ${n}` })

t.test(
  'Redis killed among 200 sends: after repeating what failed, each is there once, acknowledged ones in place',
  async (t) => {
    await using redis = await testRedis(t)
    const channels = new Channels({ clients: [redis.client] })
    const acknowledged = new Map<number, number>()
    const sends = Array.from({ length: 200 }, (_, n) => n)
    const send = async (n: number) => {
      const { position } = await channels.publish('killed', draft(n))
      acknowledged.set(position.offset, n)
    }
    const unanswered: number[] = []
    const sending = (async () => {
      for (let first = 0; first < sends.length; first += 10) {
        const batch = sends.slice(first, first + 10)
        const results = await Promise.allSettled(batch.map(send))
        results.forEach((result, n) => {
          if (result.status === 'rejected') unanswered.push(first + n)
        })
        if (first === 90) void redis.kill().then(() => redis.restart())
      }
    })()
    await sending
    const before = new Map(acknowledged)
    await Promise.all(unanswered.map(send))
    // Every one is sent once more, as a client does that is not sure.
    await Promise.all(sends.map(send))

    const { messages, position, more } = await channels.history('killed', { limit: 200 })
    t.equal(position.offset, 200)
    t.equal(more, false)
    t.equal(new Set(messages.map(({ key }) => key)).size, 200)
    for (const [offset, n] of before) t.equal(messages[offset - 1]?.key, draft(n).key)
  },
)

t.test('channels, markers and remembered keys survive a restart', async (t) => {
  await using redis = await testRedis(t)
  const channels = new Channels({ clients: [redis.client] })
  const first = await channels.publish('kept', draft(1))
  await channels.publish('kept', draft(2))
  await channels.read('kept', 'advisor-1', 1)
  const before = await channels.history('kept', {})
  await redis.restart()
  t.same(await channels.history('kept', {}), before)
  t.equal((await channels.since('kept', 'advisor-1', undefined, 0)).markers.get('advisor-1')?.readOffset, 1)
  t.same(await channels.publish('kept', draft(1)), first)
  t.equal((await channels.publish('kept', draft(3))).position.offset, 3)
})

t.test('every script declares its keys, and they share a slot: a cluster runs them', async (t) => {
  await using redis = await testRedis(t, { cluster: true })
  const channels = new Channels({ clients: [redis.client] })
  for (const channel of ['jobseeker-1', 'jobseeker-2', 'jobseeker-3']) {
    const { position } = await channels.publish(channel, draft(1))
    t.same(await channels.read(channel, 'advisor-1', 1), { readOffset: 1 })
    t.match(await channels.since(channel, 'advisor-1', undefined, 0), { position, last: { offset: 1 } })
    t.match(await channels.history(channel, { after: 0 }), { messages: [{ offset: 1 }], position })
  }
})
