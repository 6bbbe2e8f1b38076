/** "Call me back" on a real node: what each role may do, and what reaches whom. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import type { Callback } from '../../src/protocol/index.ts'
import { shardKeys, textOf } from '../../src/store/events.ts'
import { key } from '../../src/store/key.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'

const agencyToken = 'a-secret-of-the-agency-for-these-tests'
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_CALLBACK_LEASE_MS: '60000' })

async function enter(person: string): Promise<Visavis & Disposable> {
  const visavis = connect({ url: node.url, token: () => node.token(person) })
  await visavis.opened
  return Object.assign(visavis, { [Symbol.dispose]: () => visavis.close() })
}
const rest = async (method: string, path: string, body?: unknown, token = agencyToken) => {
  const response = await fetch(`${node.url}/api/regions/bretagne/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
/** Settings are seen by a node within two seconds; a change through it at once. */
const settings = (changes: object) => rest('PATCH', 'callback-settings', changes)
const offerOf = async (advisor: Visavis, id: string) => {
  await until(() => advisor.callbacks.offerOf(id) !== undefined, { what: 'an offer' })
  return id
}
const ask = (jobseeker: Visavis, more: object = {}) =>
  jobseeker.callbacks.request({ medium: 'phone', phone: '06 12 34 56 78', reason: 'Ma formation', ...more })
const find = (visavis: Visavis, id: string) => visavis.callbacks.list.find((callback) => callback.id === id)

t.test('from options to disposition, over the SDK, each side told live', async (t) => {
  using jeanne = await enter('jobseeker-1')
  using anne = await enter('advisor-anne')
  const options = await jeanne.callbacks.options()
  t.ok(options.open && options.windows.length > 0 && options.topics.length > 1)

  const { id } = await ask(jeanne, { topic: options.topics[1] })
  await offerOf(anne, id)
  const accepted = await anne.callbacks.accept(id)
  t.same(accepted.call, { link: 'tel:0612345678' })
  await until(() => find(jeanne, id)?.holder?.name === 'Anne Kermarrec', { what: 'who calls' })
  await anne.callbacks.attempt(id, { outcome: 'reached' })
  await anne.callbacks.complete(id, { disposition: 'follow-up', note: 'for colleagues', followUp: true })
  await until(() => find(jeanne, id)?.state === 'done')
  t.match(find(jeanne, id), {
    attempts: [{ outcome: 'reached', by: 'advisor-anne', name: 'Anne Kermarrec' }],
    followUp: true,
  })
  const history = await jeanne.callbacks.history(id)
  t.equal(history.length, 5)
  t.notOk(JSON.stringify(history).includes('for colleagues'), 'notes are not theirs to see')
  t.match((await anne.callbacks.history(id)).at(-1), { note: 'for colleagues' })
})

t.test('a request and its offer are written together: an advisor who is ready waits for the disk once', async (t) => {
  using jeanne = await enter('jobseeker-1')
  using anne = await enter('advisor-anne')
  const client = connectRedis(join(node.dataDir, 'redis', 'redis.sock'))
  t.teardown(() => client.disconnect())
  const { log } = shardKeys('bretagne')
  // A node reads the hours of an advisor now and then; what is asked for meanwhile is offered a moment later.
  await until(
    async () => {
      const { id } = await ask(jeanne)
      await offerOf(anne, id)
      await anne.callbacks.accept(id)
      await anne.callbacks.complete(id, { disposition: 'answered' })
      await until(() => find(jeanne, id)?.state === 'done')
      const entries = (await client.xrange(log, '-', '+')).map(([, fields]) => textOf(fields))
      const first = entries.find((entry) => entry.includes(id)) ?? ''
      return first.includes('"state":"waiting"') && first.includes('callback.offered')
    },
    { what: 'a request and its offer in one entry of the log' },
  )
})

t.test('a jobseeker sees the place and may put it off, correct the number, and withdraw', async (t) => {
  using jeanne = await enter('jobseeker-1')
  using anne = await enter('advisor-anne')
  await anne.callbacks.setDesk('busy')
  await until(() => anne.callbacks.desk?.state === 'busy')
  const { id } = await ask(jeanne)
  t.match(await jeanne.callbacks.place(id), { state: 'waiting', step: 'own', ahead: 0 })
  const [window] = (await jeanne.callbacks.options()).windows
  t.match(await jeanne.callbacks.reschedule(id, window === undefined ? {} : { window }), { state: 'scheduled', window })
  t.match(await jeanne.callbacks.reschedule(id, { phone: '07 00 00 00 00' }), {
    state: 'waiting',
    phone: '07 00 00 00 00',
  })
  await jeanne.callbacks.cancel(id)
  await until(() => find(anne, id) === undefined || find(anne, id)?.state === 'cancelled')
  await anne.callbacks.setDesk('ready')
})

