/** Lobbies over the SDK, with the two sides on two nodes: who waits, who admits, who comes by an invitation. */
import t from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const redis = await testRedis(t)
const settings = {
  REDIS_URL: redis.url,
  VISAVIS_JWT_SECRET: 'the secret of this test, for all its nodes',
  VISAVIS_LOBBIES: 'kept',
  VISAVIS_PRESENCE_GRACE_MS: '300',
  VISAVIS_SESSIONS_PER_PERSON: '20',
}
const one = await testNode(t, { ...settings, VISAVIS_NODE_NAME: 'one' })
const two = await testNode(t, { ...settings, VISAVIS_NODE_NAME: 'two' })

type Entered = Visavis & Disposable
const closing = (visavis: Visavis): Entered => Object.assign(visavis, { [Symbol.dispose]: () => visavis.close() })
async function enter(person: string, { url } = one): Promise<Entered> {
  const visavis = connect({ url, token: () => one.token(person) })
  await visavis.opened
  return closing(visavis)
}
async function comeBy(token: string): Promise<Entered> {
  const visavis = connect({ url: one.url, token: () => token })
  await visavis.opened
  return closing(visavis)
}
const inAnHour = () => Date.now() + 3_600_000
const notAdmitted = { code: 'FORBIDDEN', details: { reason: 'not-admitted' } }

t.test('a jobseeker is announced by arriving, sees advisor and place, and is let in by the advisor', async (t) => {
  using jeanne = await enter('jobseeker-1')
  using paul = await enter('jobseeker-2')
  const first = jeanne.lobby.enter('jobseeker-1')
  await until(() => first.visit?.place === 1, { what: 'a place' })
  t.match(first.visit, { state: 'waiting', advisor: 'absent' })
  const second = paul.lobby.enter('jobseeker-2')
  await until(() => second.visit?.place === 2, { what: 'the second place' })
  await t.rejects(jeanne.call('room.join', { room: 'jobseeker-1' }), notAdmitted)

  using anne = await enter('advisor-anne', two)
  await anne.lobby.watch()
  t.match(anne.lobby.waiting, [
    { person: 'jobseeker-1', name: 'Jeanne Martin', state: 'waiting', here: true },
    { person: 'jobseeker-2', state: 'waiting', here: true },
  ])
  await until(() => first.visit?.advisor === 'here' && second.visit?.advisor === 'here', { what: 'the advisor' })
  const [next] = anne.lobby.waiting
  if (next === undefined) throw new Error('nobody waits')
  await anne.lobby.admit(next)
  await first.admitted
  await jeanne.call('room.join', { room: 'jobseeker-1' })
  await until(() => second.visit?.place === 1, { what: 'to move up' })
  await anne.call('room.join', { room: 'jobseeker-1' })
  await until(() => second.visit?.advisor === 'in-talk', { what: 'the advisor to be in another talk' })
  t.equal(first.visit?.advisor, 'here', 'which is not another one for whoever is in it')
  await until(() => anne.lobby.waiting[0]?.state === 'admitted')

  await anne.call('room.leave', { room: 'jobseeker-1' })
  await until(() => second.visit?.advisor === 'here')
  await jeanne.call('room.leave', { room: 'jobseeker-1' })
  await t.rejects(jeanne.call('room.join', { room: 'jobseeker-1' }), notAdmitted, 'whoever comes again waits again')
  second.leave()
  await until(() => anne.lobby.waiting.length === 0)
  first.leave()
})

t.test('after a drop, longer than a session lives and on another node, the place is the same', async (t) => {
  using anne = await enter('advisor-anne', two)
  await anne.lobby.watch()
  const before = await enter('jobseeker-1')
  const first = before.lobby.enter('jobseeker-1')
  await until(() => first.visit?.place === 1)
  using paul = await enter('jobseeker-2')
  const second = paul.lobby.enter('jobseeker-2')
  await until(() => second.visit?.place === 2)
  before.close()
  await until(() => anne.lobby.waiting[0]?.here === false, { what: 'the advisor to see that they are cut off' })
  t.equal(second.visit?.place, 2, 'nobody overtakes them')
  using back = await enter('jobseeker-1', two)
  const again = back.lobby.enter('jobseeker-1')
  await until(() => again.visit !== undefined)
  t.match(again.visit, { place: 1, arrivedAt: first.visit?.arrivedAt })
  await until(() => anne.lobby.waiting[0]?.here === true)
  again.leave()
  second.leave()
  await until(() => anne.lobby.waiting.length === 0)
})

