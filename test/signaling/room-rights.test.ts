/** Role × action on what is another's in a room: over the socket, with the ids of the one it belongs to. */
import t, { type Test } from 'tap'
import type { MethodName, ResultOf } from '../../src/protocol/index.ts'
import { dtls, microphone } from '../media/test-rooms.ts'
import { testNode } from '../support/node.ts'
import { type RawClient, rawClient } from '../support/socket.ts'

const node = await testNode(t, { VISAVIS_SYNTHETIC_PARTICIPANTS: 'true', VISAVIS_REQUESTS_PER_SECOND: '1000' })
const room = 'jobseeker-1'

async function open(t: Test, token: string): Promise<RawClient> {
  const client = await rawClient(node.url, token)
  t.teardown(() => client[Symbol.asyncDispose]())
  return client
}

t.test('nobody connects, consumes, pauses or closes what is not theirs, whatever their role', async (t) => {
  const as = async (person: string) => open(t, await node.token(person))
  const [jeanne, anne, paul, bruno, supervisor, operator] = await Promise.all(
    ['jobseeker-1', 'advisor-anne', 'jobseeker-2', 'advisor-bruno', 'supervisor-claire', 'operator-denis'].map(as),
  )
  if (!jeanne || !anne || !paul || !bruno || !supervisor || !operator) throw new Error('not all have come')
  const invited = { room, key: 'key-0000001', name: 'Interprète', expiresAt: Date.now() + 3_600_000 }
  const { token } = (await anne.result('lobby.invite', invited)) as ResultOf<'lobby.invite'>
  const guest = await open(t, token)
  const waiting = await open(
    t,
    ((await anne.result('lobby.invite', { ...invited, key: 'key-0000002' })) as ResultOf<'lobby.invite'>).token,
  )
  const { visit } = (await guest.result('lobby.enter', { room })) as ResultOf<'lobby.enter'>
  t.equal(visit.state, 'waiting')
  const [first] = ((await anne.result('lobby.waiting', {})) as ResultOf<'lobby.waiting'>).visits
  await anne.result('lobby.admit', { room, person: first?.person })

  // What Jeanne has: two transports, a microphone, and a consumer of Anne's.
  const { rtpCapabilities } = (await jeanne.result('room.join', { room })) as ResultOf<'room.join'>
  for (const client of [anne, guest]) await client.result('room.join', { room })
  await paul.result('room.join', { room: 'jobseeker-2' })
  const transportOf = async (client: RawClient, direction: string, where = room) =>
    ((await client.result('room.openTransport', { room: where, direction })) as ResultOf<'room.openTransport'>).id
  const produce = { room, kind: 'audio', source: 'microphone', rtpParameters: microphone() }
  const transport = await transportOf(jeanne, 'send')
  const { producer } = (await jeanne.result('room.produce', { ...produce, transport })) as ResultOf<'room.produce'>
  const annes = (await anne.result('room.produce', {
    ...produce,
    transport: await transportOf(anne, 'send'),
  })) as ResultOf<'room.produce'>
  await transportOf(jeanne, 'receive')
  const { id: consumer } = (await jeanne.result('room.consume', {
    room,
    producer: annes.producer,
    rtpCapabilities,
  })) as ResultOf<'room.consume'>
  for (const client of [anne, guest]) await transportOf(client, 'receive')
  await transportOf(paul, 'receive', 'jobseeker-2')

  const acts: [method: MethodName, params: object][] = [
    ['room.connectTransport', { transport, dtlsParameters: dtls }],
    ['room.restartIce', { transport }],
    ['room.produce', { ...produce, transport }],
    ['room.setProducerPaused', { producer, paused: true }],
    ['room.closeProducer', { producer }],
    ['room.setConsumerPaused', { consumer, paused: false }],
    ['room.setPreferredLayers', { consumer, spatialLayer: 0 }],
  ]
  const inRoom = ['GONE', 'GONE', 'GONE', 'FORBIDDEN', 'FORBIDDEN', 'GONE', 'GONE']
  const outside = acts.map(() => 'GONE')
  const table: [who: string, client: RawClient, expected: string[]][] = [
    ['the advisor in the same room', anne, inRoom],
    ['the third person in the same room', guest, inRoom],
    ['a third person who was not admitted', waiting, outside],
    ['a jobseeker in another room', paul, outside],
    ['a foreign advisor', bruno, outside],
    ['an operator', operator, ['FORBIDDEN', 'FORBIDDEN', 'GONE', 'GONE', 'GONE', 'GONE', 'GONE']],
    ['a supervisor', supervisor, acts.map(() => 'FORBIDDEN')],
  ]
  for (const [who, client, expected] of table) {
    for (const [n, [method, params]] of acts.entries()) {
      const answer = await client.call(method, { room, ...params })
      t.equal('error' in answer ? answer.error.code : 'ok', expected[n], `${who}: ${method}`)
    }
  }
  // Into their own room what is in another's cannot be had either.
  const smuggled = { room: 'jobseeker-2', producer, rtpCapabilities }
  await t.rejects(paul.result('room.consume', smuggled), { code: 'GONE' })
  for (const client of [paul, bruno, waiting])
    await t.rejects(client.result('room.join', { room }), { code: 'FORBIDDEN' })
  await t.rejects(guest.result('room.join', { room: 'jobseeker-2' }), { code: 'FORBIDDEN' })
  const synthetic = { room: 'synthetic-1', withTransports: true }
  await t.rejects(
    operator.result('room.join', synthetic),
    { code: 'FORBIDDEN' },
    'it may not ask for them alone either',
  )

  // And what Jeanne has is hers, untouched.
  await jeanne.result('room.setConsumerPaused', { room, consumer, paused: false })
  await jeanne.result('room.setPreferredLayers', { room, consumer, spatialLayer: 0 })
  await jeanne.result('room.setProducerPaused', { room, producer, paused: true })
  await jeanne.result('room.connectTransport', { room, transport, dtlsParameters: dtls })
  await jeanne.result('room.closeProducer', { room, producer })
})
