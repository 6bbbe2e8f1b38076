/** Messages that are kept no longer leave an open page as well, at once or when it comes back. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { connect, developmentToken } from '../../client/index.ts'
import { Channels } from '../../src/chat/channels.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { cuttableNetwork } from './cuttable.ts'

const node = await testNode(t)
const redis = connectRedis(join(node.dataDir, 'redis', 'redis.sock'))
t.teardown(() => redis.quit())
const channels = new Channels({ clients: [redis] })
let lastAt = 0
async function write(channel: string, text: string) {
  while (Date.now() <= lastAt) await new Promise((resolve) => setImmediate(resolve))
  const written = await channels.publish(channel, { from: 'advisor-anne', key: randomUUID(), text })
  lastAt = written.at
  return written
}
const open = (person: string, url = node.url) => {
  const visavis = connect({ url, token: async () => (await developmentToken(node.url, person)).token })
  t.teardown(() => visavis.close())
  return visavis
}

t.test('a page that is open loses them at once, and says from where on it has everything', async (t) => {
  const moments: number[] = []
  for (let n = 1; n <= 120; n += 1) moments.push((await write('jobseeker-1', `${n}`)).at)
  const channel = open('jobseeker-1').chat.channel('jobseeker-1')
  await until(() => channel.loaded && channel.messages.length === 50)
  t.equal(channel.retainedFrom, undefined)
  await channels.expire('jobseeker-1', moments[60] ?? 0, { keepWaiting: true })
  await until(() => channel.retainedFrom === 61)
  t.equal(channel.more, true, 'those between what is kept and what is loaded can be loaded')
  await channel.loadOlder()
  t.match([channel.messages[0]?.offset, channel.more], [61, false])
  await channels.expire('jobseeker-1', moments[100] ?? 0, { keepWaiting: true })
  await until(() => channel.messages[0]?.offset === 101)
  await write('jobseeker-1', 'after')
  await until(() => channel.messages.at(-1)?.text === 'after')
  await channels.expire('jobseeker-1', lastAt + 1, { keepWaiting: true })
  await until(() => channel.messages.length === 0)
  await write('jobseeker-1', 'the first of those to come')
  await until(() => channel.messages.length === 1)
  t.match(channel.messages[0], { offset: 122, text: 'the first of those to come' })
})

t.test('one that was away learns of it when it comes back', async (t) => {
  for (let n = 1; n <= 10; n += 1) await write('jobseeker-2', `${n}`)
  await using network = await cuttableNetwork(node.url)
  const visavis = open('jobseeker-2', network.url)
  const channel = visavis.chat.channel('jobseeker-2')
  await until(() => channel.loaded && channel.messages.length === 10)
  for (const expired of [5, 11]) {
    network.cut()
    const moment = expired > 10 ? lastAt + 1 : ((await channels.message('jobseeker-2', expired + 1))?.at ?? 0)
    await channels.expire('jobseeker-2', moment, { keepWaiting: true })
    if (expired > 10) for (let n = 0; n < 3; n += 1) await write('jobseeker-2', `new ${n}`)
    const last = (await channels.history('jobseeker-2', {})).messages
    await until(
      () =>
        JSON.stringify(channel.messages.map(({ offset }) => offset)) ===
        JSON.stringify(last.map(({ offset }) => offset)),
      { what: 'what is kept' },
    )
    t.equal(channel.more, false)
  }
})
