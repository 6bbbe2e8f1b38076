/** Whole journeys over the socket, without media: chat, callback, who sees what. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { type Callback, closeCodes, type Desk, type Offer } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const node = await testNode(t, { VISAVIS_CALLBACK_LEASE_MS: '1000', VISAVIS_AGENCY_TOKEN: 'agency'.repeat(8) })
const signIn = async (t: { teardown: (close: () => unknown) => void }, person: string): Promise<RawClient> => {
  const client = await rawClient(node.url, await node.token(person))
  t.teardown(() => client[Symbol.asyncDispose]())
  return client
}
const publish = (client: RawClient, channel: string, text: string, key = randomUUID()) =>
  client.result('chat.publish', { channel, key, text })
const putPerson = (id: string, person: object) =>
  fetch(`${node.url}/api/regions/bretagne/people/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${'agency'.repeat(8)}` },
    body: JSON.stringify(person),
  })

t.test('a message reaches both members, once, with its place', async (t) => {
  const jeanne = await signIn(t, 'jobseeker-1')
  const anne = await signIn(t, 'advisor-anne')
  const bruno = await signIn(t, 'advisor-bruno')
  const key = randomUUID()
  const first = await publish(jeanne, 'jobseeker-1', 'Bonjour 👋', key)
  t.same(await publish(jeanne, 'jobseeker-1', 'Bonjour 👋', key), first, 'a repeat gives the first result')
  await publish(anne, 'jobseeker-1', 'Bonjour Jeanne')
  for (const client of [jeanne, anne]) {
    const seen = () => client.events.filter(({ event }) => event === 'chat.messagePublished')
    await until(() => seen().length >= 2, { what: 'both messages' })
    t.match(seen(), [
      {
        data: { message: { text: 'Bonjour 👋', from: 'jobseeker-1', key, offset: 1 } },
        stream: 'channel:jobseeker-1',
        position: { offset: 1 },
      },
      { data: { message: { text: 'Bonjour Jeanne', from: 'advisor-anne', offset: 2 } }, position: { offset: 2 } },
    ])
  }
  t.same(
    bruno.events.filter(({ event }) => event.startsWith('chat.')),
    [],
    'and nobody else',
  )
})

t.test('unread counts follow what was read, and what one writes oneself counts as read', async (t) => {
  const lucie = await signIn(t, 'jobseeker-3')
  const anne = await signIn(t, 'advisor-anne')
  for (const text of ['un', 'deux', 'trois']) await publish(lucie, 'jobseeker-3', text)
  const unread = async (client: RawClient) => {
    const { channels } = (await client.result('chat.channels', {})) as {
      channels: { channel: string; unread: number }[]
    }
    return channels.find(({ channel }) => channel === 'jobseeker-3')?.unread
  }
  t.equal(await unread(anne), 3)
  t.equal(await unread(lucie), 0)
  await anne.result('chat.read', { channel: 'jobseeker-3', offset: 2 })
  t.equal(await unread(anne), 1)
  t.match(await eventOf(lucie, 'chat.readMoved'), { channel: 'jobseeker-3', person: 'advisor-anne', readOffset: 2 })
})

t.test('what a message said before it was edited is for the advisor’s side alone', async (t) => {
  const karim = await signIn(t, 'jobseeker-2')
  const anne = await signIn(t, 'advisor-anne')
  const { offset } = (await publish(anne, 'jobseeker-2', 'à 14 h, première version')) as { offset: number }
  const edit = { channel: 'jobseeker-2', key: randomUUID(), offset, text: 'à 15 h' }
  await anne.result('chat.edit', edit)
  t.match(await anne.result('chat.versions', { channel: 'jobseeker-2', offset }), {
    versions: [{ text: 'à 14 h, première version' }],
  })
  await eventOf(karim, 'chat.messageChanged')
  t.match(await karim.call('chat.versions', { channel: 'jobseeker-2', offset }), { error: { code: 'FORBIDDEN' } })
  const page = await karim.result('chat.history', { channel: 'jobseeker-2' })
  t.match(page, { messages: [{ text: 'à 15 h', editedAt: Number }] }, 'that it was edited, they see')
  t.notMatch(JSON.stringify(page), 'première version')
  const bruno = await signIn(t, 'advisor-bruno')
  t.match(await bruno.call('chat.versions', { channel: 'jobseeker-2', offset }), { error: { code: 'FORBIDDEN' } })
})

t.test('a callback goes from request to completed', async (t) => {
  const jeanne = await signIn(t, 'jobseeker-2')
  const anne = await signIn(t, 'advisor-anne')
  const request = { key: randomUUID(), medium: 'phone', phone: '+33 6 12 34 56 78', reason: 'Mon dossier' }
  const { callback, created } = (await jeanne.result('callback.request', request)) as {
    callback: Callback
    created: boolean
  }
  t.ok(created)
  t.match(
    await jeanne.result('callback.request', { ...request, key: randomUUID() }),
    { created: false, callback: { id: callback.id } },
    'one open request',
  )
  const { offer } = await eventOf<{ offer: Offer }>(
    anne,
    'callback.offered',
    ({ offer }) => offer.callback === callback.id,
  )
  const accepted = await anne.result('callback.accept', { callback: callback.id, token: offer.token })
  t.match(accepted, { callback: { state: 'active' } })
  const outcome = { callback: callback.id, token: offer.token, disposition: 'answered', note: 'Tout va bien' }
  t.match(await anne.result('callback.complete', outcome), { callback: { state: 'done', disposition: 'answered' } })
  await eventOf<{ callback: Callback }>(jeanne, 'callback.changed', ({ callback: { state } }) => state === 'done')
  await t.rejects(jeanne.result('callback.cancel', { callback: callback.id }), { code: 'CONFLICT' })
})

t.test('an offer that nobody takes comes back with a new token, and the old token can do nothing', async (t) => {
  const mehdi = await signIn(t, 'jobseeker-4')
  const bruno = await signIn(t, 'advisor-bruno')
  const { callback } = (await mehdi.result('callback.request', {
    key: randomUUID(),
    medium: 'room',
    reason: 'Un CV',
  })) as {
    callback: Callback
  }
  const isOurs = ({ offer }: { offer: Offer }) => offer.callback === callback.id
  const first = await eventOf<{ offer: Offer }>(bruno, 'callback.offered', isOurs)
  // Whoever lets an offer run out is away until they say otherwise.
  await eventOf<{ desk: Desk }>(
    bruno,
    'callback.deskChanged',
    ({ desk }) => desk.state === 'away' && desk.missed === true,
  )
  await bruno.result('callback.setDesk', { state: 'ready' })
  const second = await eventOf<{ offer: Offer }>(
    bruno,
    'callback.offered',
    (data) => isOurs(data) && data.offer.token > first.offer.token,
  )
  const accept = (token: number) => bruno.result('callback.accept', { callback: callback.id, token })
  await t.rejects(accept(first.offer.token), { code: 'GONE' })
  t.match(await accept(second.offer.token), { callback: { state: 'active', missedOffers: 1 } })
})

t.test('a request waits for its advisor and is offered when they arrive', async (t) => {
  const olivier = await signIn(t, 'jobseeker-6')
  await olivier.result('callback.request', { key: randomUUID(), medium: 'room', reason: 'Plus tard' })
  t.match(await olivier.result('callback.list', {}), { callbacks: [{ state: 'waiting' }] })
  const bruno = await signIn(t, 'advisor-bruno')
  // Bruno may hold the active callback of an earlier test: he ends it first.
  const { callbacks, offers } = (await bruno.result('callback.list', {})) as { callbacks: Callback[]; offers: Offer[] }
  for (const { id, state } of callbacks.filter(({ state }) => state === 'active')) {
    const token = offers.find(({ callback }) => callback === id)?.token
    t.type(token, 'number', `the token of the ${state} callback is told again`)
    await bruno.result('callback.complete', { callback: id, token, disposition: 'answered' })
  }
  const { callback } = await eventOf<{ callback: Callback }>(
    bruno,
    'callback.offered',
    ({ callback }) => callback.jobseeker === 'jobseeker-6',
  )
  await olivier.result('callback.cancel', { callback: callback.id })
})

t.test('when the advisor changes, the new one sees the history and the former one is out at once', async (t) => {
  const anne = await signIn(t, 'advisor-anne')
  const bruno = await signIn(t, 'advisor-bruno')
  const nolwenn = await signIn(t, 'jobseeker-5')
  await publish(bruno, 'jobseeker-5', 'Je passe la main')
  t.equal(
    (await putPerson('jobseeker-5', { role: 'jobseeker', name: 'Nolwenn Riou', advisor: 'advisor-anne' })).status,
    200,
  )
  await until(
    async () =>
      (await anne.call('chat.history', { channel: 'jobseeker-5' })) &&
      !('error' in (await anne.call('chat.history', { channel: 'jobseeker-5' }))),
    { what: 'the new advisor’s access' },
  )
  await t.rejects(bruno.result('chat.history', { channel: 'jobseeker-5' }), { code: 'FORBIDDEN' })
  const before = bruno.events.length
  await until(
    async () => {
      await publish(nolwenn, 'jobseeker-5', 'Bonjour Anne')
      return anne.events.some(
        ({ event, data }) => event === 'chat.messagePublished' && JSON.stringify(data).includes('Bonjour Anne'),
      )
    },
    { what: 'the live message at the new advisor' },
  )
  t.same(
    bruno.events.slice(before).filter(({ event }) => event === 'chat.messagePublished'),
    [],
  )
})

t.test('a disabled person is sent away and cannot come back', async (t) => {
  await putPerson('jobseeker-9', { role: 'jobseeker', name: 'Yann', advisor: 'advisor-anne' })
  const token = await node.token('jobseeker-9')
  const yann = await rawClient(node.url, token)
  await putPerson('jobseeker-9', { role: 'jobseeker', name: 'Yann', advisor: 'advisor-anne', disabled: true })
  t.equal((await yann.closed).code, closeCodes.REMOVED.code)
  await t.rejects(rawClient(node.url, token), { code: 'UNAUTHENTICATED' })
})

t.test('a client that stops answering heartbeats is let go, and its participant with it', async (t) => {
  await using quick = await testNode(t, { VISAVIS_HEARTBEAT_MS: '500' })
  const silent = await rawClient(quick.url, await quick.token('jobseeker-1'))
  await silent.result('room.join', { room: 'jobseeker-1' })
  const anne = await rawClient(quick.url, await quick.token('advisor-anne'))
  t.teardown(() => anne[Symbol.asyncDispose]())
  const answer = setInterval(() => void anne.call('session.heartbeat', {}).catch(() => {}), 250)
  t.teardown(() => clearInterval(answer))
  t.match(await anne.result('room.join', { room: 'jobseeker-1' }), { participants: [{ person: 'jobseeker-1' }] })
  // A paused socket reads nothing: neither heartbeats nor the close frame reach the client's code.
  silent.socket.pause()
  await eventOf(anne, 'room.participantLeft')
  silent.socket.terminate()
})

t.test('on a graceful stop everybody is told to come back, no sooner than they can be taken in', async (t) => {
  const short = await testNode(t, { VISAVIS_OPENS_PER_SECOND: '2' })
  const clients: RawClient[] = [await rawClient(short.url, await short.token('jobseeker-1'))]
  while (clients.length < 6) clients.push(await rawClient(short.url))
  await short.app.close()
  const told = await Promise.all(clients.map(({ closed }) => closed))
  t.same(
    told.map(({ code }) => code),
    clients.map(() => closeCodes.RESTART.code),
  )
  t.same(
    told.map(({ reason }) => reason).toSorted(),
    ['RESTART', 'RESTART 1000', 'RESTART 1500', 'RESTART 2000', 'RESTART 2500', 'RESTART 500'],
    'spread over as long as it takes',
  )
})

t.test('a page that is opened later learns which rooms somebody is in, of its own people only', async (t) => {
  const jeanne = await signIn(t, 'jobseeker-1')
  await jeanne.result('room.join', { room: 'jobseeker-1' })
  const rooms = [{ room: 'jobseeker-1', by: 'jobseeker-1' }]
  const anne = await signIn(t, 'advisor-anne')
  t.same(await anne.result('room.active', {}), { rooms })
  t.same(await jeanne.result('room.active', {}), { rooms })
  for (const other of ['advisor-bruno', 'jobseeker-2']) {
    t.same(await (await signIn(t, other)).result('room.active', {}), { rooms: [] }, other)
  }
  await jeanne.result('room.leave', { room: 'jobseeker-1' })
  t.match(await eventOf(anne, 'room.activated'), { room: 'jobseeker-1', active: false })
  t.same(await anne.result('room.active', {}), { rooms: [] })
})
