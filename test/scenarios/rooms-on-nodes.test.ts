/** Rooms of two nodes on one Redis: one of them holds a room, whichever people are connected to. */
import t, { type Test } from 'tap'
import { signToken } from '../../bench/tokens.ts'
import type { DataOf, Response, ResultOf } from '../../src/protocol/index.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const secret = 'the secret of this test, for all its nodes'
const agency = 'agency'.repeat(8)
const room = 'jobseeker-1'
t.setTimeout(600_000)

interface Stage {
  readonly redis: TestRedis
  readonly one: TestNode
  readonly two: TestNode
}

async function openStage(t: Test, env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const redis = await testRedis(t)
  const start = async (name: string) => {
    const port = await freePort()
    return testNode(t, {
      ...{ REDIS_URL: redis.url, VISAVIS_NODE_NAME: name, VISAVIS_JWT_SECRET: secret, VISAVIS_AGENCY_TOKEN: agency },
      ...{ VISAVIS_PORT: String(port), VISAVIS_NODE_URL: `http://127.0.0.1:${port}` },
      ...{ VISAVIS_NODE_ORIGINS: 'ws://127.0.0.1:*', ...env },
    })
  }
  return { redis, one: await start('one'), two: await start('two') }
}

async function open(t: Test, url: string, person: string, session?: string) {
  const client = await rawClient(url)
  t.teardown(() => client[Symbol.asyncDispose]())
  const role = person.startsWith('advisor') ? 'advisor' : 'jobseeker'
  const token = signToken({ sub: person, role, name: person, region: 'bretagne' }, secret)
  const resume = session === undefined ? {} : { resume: { session, streams: [] } }
  const opened = (await client.result('session.open', { token, versions: [1], ...resume })) as ResultOf<'session.open'>
  return { client, session: opened.session }
}