t.test('a decline goes to the next advisor, who sees it only while they hold it', async (t) => {
  await settings({ ownWaitMs: 0, coverWaitMs: 0, teamWaitMs: 0 })
  using jeanne = await enter('jobseeker-1')
  using anne = await enter('advisor-anne')
  await anne.callbacks.setDesk('ready')
  const { id } = await ask(jeanne)
  await offerOf(anne, id)
  using bruno = await enter('advisor-bruno')
  await anne.callbacks.decline(id, 'busy')
  await offerOf(bruno, id)
  t.equal(anne.callbacks.offerOf(id), undefined)
  await until(() => find(anne, id)?.holder?.id === 'advisor-bruno', { what: 'who has it' })
  await t.rejects(anne.call('callback.accept', { callback: id, token: 1 }), { code: 'GONE' })
  await bruno.callbacks.accept(id)
  await bruno.callbacks.complete(id, { disposition: 'answered' })
  await until(() => find(bruno, id) === undefined)
  await until(() => find(anne, id)?.state === 'done')
})

t.test('a request goes by the record, also while the session of who asks knows an older one', async (t) => {
  using jeanne = await enter('jobseeker-1')
  const redis = connectRedis(join(node.dataDir, 'redis', 'redis.sock'))
  t.teardown(() => redis.disconnect())
  const people = key('enrolment', 'bretagne', 'people')
  const record = (await redis.hget(people, 'jobseeker-1')) ?? ''
  const isOf = (change: object) =>
    redis.hset(people, 'jobseeker-1', JSON.stringify({ ...JSON.parse(record), ...change }))

  // Nobody is told of it: the session cannot know.
  await isOf({ advisor: 'advisor-bruno' })
  const { id } = await ask(jeanne)
  await until(() => find(jeanne, id)?.advisor === 'advisor-bruno', { what: 'a request of the advisor on record' })
  await jeanne.callbacks.cancel(id)
  await isOf({ advisor: undefined })
  await t.rejects(ask(jeanne, { key: 'in-vain-0001' }), { code: 'CONFLICT' })
  await isOf({})
  t.same(
    jeanne.callbacks.list.filter(({ state }) => state !== 'cancelled' && state !== 'done'),
    [],
    'what was refused is not in line',
  )
})

t.test('an in-app callback opens the room of the jobseeker to whoever calls, for as long as it lasts', async (t) => {
  await settings({ ownWaitMs: 0, coverWaitMs: 0, teamWaitMs: 0 })
  using jeanne = await enter('jobseeker-1')
  using bruno = await enter('advisor-bruno')
  await t.rejects(bruno.call('room.join', { room: 'jobseeker-1' }), { code: 'FORBIDDEN' })
  const { id } = await ask(jeanne, { medium: 'audio' })
  await offerOf(bruno, id)
  await t.rejects(bruno.call('room.join', { room: 'jobseeker-1' }), { code: 'FORBIDDEN' }, 'not while it is offered')
  const accepted = await bruno.callbacks.accept(id)
  t.same(accepted.call, { room: 'jobseeker-1' })
  await bruno.call('room.join', { room: 'jobseeker-1' })
  const closed = new Promise<unknown>((resolve) => bruno.on('room.closed', resolve))
  await bruno.callbacks.complete(id, { disposition: 'answered' })
  t.match(await closed, { room: 'jobseeker-1', reason: 'access-ended' })
  await t.rejects(bruno.call('room.join', { room: 'jobseeker-1' }), { code: 'FORBIDDEN' })
})