t.test('a third person comes by an invitation: into this one room, once admitted, until sent out', async (t) => {
  using anne = await enter('advisor-anne', two)
  await anne.lobby.watch()
  const { token } = await anne.lobby.invite({ room: 'jobseeker-1', name: 'Interprète', expiresAt: inAnHour() })
  using guest = await comeBy(token)
  t.match(await guest.opened, { identity: { role: 'guest', name: 'Interprète', region: 'bretagne' } })
  await t.rejects(guest.call('lobby.enter', { room: 'jobseeker-2' }), { code: 'FORBIDDEN' })
  await t.rejects(guest.call('room.join', { room: 'jobseeker-1' }), notAdmitted)
  const forbidden: Promise<unknown>[] = [
    guest.call('chat.history', { channel: 'jobseeker-1' }),
    guest.call('lobby.invite', { room: 'jobseeker-1', name: 'x', key: 'key-0000001', expiresAt: inAnHour() }),
    guest.call('room.active', {}),
  ]
  for (const refused of forbidden) await t.rejects(refused, { code: 'FORBIDDEN' })

  const wait = guest.lobby.enter('jobseeker-1')
  const [visit] = await until(() => anne.lobby.waiting.length > 0 && anne.lobby.waiting)
  t.match(visit, { room: 'jobseeker-1', name: 'Interprète', role: 'guest', here: true })
  t.equal(wait.visit?.place, undefined)
  if (visit !== undefined) await anne.lobby.admit(visit)
  await wait.admitted
  // The room is where the advisor is: both on the second node in this test.
  using there = closing(connect({ url: two.url, token: () => token }))
  await there.opened
  await anne.call('room.join', { room: 'jobseeker-1' })
  const { participant } = await there.call('room.join', { room: 'jobseeker-1' })
  await t.rejects(there.call('room.join', { room: 'jobseeker-2' }), { code: 'FORBIDDEN' })
  await anne.lobby.remove('jobseeker-1', participant)
  await until(() => guest.state === 'closed' && there.state === 'closed', { what: 'the end on both nodes' })
  t.match(there.failure, { code: 'FORBIDDEN' })
  const late = connect({ url: one.url, token: () => token })
  await t.rejects(late.opened, { code: 'UNAUTHENTICATED' }, 'the link works no more')
  await anne.call('room.leave', { room: 'jobseeker-1' })
})

t.test('who may do what in a lobby', async (t) => {
  using anne = await enter('advisor-anne')
  using bruno = await enter('advisor-bruno')
  using jeanne = await enter('jobseeker-1')
  using paul = await enter('jobseeker-2')
  const room = 'jobseeker-1'
  const invite = { room, name: 'x', key: 'key-0000002', expiresAt: inAnHour() }
  const mine = jeanne.lobby.enter(room)
  await until(() => mine.visit !== undefined)
  const table: [what: string, act: () => Promise<unknown>, code: string][] = [
    ['another’s lobby', () => paul.call('lobby.enter', { room }), 'FORBIDDEN'],
    ['an advisor does not wait', () => anne.call('lobby.enter', { room }), 'FORBIDDEN'],
    ['one who waits does not admit', () => jeanne.call('lobby.admit', { room, person: room }), 'FORBIDDEN'],
    ['a foreign advisor', () => bruno.call('lobby.admit', { room, person: room }), 'FORBIDDEN'],
    ['a foreign invitation', () => bruno.call('lobby.invite', invite), 'FORBIDDEN'],
    ['somebody who is not there', () => anne.call('lobby.admit', { room, person: 'guest-1' }), 'GONE'],
    [
      'a link without end',
      () => anne.call('lobby.invite', { ...invite, expiresAt: Date.now() + 8 * 86_400_000 }),
      'BAD_REQUEST',
    ],
    ['a link that is over', () => anne.call('lobby.invite', { ...invite, expiresAt: 1 }), 'BAD_REQUEST'],
    ['no such invitation', () => anne.call('lobby.withdraw', { room, invitation: 'nothing' }), 'NOT_FOUND'],
    ['nobody to send out', () => anne.call('lobby.remove', { room, participant: 'nobody' }), 'GONE'],
  ]
  for (const [what, act, code] of table) await t.rejects(act(), { code }, what)
  t.same(await bruno.call('lobby.waiting', {}), { visits: [] })

  const { invitation } = await anne.call('lobby.invite', invite)
  t.equal((await anne.call('lobby.invite', invite)).invitation, invitation, 'the same key, the same invitation')
  await anne.lobby.withdraw(room, invitation)
  await anne.lobby.admit({ room, person: room })
  await mine.admitted
  await anne.call('room.join', { room })
  const { participant } = await jeanne.call('room.join', { room })
  await t.rejects(
    anne.lobby.remove(room, participant),
    { code: 'FORBIDDEN' },
    'a jobseeker is not sent out of their room',
  )
})
