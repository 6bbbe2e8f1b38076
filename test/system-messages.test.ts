/** Whole nodes: what the service says in channels, once each. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { connect, type Message, type Visavis } from '../client/index.ts'
import { Channels } from '../src/chat/channels.ts'
import { Covers } from '../src/enrolment/covers.ts'
import { type TestNode, testNode } from './support/node.ts'
import { type TestRedis, testRedis } from './support/redis.ts'
import { until } from './support/until.ts'

const region = 'bretagne'
const hour = 60 * 60 * 1_000
const start = (t: Test, redis: TestRedis) => testNode(t, { REDIS_URL: redis.url })
const signIn = async (t: Test, node: TestNode, person: string): Promise<Visavis> => {
  const visavis = connect({ url: node.url, token: () => node.token(person) })
  t.teardown(() => visavis.close())
  await visavis.opened
  return visavis
}
const said = async ({ client }: TestRedis, channel: string): Promise<Message['system'][]> => {
  const { messages } = await new Channels({ clients: [client] }).history(channel, { limit: 200 })
  return messages.flatMap(({ system }) => (system === undefined ? [] : [system]))
}
const codes = async (redis: TestRedis, channel: string) => (await said(redis, channel)).map((system) => system?.code)

t.test(
  'each channel of a portfolio says who stands in, until when, and that it is over: once, with two nodes',
  async (t) => {
    await using redis = await testRedis(t)
    await using _node = await start(t, redis)
    await using _other = await start(t, redis)
    const covers = new Covers({ client: redis.client })
    const now = Date.now()
    const cover = {
      id: 'c.1',
      region,
      advisor: 'advisor-anne',
      cover: 'advisor-bruno',
      from: now + 500,
      until: now + hour,
    }
    await covers.put(cover)
    for (const channel of ['jobseeker-1', 'jobseeker-2', 'jobseeker-3'])
      await until(async () => (await said(redis, channel)).length === 1, { what: channel })
    const person = { id: 'advisor-bruno', name: 'Bruno Le Gall' }
    t.same(await said(redis, 'jobseeker-1'), [{ code: 'coverStarted', person, until: cover.until }])
    t.same(await said(redis, 'jobseeker-4'), [], 'not in the portfolio')
    await covers.put({ ...cover, until: now + 2 * hour })
    await until(async () => (await said(redis, 'jobseeker-1')).length === 2, { what: 'that it lasts longer' })
    await covers.end(region, 'c.1')
    await until(async () => (await codes(redis, 'jobseeker-3')).includes('coverEnded'))
    t.same(await codes(redis, 'jobseeker-3'), ['coverStarted', 'coverStarted', 'coverEnded'])
  },
)

t.test('a cover that begins while no node runs is told of when one does', async (t) => {
  await using redis = await testRedis(t)
  {
    await using _node = await start(t, redis)
    const now = Date.now()
    const cover = {
      id: 'c.2',
      region,
      advisor: 'advisor-bruno',
      cover: 'advisor-anne',
      from: now - 1,
      until: now + hour,
    }
    await new Covers({ client: redis.client }).put(cover)
  }
  await using _node = await start(t, redis)
  await until(async () => (await said(redis, 'jobseeker-4')).length === 1)
})

t.test('a callback that is done is said once, also by a node that was not there', async (t) => {
  await using redis = await testRedis(t)
  {
    await using node = await start(t, redis)
    await using _other = await start(t, redis)
    const jeanne = await signIn(t, node, 'jobseeker-1')
    const anne = await signIn(t, node, 'advisor-anne')
    await jeanne.callbacks.request({ medium: 'phone', phone: '06 12 34 56 78', reason: 'CV' })
    const { id } = await until(() => anne.callbacks.list.find(({ id }) => anne.callbacks.offerOf(id) !== undefined))
    await anne.callbacks.accept(id)
    await anne.callbacks.complete(id, { disposition: 'answered' })
    await until(async () => (await said(redis, 'jobseeker-1')).length === 1)
    jeanne.close()
    anne.close()
  }
  t.same(await said(redis, 'jobseeker-1'), [
    { code: 'callbackDone', person: { id: 'advisor-anne', name: 'Anne Kermarrec' } },
  ])
  await using _node = await start(t, redis)
  const channels = new Channels({ clients: [redis.client] })
  await channels.publish('jobseeker-1', { from: 'jobseeker-1', key: randomUUID(), text: 'merci' })
  t.same(await codes(redis, 'jobseeker-1'), ['callbackDone'])
})

t.test('an appointment is said when it is made, changed and cancelled, once each with two nodes', async (t) => {
  await using redis = await testRedis(t)
  await using node = await start(t, redis)
  await using _other = await start(t, redis)
  const anne = await signIn(t, node, 'advisor-anne')
  const from = Math.ceil((Date.now() + 26 * hour) / hour) * hour
  const { id } = await anne.appointments.book({ jobseeker: 'jobseeker-1', from, modality: 'webcam' })
  await until(async () => (await said(redis, 'jobseeker-1')).length === 1)
  await anne.appointments.move(id, { from: from + hour, reason: 'a course' })
  await until(async () => (await said(redis, 'jobseeker-1')).length === 2)
  await anne.appointments.cancel(id, 'ill')
  await until(async () => (await said(redis, 'jobseeker-1')).length === 3)
  const person = { id: 'advisor-anne', name: 'Anne Kermarrec' }
  t.same(await said(redis, 'jobseeker-1'), [
    { code: 'appointmentMade', person, from },
    { code: 'appointmentChanged', person, from: from + hour },
    { code: 'appointmentCancelled', person, from: from + hour },
  ])
})