t.test('a team that picks: of two who pick the same, one has it', async (t) => {
  await settings({ ownWaitMs: 0, coverWaitMs: 0, teamWaitMs: 0 })
  t.equal((await rest('PATCH', 'teams/rennes/callback-settings', { mode: 'pick' })).status, 200)
  using jeanne = await enter('jobseeker-1')
  using anne = await enter('advisor-anne')
  using bruno = await enter('advisor-bruno')
  const { id } = await ask(jeanne)
  t.same(
    (await bruno.callbacks.choices()).map((callback) => callback.id),
    [id],
  )
  const picks = await Promise.allSettled([anne, bruno].map((advisor) => advisor.callbacks.pick(id)))
  t.same(picks.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  const winner = picks[0]?.status === 'fulfilled' ? anne : bruno
  await winner.callbacks.attempt(id, { outcome: 'no-answer' })
  await until(() => find(jeanne, id)?.state === 'scheduled')
  await jeanne.callbacks.cancel(id)
  await rest('PATCH', 'teams/rennes/callback-settings', { mode: 'auto' })
})

t.test(
  'a supervisor sees the board live, raises, gives to another, and pauses; each is their own team’s',
  async (t) => {
    await settings({ ownWaitMs: 600_000 })
    using claire = await enter('supervisor-claire')
    using jeanne = await enter('jobseeker-1')
    await until(() => claire.callbackBoard.board !== undefined, { what: 'the board' })
    const { id } = await ask(jeanne)
    const rennes = () => claire.callbackBoard.board?.teams.find(({ team }) => team === 'rennes')
    await until(() => (rennes()?.waiting ?? 0) === 1, { what: 'the board to show it' })
    t.same(
      (await claire.callbackBoard.waiting('rennes')).map((callback) => callback.id),
      [id],
    )
    await t.rejects(claire.callbackBoard.waiting('brest'), { code: 'FORBIDDEN' })
    t.match(await claire.callbackBoard.raise(id, 2, 'urgent'), { priority: 2 })
    await claire.callbackBoard.pause('rennes', 'Réunion jusqu’à 10 h')
    await until(() => rennes()?.paused === 'Réunion jusqu’à 10 h')
    t.match(await jeanne.callbacks.place(id), { paused: 'Réunion jusqu’à 10 h' })
    await t.rejects(claire.callbackBoard.pause(undefined, 'the whole region'), { code: 'FORBIDDEN' })
    using bruno = await enter('advisor-bruno')
    await claire.callbackBoard.reassign(id, 'advisor-bruno', 'Anne is ill')
    t.equal(bruno.callbacks.offerOf(id), undefined, 'while it is paused')
    await claire.callbackBoard.resume('rennes')
    await offerOf(bruno, id)
    await jeanne.callbacks.cancel(id)
    await t.rejects(claire.callbackBoard.reassign(id, 'jobseeker-2', 'no advisor'), { code: 'NOT_FOUND' })
  },
)

t.test('strangers find nothing, whatever they try', async (t) => {
  using jeanne = await enter('jobseeker-1')
  const { id } = await ask(jeanne, { topic: 'benefits' })
  using karim = await enter('jobseeker-2')
  const tries: (() => Promise<unknown>)[] = [
    () => karim.callbacks.place(id),
    () => karim.callbacks.history(id),
    () => karim.callbacks.cancel(id),
    () => karim.callbacks.reschedule(id),
    () => karim.callbacks.place(randomUUID()),
  ]
  for (const work of tries) await t.rejects(work(), { code: 'NOT_FOUND' })
  await t.rejects(karim.call('callback.board', {}), { code: 'FORBIDDEN' })
  await t.rejects(karim.callbacks.request({ medium: 'phone', reason: 'r' }), { code: 'BAD_REQUEST' })
  await jeanne.callbacks.cancel(id)
})

t.test('the agency sets how a region answers, refused when it breaks its own promise', async (t) => {
  const { body } = await rest('GET', 'callback-settings')
  t.ok(Array.isArray(body.topics))
  const refused = await rest('PATCH', 'callback-settings', { maxWaitMs: 60_000 })
  t.equal(refused.status, 400)
  t.match(refused.body, { error: { code: 'BAD_REQUEST' } })
  const abilities = { topics: ['training'], hours: { monday: ['09:00-12:00'] } }
  t.same((await rest('PUT', 'people/advisor-bruno/callback-abilities', abilities)).body, abilities)
  t.same((await rest('GET', 'people/advisor-bruno/callback-abilities')).body, abilities)
  t.same((await rest('PUT', 'people/advisor-bruno/callback-abilities', {})).body, {})
  t.equal((await rest('PUT', 'people/jobseeker-1/callback-abilities', {})).status, 404)
  const claire = await node.token('supervisor-claire')
  t.equal((await rest('PATCH', 'callback-settings', { attempts: 2 }, claire)).status, 403)
  t.equal((await rest('PATCH', 'teams/rennes/callback-settings', { wrapUpMs: 0 }, claire)).status, 200)
  t.equal((await rest('PATCH', 'teams/brest/callback-settings', { limit: 2 }, claire)).status, 403)
})

t.test('advisors set their own hours, and windows keep to them', async (t) => {
  using jeanne = await enter('jobseeker-1')
  using anne = await enter('advisor-anne')
  await until(() => anne.callbacks.mode === 'auto', { what: 'the mode of the team' })
  const before = (await jeanne.callbacks.options()).windows.length
  const { timeZone } = await anne.callbacks.hours()
  const own = { hours: { monday: ['09:00-11:00'] }, timeZone }
  t.same(await anne.callbacks.setHours(own.hours), own)
  t.same(await anne.callbacks.hours(), own)
  const { windows } = await jeanne.callbacks.options()
  t.ok(windows.length > 0 && windows.length < before)
  t.ok(
    windows.every(
      ({ from }) => Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone).dayOfWeek === 1,
    ),
  )
  const overlapping = { monday: ['09:00-11:00', '10:00-12:00'] }
  await t.rejects(anne.callbacks.setHours(overlapping), { code: 'BAD_REQUEST' })
  await t.rejects(jeanne.call('callback.setHours', {}), { code: 'FORBIDDEN' })
  t.same(await anne.callbacks.setHours(undefined), { timeZone })
  t.equal((await jeanne.callbacks.options()).windows.length, before)
})

t.test('what happens during an interruption is there after it', async (t) => {
  using jeanne = await enter('jobseeker-1')
  const states: Callback['state'][] = []
  jeanne.on('callback.changed', ({ callback }) => states.push(callback.state))
  const { id } = await ask(jeanne, { topic: 'training' })
  using again = await enter('jobseeker-1')
  t.equal(find(again, id)?.id, id, 'the session’s answer has it')
  await again.callbacks.cancel(id)
  await until(() => states.includes('cancelled'))
})
