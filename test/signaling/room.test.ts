/** Rooms over the socket: a participant outlives the connection, but neither their access nor their page. */
import t, { type Test } from 'tap'
import type { DataOf, ResultOf } from '../../src/protocol/index.ts'
import { iceClient } from '../media/ice-client.ts'
import { testNode } from '../support/node.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const agency = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agency, VISAVIS_SESSIONS_PER_PERSON: '50' })
const room = 'jobseeker-1'

async function open(t: Test, person: string, session?: string) {
  const client = await rawClient(node.url)
  t.teardown(() => client[Symbol.asyncDispose]())
  const resume = session === undefined ? {} : { resume: { session, streams: [] } }
  const params = { token: await node.token(person), versions: [1], ...resume }
  const opened = (await client.result('session.open', params)) as ResultOf<'session.open'>
  return { client, session: opened.session }
}

/** In the room, and reached by media over UDP. */
async function enter(t: Test, person: string) {
  const guest = await open(t, person)
  const joined = (await guest.client.result('room.join', { room })) as ResultOf<'room.join'>
  const direction = { room, direction: 'receive' }
  await iceClient(t, (await guest.client.result('room.openTransport', direction)) as ResultOf<'room.openTransport'>)
  return { ...guest, joined }
}

const leftOf = (client: RawClient, participant: string) =>
  eventOf<DataOf<'room.participantLeft'>>(client, 'room.participantLeft', (data) => data.participant === participant)
const putPerson = async (id: string, person: object) => {
  const response = await fetch(`${node.url}/api/regions/bretagne/people/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agency}` },
    body: JSON.stringify(person),
  })
  if (!response.ok) throw new Error(await response.text())
}
const cut = async ({ client }: { client: RawClient }) => {
  client.socket.terminate()
  await client.closed
}

t.test(
  'a lost connection changes nothing for the others, and the session takes its participant up again',
  async (t) => {
    const anne = await enter(t, 'advisor-anne')
    const jeanne = await enter(t, 'jobseeker-1')
    await cut(jeanne)
    const back = await open(t, 'jobseeker-1', jeanne.session)
    t.equal(back.session, jeanne.session)
    const resumed = (await back.client.result('room.resume', { room })) as ResultOf<'room.resume'>
    t.match(resumed, { participant: jeanne.joined.participant, participants: [{ person: 'advisor-anne' }], sent: [] })
    t.notOk(anne.client.events.some(({ event }) => event === 'room.participantLeft'))
    const stranger = await open(t, 'jobseeker-1')
    await t.rejects(
      stranger.client.result('room.resume', { room }),
      { code: 'GONE' },
      'another session has no part in it',
    )
    await t.rejects((await open(t, 'jobseeker-2')).client.result('room.resume', { room }), { code: 'FORBIDDEN' })
    await anne.client.result('room.leave', { room })
    await eventOf(back.client, 'room.participantLeft')
  },
)

for (const [code, what] of [
  [1000, 'whoever leaves on purpose'],
  [1001, 'whose page goes away'],
] as const) {
  t.test(`${what} is out at once, with media that still flows`, async (t) => {
    const anne = await enter(t, 'advisor-anne')
    const jeanne = await enter(t, 'jobseeker-1')
    jeanne.client.socket.close(code)
    await leftOf(anne.client, jeanne.joined.participant)
  })
}

t.test('a newer connection of the session is not disturbed by the end of the one it replaces', async (t) => {
  const anne = await enter(t, 'advisor-anne')
  const jeanne = await enter(t, 'jobseeker-1')
  const back = await open(t, 'jobseeker-1', jeanne.session)
  const { code } = await jeanne.client.closed
  t.equal(code, 4502)
  await back.client.result('room.resume', { room })
  await anne.client.result('room.leave', { room })
  await eventOf(back.client, 'room.participantLeft')
})

t.test('access that ends while there is no connection ends the talk at once', async (t) => {
  const jeanne = await enter(t, 'jobseeker-1')
  const anne = await enter(t, 'advisor-anne')
  await cut(anne)
  const person = { role: 'jobseeker', name: 'Jeanne Martin' }
  t.teardown(() => putPerson(room, { ...person, advisor: 'advisor-anne' }))
  await putPerson(room, { ...person, advisor: 'advisor-bruno' })
  await leftOf(jeanne.client, anne.joined.participant)
  const back = await open(t, 'advisor-anne', anne.session)
  await t.rejects(back.client.result('room.resume', { room }), { code: 'FORBIDDEN' })
})

t.test('a node that hears nothing for two heartbeats sends the participant out', async (t) => {
  await using quick = await testNode(t, { VISAVIS_HEARTBEAT_MS: '300' })
  const client = await rawClient(quick.url, await quick.token('jobseeker-1'))
  t.teardown(() => client.socket.terminate())
  await client.result('room.join', { room })
  const watcher = await rawClient(quick.url, await quick.token('advisor-anne'))
  t.teardown(() => watcher[Symbol.asyncDispose]())
  watcher.socket.on('message', (data) => {
    if (String(data).includes('session.heartbeat'))
      watcher.socket.send(JSON.stringify({ id: 1_000_000, method: 'session.heartbeat', params: {} }))
  })
  // Half open: the kernel takes the bytes, and nobody answers.
  client.socket.pause()
  await eventOf<DataOf<'room.activated'>>(watcher, 'room.activated', ({ active }) => !active)
  const stillThere = () => watcher.call('room.active', {}).then((answer) => 'result' in answer && answer.result)
  t.match(await until(stillThere), { rooms: [] })
})
