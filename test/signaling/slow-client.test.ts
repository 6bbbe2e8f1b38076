/** What a client is told that reads late: a connection on a real socket, whose clock is the test's. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { protocolVersion } from '../../src/protocol/index.ts'
import { Connection, type ConnectionHost } from '../../src/signaling/connection.ts'
import { createDispatcher } from '../../src/signaling/dispatcher.ts'
import { encodeEvent, type Outgoing, personTopic, presenceTopic } from '../../src/signaling/fanout.ts'
import type { Handlers } from '../../src/signaling/handlers.ts'
import { Session } from '../../src/signaling/session.ts'
import { Corks } from '../../src/store/corks.ts'
import { type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const softBytes = 65_536
const identity = { person: 'anne', role: 'advisor', name: 'Anne', region: 'north' } as const
const session = () =>
  new Session({
    id: 's',
    identity,
    expiresAt: Number.POSITIVE_INFINITY,
    view: { conversations: [], counterparts: [], related: [] },
  })
const opened = {
  version: protocolVersion,
  identity,
  session: 's',
  resumed: false,
  now: 0,
  expiresAt: 0,
  maxFrameBytes: 0,
  heartbeatMs: 0,
  streams: [],
  presence: [],
}
const host: ConnectionHost = {
  dispatcher: createDispatcher({} as Handlers, pino({ level: 'silent' })),
  limits: {
    openTimeoutMs: 60_000,
    heartbeatMs: 3_600_000,
    // Whatever the kernel takes of what nobody reads, as much again may wait here.
    outbox: { softBytes, hardBytes: 256 * 1_048_576 },
    maxInFlight: 1,
    requests: { perSecond: 10, burst: 10 },
  },
  log: pino({ level: 'silent' }),
  open: async () => ({ session: session(), result: opened }),
  corks: new Corks(),
  onRequest: () => {},
  onEvent: () => {},
  onLimit: () => {},
  onClose: () => {},
}

/** A client with an open session that reads nothing, and the other end of its connection. */
async function stage(t: Test): Promise<{ connection: Connection; client: RawClient }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  t.teardown(() => server.close())
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[WebSocket, { socket: Socket }]>
  const { port } = server.address() as { port: number }
  const entering = rawClient(`http://127.0.0.1:${port}`, 'a token')
  const [socket, { socket: raw }] = await accepted
  const connection = new Connection(host, { socket, raw, address: '127.0.0.1' })
  const client = await entering
  t.teardown(() => client.socket.terminate())
  client.socket.pause()
  return { connection, client }
}

const live = (n: number): Outgoing => ({
  topic: personTopic('anne'),
  offset: undefined,
  event: 'room.activated',
  delivery: 'live',
  frame: encodeEvent('room.activated', { room: `r${n}`, active: true, by: 'x'.repeat(100) }),
})
const presence = (person: string, state: 'online' | 'away' | 'offline'): Outgoing => ({
  topic: presenceTopic(person),
  offset: undefined,
  event: 'presence.changed',
  delivery: 'latest',
  frame: encodeEvent('presence.changed', { person, state }),
})
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Tells it more than the kernel takes, so that twice the limit waits. @returns how much was told. */
async function fill(connection: Connection): Promise<number> {
  let told = 0
  while (connection.waitingBytes <= 2 * softBytes) {
    for (let n = 0; n < 200; n += 1) connection.deliver(live(told++))
    // Within one turn all of it waits, whoever reads.
    await turn()
  }
  return told
}
const tick = (connection: Connection) => connection.tick(performance.now(), 0)
const shownOf = ({ events }: RawClient) =>
  events.filter(({ event }) => event === 'presence.changed').map(({ data }) => data)
async function read(connection: Connection, client: RawClient): Promise<void> {
  client.socket.resume()
  await until(() => connection.waitingBytes === 0, { what: 'everything to be taken' })
}

t.test('whoever reads late is told everything that counts, and of the rest the newest of each subject', async (t) => {
  const { connection, client } = await stage(t)
  const told = await fill(connection)
  for (const [person, state] of [
    ['jeanne', 'away'],
    ['paul', 'online'],
    ['jeanne', 'offline'],
    ['jeanne', 'online'],
  ] as const)
    connection.deliver(presence(person, state))
  tick(connection)
  await read(connection, client)
  await until(() => client.events.length === told, { what: 'what does not give way' })
  t.same(
    client.events.map(({ data }) => (data as { room: string }).room),
    Array.from({ length: told }, (_, n) => `r${n}`),
    'each once, in order, and nothing else yet',
  )
  tick(connection)
  await until(() => shownOf(client).length === 2, { what: 'what was held back' })
  t.same(shownOf(client), [
    { person: 'jeanne', state: 'online' },
    { person: 'paul', state: 'online' },
  ])
})

t.test('what was held back never comes after something newer of the same subject', async (t) => {
  const { connection, client } = await stage(t)
  await fill(connection)
  connection.deliver(presence('jeanne', 'away'))
  connection.deliver(presence('paul', 'away'))
  await read(connection, client)
  // It reads again, and the next tick is yet to come.
  connection.deliver(presence('jeanne', 'online'))
  tick(connection)
  await until(() => shownOf(client).length === 2, { what: 'what each of them is now' })
  connection.deliver(live(0))
  await until(() => (client.events.at(-1)?.data as { room?: string } | undefined)?.room === 'r0', {
    what: 'whatever else there was',
  })
  t.same(shownOf(client), [
    { person: 'jeanne', state: 'online' },
    { person: 'paul', state: 'away' },
  ])
})
