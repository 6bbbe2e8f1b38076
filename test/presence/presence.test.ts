import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import t from 'tap'
import { beatsKey, presenceKeys } from '../../src/presence/keys.ts'
import { Presence } from '../../src/presence/presence.ts'
import { watchPresence } from '../../src/presence/watch.ts'
import { parseEntry } from '../../src/store/events.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const redis = await testRedis(t, { cluster: true })
const log = pino({ level: 'silent' })
/** Longer than a busy machine takes between two steps of a test: what is to happen within it must. */
const graceMs = 1_500
const on = (node: string, maxSessionsPerPerson = 3) =>
  new Presence({ client: redis.client, node, graceMs, maxSessionsPerPerson })
let regions = 0
const newRegion = () => `region-${++regions}`
const stateOf = async (region: string, person = 'anne') => (await on('any').of(region, [person]))[0]?.state
/** What was told to those who follow her. */
async function told(region: string): Promise<string[]> {
  const entries = await redis.client.xrange(presenceKeys(region).log, '-', '+')
  return entries
    .map(([, [, entry]]) => parseEntry(entry ?? ''))
    .filter(({ topic }) => topic === 'presence:anne')
    .map(({ text }) => (JSON.parse(text) as { data: { state: string } }).data.state)
}
const anne = (region: string) => ({ region, person: 'anne' })

t.test('somebody never seen is offline, without a time', async (t) => {
  t.same(await on('n1').of(newRegion(), ['anne', 'bruno']), [
    { person: 'anne', state: 'offline' },
    { person: 'bruno', state: 'offline' },
  ])
  t.same(await on('n1').of(newRegion(), []), [])
})

t.test('a session is taken up by its id, by another connection or on another node, and by nobody else', async (t) => {
  const region = newRegion()
  const first = await on('n1').attach(anne(region), 'c1', undefined)
  t.match(first, { resumed: false, heldBy: undefined })
  await on('n1').detach(anne(region), { session: first.session, connection: 'c1', ended: false })
  const second = await on('n2').attach(anne(region), 'c2', first.session)
  t.match(second, { session: first.session, resumed: true, heldBy: undefined })
  const third = await on('n3').attach(anne(region), 'c3', first.session)
  t.match(third, { resumed: true, heldBy: 'n2' }, 'the node that still believed to hold it is named')
  const stranger = await on('n1').attach({ region, person: 'bruno' }, 'c4', first.session)
  t.equal(stranger.resumed, false)
  t.not(stranger.session, first.session)
})

t.test('a short drop is not told to anybody; a long one is, with when she was last seen', async (t) => {
  const region = newRegion()
  const node = on('n1')
  const { session } = await node.attach(anne(region), 'c1', undefined)
  await node.detach(anne(region), { session, connection: 'c1', ended: false })
  t.equal(await stateOf(region), 'online', 'within the grace')
  await node.attach(anne(region), 'c2', session)
  await delay(2 * graceMs)
  t.equal(await node.expire(region), 0)
  t.same(await told(region), ['online'])
  const before = Date.now()
  await node.detach(anne(region), { session, connection: 'c2', ended: false })
  const after = Date.now()
  await until(async () => (await node.expire(region)) > 0, { what: 'the end of the grace' })
  const [shown] = await node.of(region, ['anne'])
  t.equal(shown?.state, 'offline')
  const { lastSeenAt = 0 } = shown ?? {}
  t.ok(lastSeenAt >= before && lastSeenAt <= after, 'last seen when the connection was lost, not when the grace ended')
  t.same(await told(region), ['online', 'offline'])
})

t.test('the close of an old connection does not end the session that a new one has taken up', async (t) => {
  const region = newRegion()
  const node = on('n1')
  const { session } = await node.attach(anne(region), 'c1', undefined)
  await node.attach(anne(region), 'c2', session)
  await node.detach(anne(region), { session, connection: 'c1', ended: true })
  await delay(2 * graceMs)
  await node.expire(region)
  t.equal(await stateOf(region), 'online')
})

t.test('with several devices: online while one is looked at, away while none is, offline without any', async (t) => {
  const region = newRegion()
  const [phone, desk] = [
    await on('n1').attach(anne(region), 'c1', undefined),
    await on('n2').attach(anne(region), 'c2', undefined),
  ]
  const node = on('n1')
  await node.setAway(anne(region), phone.session, true)
  t.equal(await stateOf(region), 'online')
  await node.setAway(anne(region), desk.session, true)
  t.equal(await stateOf(region), 'away')
  await node.setAway(anne(region), phone.session, false)
  t.equal(await stateOf(region), 'online')
  await node.detach(anne(region), { session: phone.session, connection: 'c1', ended: true })
  t.equal(await stateOf(region), 'away', 'who leaves on purpose is not waited for')
  await on('n2').detach(anne(region), { session: desk.session, connection: 'c2', ended: true })
  t.equal(await stateOf(region), 'offline')
  t.same(await told(region), ['online', 'away', 'online', 'away', 'offline'])
})

t.test('a device too many is refused, but one that is gone makes room', async (t) => {
  const region = newRegion()
  const node = on('n1', 2)
  const first = await node.attach(anne(region), 'c1', undefined)
  await node.attach(anne(region), 'c2', undefined)
  await t.rejects(node.attach(anne(region), 'c3', undefined), {
    code: 'RATE_LIMITED',
    retryAfterMs: graceMs,
    details: { limit: 'sessionsPerPerson', most: 2 },
  })
  t.equal((await node.attach(anne(region), 'c4', first.session)).resumed, true, 'a known one may always come back')
  await node.detach(anne(region), { session: first.session, connection: 'c4', ended: false })
  const third = await node.attach(anne(region), 'c3', undefined)
  t.equal(third.resumed, false)
  t.equal(
    (await node.attach({ region, person: 'bruno' }, 'c5', undefined)).resumed,
    false,
    'others have their own count',
  )
})

t.test('the sessions of a node that was silent lose their connections, and may be taken up elsewhere', async (t) => {
  const region = newRegion()
  const [dead, alive] = [on('dead'), on('alive')]
  const [anne1, bruno] = [anne(region), { region, person: 'bruno' }]
  const { session } = await dead.attach(anne1, 'c1', undefined)
  await dead.attach(bruno, 'c2', undefined)
  await dead.beat(10_000)
  const givenUp: string[] = []
  const watch = (presence: Presence) =>
    watchPresence({
      presence,
      regions: [region],
      onGivenUp: () => givenUp.push(presence.node),
      log,
      everyMs: 20,
      silenceMs: 1_000,
    })
  await using _ = watch(alive)
  await until(async () => (await redis.client.zcard(presenceKeys(region).places)) === 0, { what: 'the burial' })
  t.equal((await alive.attach(anne1, 'c3', session)).resumed, true)
  await until(async () => (await stateOf(region, 'bruno')) === 'offline', { what: 'the end of the other grace' })
  t.equal(await stateOf(region), 'online')
  t.same(givenUp, [])
  await using __ = watch(dead)
  await until(async () => (await redis.client.zscore(beatsKey, 'dead')) !== null, { what: 'its first beat' })
  await dead.bury('dead', [region])
  await until(() => givenUp.length > 0, { what: 'the node that was given up to notice' })
  t.same(givenUp, ['dead'])
})