const elsewhere = (response: Response): { url: string; ticket: string } => {
  if (!('error' in response) || response.error.code !== 'ELSEWHERE') throw new Error(JSON.stringify(response))
  return response.error.details as { url: string; ticket: string }
}
/** Follows the answer of another node, as the SDK does. */
async function follow(t: Test, { url, ticket }: { url: string; ticket: string }) {
  const client = await rawClient(url)
  t.teardown(() => client[Symbol.asyncDispose]())
  const opened = (await client.result('session.open', { token: ticket, versions: [1] })) as ResultOf<'session.open'>
  return { client, opened }
}
const join = async (client: RawClient) => (await client.result('room.join', { room })) as ResultOf<'room.join'>
const operate = async (url: string, method: string, path: string, role: 'operator' | 'supervisor' = 'operator') => {
  const token = signToken({ sub: 'operator-1', role, name: 'O', region: 'bretagne' }, secret)
  const response = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

t.test('whoever joins at another node is sent to the one that holds the room, and both are in one room', async (t) => {
  const { one, two } = await openStage(t)
  const jeanne = await open(t, one.url, 'jobseeker-1')
  const anne = await open(t, two.url, 'advisor-anne')
  const joined = await join(jeanne.client)
  t.same(
    await eventOf(anne.client, 'room.activated'),
    { room, active: true, by: 'jobseeker-1' },
    'told on the other node',
  )
  t.same(await anne.client.result('room.active', {}), { rooms: [{ room, by: 'jobseeker-1' }] })
  const told = elsewhere(await anne.client.call('room.join', { room }))
  t.equal(told.url, one.url)
  const { client: line, opened } = await follow(t, told)
  t.match(opened, { session: anne.session, streams: [], presence: [], identity: { person: 'advisor-anne' } })
  t.match(await join(line), { participants: [{ id: joined.participant, person: 'jobseeker-1' }] })
  t.match(await eventOf(jeanne.client, 'room.participantJoined'), { participant: { person: 'advisor-anne' } })

  await t.test('the second connection is for this room and for nothing else', async (t) => {
    for (const [method, params] of [
      ['chat.publish', { channel: room, key: 'key-of-a-message', text: 'no' }],
      ['room.join', { room: 'jobseeker-2' }],
      ['room.active', {}],
      ['session.setPresence', { state: 'away' }],
      ['session.recover', { streams: [] }],
    ] as const)
      await t.rejects(line.result(method, params), { code: 'FORBIDDEN' }, method)
    await line.result('session.heartbeat', {})
    t.notOk(
      line.events.some(({ event }) => event.startsWith('chat.') || event.startsWith('presence.')),
      'no streams',
    )
  })

  await t.test('it is one device, and no second one', async (t) => {
    const shown = (await open(t, one.url, 'jobseeker-1')).client
    line.socket.terminate()
    await line.closed
    await shown.result('session.heartbeat', {})
    const states = shown.events.filter(({ event }) => event === 'presence.changed')
    t.same(states, [], 'its end is not the end of a session')
  })

  await t.test('a ticket is good at its node only', async (t) => {
    await t.rejects(follow(t, { ...told, url: two.url }), { code: 'UNAUTHENTICATED' })
  })

  await t.test('a lost second connection is taken up with a new ticket', async (t) => {
    const again = elsewhere(await anne.client.call('room.resume', { room }))
    const { client } = await follow(t, again)
    // Without media its participant went with the connection.
    await t.rejects(client.result('room.resume', { room }), { code: 'GONE' })
    t.match(await join(client), { participants: [{ person: 'jobseeker-1' }] })
    await client.result('room.leave', { room })
    await t.rejects(anne.client.result('room.resume', { room }), { code: 'ELSEWHERE' })
  })
})

t.test('somebody whose access ends is out of a room on another node', async (t) => {
  const { one, two } = await openStage(t)
  const jeanne = await open(t, one.url, 'jobseeker-1')
  const anne = await open(t, two.url, 'advisor-anne')
  await join(jeanne.client)
  const { client: line } = await follow(t, elsewhere(await anne.client.call('room.join', { room })))
  await join(line)
  const response = await fetch(`${two.url}/api/regions/bretagne/people/jobseeker-1`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agency}` },
    body: JSON.stringify({ role: 'jobseeker', name: 'Jeanne Martin', advisor: 'advisor-bruno' }),
  })
  t.equal(response.status, 200)
  t.same(await eventOf(line, 'room.closed'), { room, reason: 'access-ended' })
  await t.rejects(join(line), { code: 'FORBIDDEN' })
})

t.test('admission, invitation and removal work across nodes', async (t) => {
  const { one, two } = await openStage(t, { VISAVIS_LOBBIES: 'kept' })
  const anne = await open(t, one.url, 'advisor-anne')
  await join(anne.client)
  const jeanne = await open(t, two.url, 'jobseeker-1')
  await t.rejects(join(jeanne.client), { code: 'FORBIDDEN' }, 'not admitted: no ticket either')
  await jeanne.client.result('lobby.enter', { room })
  await anne.client.result('lobby.admit', { room, person: 'jobseeker-1' })
  await eventOf<DataOf<'lobby.visitChanged'>>(
    jeanne.client,
    'lobby.visitChanged',
    ({ visit }) => visit.state === 'admitted',
  )
  const line = (await follow(t, elsewhere(await jeanne.client.call('room.join', { room })))).client
  t.match(await join(line), { participants: [{ person: 'advisor-anne' }] })

  const invited = { room, key: 'key-of-an-invitation', name: 'Interpreter', expiresAt: Date.now() + 60_000 }
  const { token } = (await anne.client.result('lobby.invite', invited)) as ResultOf<'lobby.invite'>
  const guest = await rawClient(two.url, token)
  t.teardown(() => guest[Symbol.asyncDispose]())
  await t.rejects(guest.result('room.join', { room }), { code: 'FORBIDDEN' })
  const { visit } = (await guest.result('lobby.enter', { room })) as ResultOf<'lobby.enter'>
  t.equal(visit.state, 'waiting')
  const waiting = (await anne.client.result('lobby.waiting', {})) as ResultOf<'lobby.waiting'>
  const person = waiting.visits.find(({ role }) => role === 'guest')?.person ?? ''
  await anne.client.result('lobby.admit', { room, person })
  const guestLine = (await follow(t, elsewhere(await guest.call('room.join', { room })))).client
  const { participant } = await join(guestLine)
  await anne.client.result('lobby.remove', { room, participant })
  t.match(await guestLine.closed, { reason: /^REMOVED/ })
  t.match(await guest.closed, { reason: /^REMOVED/ })
})

t.test('a drained node keeps its talks and gets no new ones', async (t) => {
  const { one, two } = await openStage(t)
  const jeanne = await open(t, one.url, 'jobseeker-1')
  await join(jeanne.client)
  t.equal((await operate(one.url, 'PUT', '/api/nodes/one/drain', 'supervisor')).status, 403)
  t.equal((await fetch(`${one.url}/api/nodes`)).status, 401)
  t.equal((await operate(one.url, 'PUT', '/api/nodes/three/drain')).status, 404)
  // Asked at the other node.
  t.match(await operate(two.url, 'PUT', '/api/nodes/one/drain'), { status: 200, body: { node: { draining: true } } })
  t.equal((await operate(two.url, 'PUT', '/api/nodes/one/drain')).status, 200, 'twice')
  await until(async () => (await fetch(`${one.url}/readyz`)).status === 503, { what: 'not ready' })
  const anne = await open(t, two.url, 'advisor-anne')
  t.equal(elsewhere(await anne.client.call('room.join', { room })).url, one.url, 'the talk goes on')
  const paul = await open(t, one.url, 'jobseeker-2')
  t.equal(
    elsewhere(await paul.client.call('room.join', { room: 'jobseeker-2' })).url,
    two.url,
    'a new one goes elsewhere',
  )
  await jeanne.client.result('room.leave', { room })
  await until(async () => (await anne.client.call('room.join', { room })).id > 0 && two.app.readiness().ready)
  t.ok(
    await until(async () => 'result' in (await anne.client.call('room.join', { room })), {
      what: 'the room elsewhere',
    }),
    'and so does the same room once its talk is over',
  )
  const listed = await operate(one.url, 'GET', '/api/nodes')
  t.match(listed.body, {
    nodes: [
      { name: 'one', url: one.url, draining: true },
      { name: 'two', url: two.url, draining: false },
    ],
  })
  await operate(one.url, 'DELETE', '/api/nodes/one/drain')
  await until(async () => (await fetch(`${one.url}/readyz`)).status === 200, { what: 'ready again' })
})

t.test('the rooms of a node that stops are placed on the other at once', async (t) => {
  const { one, two } = await openStage(t)
  const jeanne = await open(t, one.url, 'jobseeker-1')
  await join(jeanne.client)
  const anne = await open(t, two.url, 'advisor-anne')
  elsewhere(await anne.client.call('room.join', { room }))
  await one.app.close()
  t.match(await join(anne.client), { participants: [] }, 'without waiting for the end of a lease')
})

t.test('a node that was silent for longer than its lease gives the room up to whoever has it now', async (t) => {
  const { redis, one, two } = await openStage(t)
  const jeanne = await open(t, one.url, 'jobseeker-1')
  await join(jeanne.client)
  await redis.client.hset('vv:nodes:{bretagne}:holders', room, `two.x ${two.url}`)
  t.same(await eventOf(jeanne.client, 'room.closed'), { room, reason: 'node-stopping' })
  t.equal(elsewhere(await jeanne.client.call('room.join', { room })).url, two.url)
})

t.test('a node that is alone holds every room, and an operator may drain it as well', async (t) => {
  const node = await testNode(t, { VISAVIS_NODE_NAME: 'alone', VISAVIS_JWT_SECRET: secret })
  const jeanne = await open(t, node.url, 'jobseeker-1')
  await operate(node.url, 'PUT', '/api/nodes/alone/drain')
  await t.rejects(join(jeanne.client), { code: 'UNAVAILABLE' })
  t.match(await operate(node.url, 'GET', '/api/nodes'), {
    body: { nodes: [{ name: 'alone', draining: true, rooms: 0 }] },
  })
  await operate(node.url, 'DELETE', '/api/nodes/alone/drain')
  await join(jeanne.client)
  await t.rejects(follow(t, { url: node.url, ticket: 'ticket.e30.x' }), { code: 'UNAUTHENTICATED' })
})
