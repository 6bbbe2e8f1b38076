/** Whole nodes: whoever could answer and their supervisors hear in time that a jobseeker waits, and each of them once. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { type AnswerDue, connect, type DataOf, type Visavis } from '../../client/index.ts'
import { Channels } from '../../src/chat/channels.ts'
import { Notices } from '../../src/notices/notices.ts'
import { shardKeys } from '../../src/store/events.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
const region = 'bretagne'
const hour = 60 * 60 * 1_000

const start = (t: Test, redis: TestRedis) => testNode(t, { REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken })
/** Somebody writes as many hours ago. */
const ago = (redis: TestRedis, hours: number, person: string, channel = person) =>
  new Channels({ clients: [redis.client], now: () => Date.now() - hours * hour }).publish(channel, {
    ...{ from: person, key: randomUUID(), text: 'bonjour' },
  })
const rest = async (node: TestNode, path: string, body: object) => {
  const response = await fetch(`${node.url}/api/regions/${region}/${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(await response.text())
}
const people = async (node: TestNode, all: Readonly<Record<string, object>>) => {
  for (const [id, person] of Object.entries(all)) await rest(node, `people/${id}`, { name: id, ...person })
}
const raw = async (node: TestNode, person: string) => rawClient(node.url, await node.token(person))
const alertsOf = ({ events }: RawClient, channel: string) =>
  events.flatMap(({ event, data }) => {
    const alert = data as AnswerDue
    return event === 'chat.answerDue' && alert.channel === channel ? [alert] : []
  })
const signIn = async (t: Test, node: TestNode, person: string): Promise<Visavis> => {
  const visavis = connect({ url: node.url, token: () => node.token(person) })
  t.teardown(() => visavis.close())
  await visavis.opened
  return visavis
}
const metric = async ({ url }: TestNode, name: string) =>
  Number(new RegExp(`${name}\\{[^}]*\\} (\\d+)`).exec(await (await fetch(`${url}/metrics`)).text())?.[1])

t.test(
  'of two nodes one tells each of them once, and again when the time has run out, and that it is over',
  async (t) => {
    await using redis = await testRedis(t)
    await using node = await start(t, redis)
    await using other = await start(t, redis)
    const notices = new Notices({ client: redis.client, retentionMs: 24 * hour, patienceMs: 24 * hour })
    const answerNotices = async (person: string) =>
      (await notices.of(region, person)).filter(({ kind }) => kind === 'answerDue').map(({ state }) => state)
    await using anne = await raw(node, 'advisor-anne')
    await using claire = await raw(other, 'supervisor-claire')
    await using bruno = await raw(node, 'advisor-bruno')

    await ago(redis, 50, 'jobseeker-1')
    const told = await eventOf<AnswerDue>(claire, 'chat.answerDue')
    await eventOf<AnswerDue>(anne, 'chat.answerDue')
    t.match(told, {
      channel: 'jobseeker-1',
      jobseeker: { name: 'Jeanne Martin' },
      answerers: [{ id: 'advisor-anne' }],
      dueAt: told.waitingSince + 72 * hour,
      overdue: false,
    })
    t.match(await claire.result('chat.due', {}), { due: [told], more: false })
    await until(async () => (await answerNotices('supervisor-claire')).length === 1)
    t.same(await answerNotices('advisor-anne'), ['waiting'])
    await until(async () => (await metric(node, 'visavis_chat_answers_due')) === 1, { timeoutMs: 20_000, everyMs: 250 })

    await ago(redis, 73, 'jobseeker-2')
    await eventOf<AnswerDue>(claire, 'chat.answerDue', ({ channel, overdue }) => channel === 'jobseeker-2' && overdue)
    await until(async () => (await metric(other, 'visavis_chat_answers_overdue')) === 1, {
      timeoutMs: 20_000,
      everyMs: 250,
    })
    const { due } = (await claire.result('chat.due', {})) as { due: AnswerDue[] }
    t.same(
      due.map(({ channel }) => channel),
      ['jobseeker-2', 'jobseeker-1'],
      'the one due first at the beginning',
    )
    t.equal(alertsOf(claire, 'jobseeker-1').length, 1)
    t.equal(alertsOf(anne, 'jobseeker-1').length, 1)
    t.same(alertsOf(bruno, 'jobseeker-1'), [], 'nobody’s business')
    await t.rejects(anne.result('chat.due', {}), { code: 'FORBIDDEN' })

    await anne.result('chat.publish', { channel: 'jobseeker-1', key: randomUUID(), text: 'oui' })
    await eventOf<DataOf<'chat.answerDueEnded'>>(
      claire,
      'chat.answerDueEnded',
      ({ channel }) => channel === 'jobseeker-1',
    )
    await anne.result('chat.settle', { channel: 'jobseeker-2', offset: 1 })
    await eventOf<DataOf<'chat.answerDueEnded'>>(
      anne,
      'chat.answerDueEnded',
      ({ channel }) => channel === 'jobseeker-2',
    )
    t.same(await claire.result('chat.due', {}), { due: [], more: false })
    await until(async () => (await answerNotices('supervisor-claire')).every((state) => state === 'withdrawn'))
    t.same(await answerNotices('advisor-anne'), ['withdrawn', 'withdrawn'])
  },
)

t.test('what no node was there for is told after a restart, and what was told is not told again', async (t) => {
  await using redis = await testRedis(t)
  {
    await using node = await start(t, redis)
    const claire = await signIn(t, node, 'supervisor-claire')
    const heard = new Promise<void>((resolve) => claire.on('chat.answerDue', () => resolve()))
    await ago(redis, 50, 'jobseeker-1')
    await heard
    claire.close()
  }
  await ago(redis, 60, 'jobseeker-4')
  await using node = await start(t, redis)
  const claire = await signIn(t, node, 'supervisor-claire')
  claire.answers.refresh()
  await until(() => claire.answers.due.length === 2, { what: 'both in the list' })
  t.same(
    claire.answers.due.map(({ channel }) => channel),
    ['jobseeker-4', 'jobseeker-1'],
  )
  const feed = await redis.client.hget(shardKeys(region).feeds, 'supervisor-claire')
  t.equal(feed, '2', 'two events, for whoever is there or resumes')
  const bruno = await signIn(t, node, 'advisor-bruno')
  await bruno.chat.channel('jobseeker-4').send('oui')
  await until(() => claire.answers.due.length === 1, { what: 'the answer' })
})

t.test('a jobseeker whom nobody can answer writes all the same, and supervisors hear of it at once', async (t) => {
  await using redis = await testRedis(t)
  await using node = await start(t, redis)
  await people(node, {
    'supervisor-region': { role: 'supervisor' },
    'supervisor-brest': { role: 'supervisor', team: 'brest' },
    'advisor-gone': { role: 'advisor', team: 'brest' },
    alone: { role: 'jobseeker' },
    left: { role: 'jobseeker', advisor: 'advisor-gone' },
  })
  await using whole = await raw(node, 'supervisor-region')
  await using brest = await raw(node, 'supervisor-brest')
  await using rennes = await raw(node, 'supervisor-claire')
  await using alone = await raw(node, 'alone')
  t.match(await alone.result('enrolment.advisor', {}), { covers: [], answered: false })
  t.match(await alone.result('chat.publish', { channel: 'alone', key: randomUUID(), text: 'bonjour' }), { offset: 1 })
  t.match(await eventOf<AnswerDue>(whole, 'chat.answerDue'), { channel: 'alone', answerers: [], overdue: false })

  const sdk = await signIn(t, node, 'alone')
  t.match(await sdk.enrolment.advisor(), { answered: false })
  const own = sdk.chat.channel('alone')
  await own.send('encore')
  await until(() => own.messages.length === 2, { what: 'the own page of it' })

  await using left = await raw(node, 'left')
  await left.result('chat.publish', { channel: 'left', key: randomUUID(), text: 'bonjour' })
  await rest(node, 'people/advisor-gone', { role: 'advisor', name: 'G', team: 'brest', disabled: true })
  const told = await eventOf<AnswerDue>(brest, 'chat.answerDue', ({ channel }) => channel === 'left')
  t.same(told.answerers, [])
  t.same(await rennes.result('chat.due', {}), { due: [], more: false }, 'not theirs')
  t.match(await whole.result('chat.due', {}), { due: [{ channel: 'alone' }, { channel: 'left' }] })
  await left.result('chat.publish', { channel: 'left', key: randomUUID(), text: 'encore' })

  const now = Date.now()
  const cover = { advisor: 'advisor-gone', cover: 'advisor-anne', from: now - 1_000, until: now + hour }
  await rest(node, 'covers/cover-1', cover)
  await eventOf<DataOf<'chat.answerDueEnded'>>(brest, 'chat.answerDueEnded', ({ channel }) => channel === 'left')
  await using anne = await raw(node, 'advisor-anne')
  t.match(await anne.result('chat.history', { channel: 'left' }), {
    messages: [{ text: 'bonjour' }, { text: 'encore' }],
  })
  await rest(node, 'people/alone', { role: 'jobseeker', name: 'alone', advisor: 'advisor-anne' })
  await eventOf<DataOf<'chat.answerDueEnded'>>(whole, 'chat.answerDueEnded', ({ channel }) => channel === 'alone')
  t.same(await whole.result('chat.due', {}), { due: [], more: false })
  t.match(await alone.result('enrolment.advisor', {}), { answered: true })
})

t.test('where no supervisor’s jobseeker it is, all of the region hear of it', async (t) => {
  await using redis = await testRedis(t)
  await using node = await start(t, redis)
  await people(node, { orphan: { role: 'jobseeker' } })
  await using claire = await raw(node, 'supervisor-claire')
  await ago(redis, 0.1, 'orphan')
  t.match(await eventOf<AnswerDue>(claire, 'chat.answerDue'), { channel: 'orphan', answerers: [] })
  t.match(await claire.result('chat.due', {}), { due: [{ channel: 'orphan' }] })
})

t.test('who comes back to a page sees since when somebody waits, as it is now', async (t) => {
  await using redis = await testRedis(t)
  await using node = await start(t, redis)
  const anne = await signIn(t, node, 'advisor-anne')
  const jeanne = await signIn(t, node, 'jobseeker-1')
  const waiting = ({ chat }: Visavis) => chat.channels.find(({ channel }) => channel === 'jobseeker-1')?.waitingSince
  await jeanne.chat.channel('jobseeker-1').send('merci')
  await until(() => waiting(anne) !== undefined && waiting(jeanne) === waiting(anne), { what: 'both to see the clock' })
  await anne.chat.channel('jobseeker-1').settle(1)
  await until(() => waiting(anne) === undefined && waiting(jeanne) === undefined, { what: 'both to see it stopped' })
  const channels = new Channels({ clients: [redis.client] })
  const { at } = await channels.publish('jobseeker-1', { from: 'jobseeker-1', key: randomUUID(), text: 'encore' })
  await until(() => waiting(anne) === at)
  await channels.remove('jobseeker-1', { who: 'jobseeker-1', key: randomUUID(), offset: 2 })
  await until(() => waiting(anne) === undefined, { what: 'the deletion' })
})
