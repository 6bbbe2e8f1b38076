/** Whole nodes and a real mail server: whoever is not there hears of what they have not read, once. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { Channels } from '../../src/chat/channels.ts'
import { channelKeys } from '../../src/chat/keys.ts'
import { Contacts } from '../../src/notices/contacts.ts'
import { Notices } from '../../src/notices/notices.ts'
import { type TestSmtp, testSmtp } from '../notices/smtp-server.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const region = 'bretagne'
const minute = 60_000
const dayMs = 24 * 60 * minute

const start = async (t: Test, redis: TestRedis, smtp: TestSmtp) => {
  // Links lead to the node itself, so its port must be known before.
  const port = await freePort()
  return testNode(t, {
    REDIS_URL: redis.url,
    VISAVIS_PORT: String(port),
    VISAVIS_SMTP_URL: smtp.url,
    VISAVIS_MAIL_FROM: 'Visavis <visavis@agency.example.org>',
    VISAVIS_PUBLIC_URL: `http://127.0.0.1:${port}`,
    VISAVIS_PRESENCE_GRACE_MS: '0',
  })
}
/** Somebody writes as many minutes ago. */
const ago = ({ client }: TestRedis, minutes: number, from: string, channel: string) =>
  new Channels({ clients: [client], now: () => Date.now() - minutes * minute }).publish(channel, {
    ...{ from, key: randomUUID(), text: 'SECRET' },
  })
const address = async ({ client }: TestRedis, person: string, digest: 'each' | 'daily' = 'each') =>
  new Contacts({ client }).set(region, person, { email: `${person}@example.org`, language: 'en', digest })
const noticesOf = ({ client }: TestRedis, person: string) =>
  new Notices({ client, retentionMs: dayMs, patienceMs: dayMs }).of(region, person)
const raw = async (node: TestNode, person: string) => rawClient(node.url, await node.token(person))
/** Looked at by whoever comes next, until the list says when to look again. */
const lookNow = async ({ client }: TestRedis, channel: string) => {
  const { unread } = channelKeys(channel)
  await client.zadd(unread, 'XX', 0, channel)
  await until(async () => (await client.zscore(unread, channel)) !== '0', { what: 'a look' })
}
const watched = ({ client }: TestRedis, channel: string) => client.hget(channelKeys(channel).meta, 'watched')

t.test('of two nodes one writes to each who is not there, once, and never what was said', async (t) => {
  await using redis = await testRedis(t)
  await using smtp = await testSmtp(t)
  await using _node = await start(t, redis, smtp)
  await using _other = await start(t, redis, smtp)
  for (const person of ['jobseeker-1', 'advisor-anne', 'jobseeker-2']) await address(redis, person)
  await ago(redis, 20, 'advisor-anne', 'jobseeker-1')
  await ago(redis, 19, 'advisor-anne', 'jobseeker-1')
  await ago(redis, 70, 'jobseeker-2', 'jobseeker-2')
  await ago(redis, 10, 'advisor-anne', 'jobseeker-3')
  await until(() => smtp.mails.length === 2, { what: 'two mails' })
  await until(async () => (await watched(redis, 'jobseeker-1')) === 'reminded')
  for (const channel of ['jobseeker-1', 'jobseeker-2', 'jobseeker-3']) await lookNow(redis, channel).catch(() => {})
  t.same(smtp.mails.map(({ to }) => to[0]).sort(), ['advisor-anne@example.org', 'jobseeker-1@example.org'])
  const toJeanne = smtp.mails.find(({ to }) => to[0]?.startsWith('jobseeker-1'))
  t.match(toJeanne, { subject: 'You have 2 unread messages', text: /Anne Kermarrec has written to you/ })
  t.notMatch(toJeanne?.text, /SECRET/)
  t.same((await noticesOf(redis, 'jobseeker-3')).length, 0, 'not yet')
})

t.test('who has read is not written to: mail that waits is withdrawn, and what comes later is another', async (t) => {
  await using redis = await testRedis(t)
  await using smtp = await testSmtp(t)
  await using node = await start(t, redis, smtp)
  await address(redis, 'jobseeker-1', 'daily')
  await ago(redis, 20, 'advisor-anne', 'jobseeker-1')
  const states = async () => (await noticesOf(redis, 'jobseeker-1')).map(({ state }) => state)
  await until(async () => (await states())[0] === 'waiting')
  {
    await using jeanne = await raw(node, 'jobseeker-1')
    await jeanne.result('chat.read', { channel: 'jobseeker-1', offset: 1 })
    await until(async () => (await states())[0] === 'withdrawn')
  }
  await ago(redis, 18, 'advisor-anne', 'jobseeker-1')
  await until(async () => (await states()).length === 2 || lookNow(redis, 'jobseeker-1').then(() => false))
  // One that somebody looks at is leased for a moment.
  await until(async () => (await states()).sort().join() === 'waiting,withdrawn')
  // Writing is reading, and a deleted message needs not be read.
  await ago(redis, 17, 'jobseeker-1', 'jobseeker-1')
  await until(async () => (await states()).every((state) => state === 'withdrawn'))
  const { offset } = await ago(redis, 16, 'advisor-anne', 'jobseeker-1')
  await until(async () => (await states()).includes('waiting') || lookNow(redis, 'jobseeker-1').then(() => false))
  const channels = new Channels({ clients: [redis.client] })
  await channels.remove('jobseeker-1', { who: 'advisor-anne', key: randomUUID(), offset })
  await until(async () => (await states()).every((state) => state === 'withdrawn'))
  t.equal(smtp.mails.length, 0)
})

t.test('whoever looks at a device is not written to until they have gone', async (t) => {
  await using redis = await testRedis(t)
  await using smtp = await testSmtp(t)
  await using node = await start(t, redis, smtp)
  await address(redis, 'jobseeker-1')
  {
    await using _jeanne = await raw(node, 'jobseeker-1')
    await ago(redis, 20, 'advisor-anne', 'jobseeker-1')
    await until(
      async () => Number(await redis.client.zscore(channelKeys('jobseeker-1').unread, 'jobseeker-1')) > Date.now(),
    )
    await lookNow(redis, 'jobseeker-1')
    t.same(await noticesOf(redis, 'jobseeker-1'), [])
  }
  await until(() => smtp.mails.length === 1 || lookNow(redis, 'jobseeker-1').then(() => false), { everyMs: 500 })
})

t.test('what stayed unread while no node ran is written of when one does', async (t) => {
  await using redis = await testRedis(t)
  await using smtp = await testSmtp(t)
  {
    await using _node = await start(t, redis, smtp)
    await address(redis, 'jobseeker-1')
  }
  await ago(redis, 20, 'advisor-anne', 'jobseeker-1')
  {
    await using _node = await start(t, redis, smtp)
    await until(() => smtp.mails.length === 1)
  }
  await using _node = await start(t, redis, smtp)
  await lookNow(redis, 'jobseeker-1').catch(() => {})
  t.equal(smtp.mails.length, 1)
})
