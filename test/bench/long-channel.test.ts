import t from 'tap'
import { LongChannel } from '../../bench/generator/long-channel.ts'

interface Sent {
  readonly channel: string
  readonly text: string
}

/** A server in memory that does right; a test makes it lie. */
function server() {
  const stored: { offset: number; text: string }[] = []
  const call = async (method: string, params: object): Promise<unknown> => {
    if (method === 'chat.publish') {
      const { text } = params as Sent
      stored.push({ offset: stored.length + 1, text })
      return { position: { offset: stored.length } }
    }
    const { limit } = params as { limit: number }
    const messages = stored.slice(-limit)
    return { messages, position: { offset: stored.length }, more: stored.length > limit }
  }
  return { stored, call }
}

t.test('what is appended is heard and read at its place', async (t) => {
  const { stored, call } = server()
  const channel = new LongChannel('ann', { call })
  await Promise.all(Array.from({ length: 30 }, () => channel.append()))
  for (const message of stored) channel.hear(message)
  await channel.drained()
  t.equal(await channel.page({ limit: 10 }), 10)
  t.equal(channel.length, 30)
  t.strictSame([channel.outOfOrder, channel.badPages], [[], []])
})

t.test('an event that comes twice, not in order, or not at all is found', async (t) => {
  const { stored, call } = server()
  const heard = async (change: (messages: typeof stored) => typeof stored) => {
    const channel = new LongChannel('ann', { call })
    stored.length = 0
    for (let n = 0; n < 4; n += 1) await channel.append()
    for (const message of change(stored)) channel.hear(message)
    return channel.outOfOrder
  }
  t.strictSame(await heard((all) => all), [])
  t.match(await heard(([a, ...rest]) => (a ? [a, a, ...rest] : [])), [/ann: the event number 2 was that of 1/])
  t.match(await heard((all) => all.toReversed()), [/the event number 1 was that of 4/])
})

t.test('an acknowledgement of another place, and a page of something else, are found', async (t) => {
  const { call } = server()
  const lying = new LongChannel('ann', {
    call: async (method, params) => {
      const answer = (await call(method, params)) as { position: { offset: number } }
      return { ...answer, position: { offset: answer.position.offset + 1 } }
    },
  })
  await lying.append()
  t.match(lying.outOfOrder, ['ann: 1 was acknowledged at 2'])
  await lying.page({ limit: 10 })
  t.match(lying.badPages, [/says that there are 2/])
})

t.test('a sabotaged page is found', async (t) => {
  const { call } = server()
  const channel = new LongChannel('ann', { call })
  for (let n = 0; n < 5; n += 1) await channel.append()
  await channel.page({ limit: 5 }, 'duplicated')
  t.equal(channel.badPages.length, 1)
})
