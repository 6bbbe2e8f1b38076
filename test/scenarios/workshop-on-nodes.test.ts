/** A workshop of two nodes on one Redis: its room is on one, and hands and floor survive that node. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { signToken } from '../../bench/tokens.ts'
import type { FloorView, Response, ResultOf } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { testRedis } from '../support/redis.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const secret = 'the secret of this test, for all its nodes'
t.setTimeout(600_000)

async function open(t: Test, url: string, person: string): Promise<RawClient> {
  const role = person.startsWith('advisor') ? 'advisor' : 'jobseeker'
  const client = await rawClient(url, signToken({ sub: person, role, name: person, region: 'bretagne' }, secret))
  t.teardown(() => client[Symbol.asyncDispose]())
  return client
}

/** Enters at whichever node holds the room, as the SDK does. @returns the connection to it. */
async function enter(t: Test, client: RawClient, room: string): Promise<RawClient> {
  const answer = await until(
    async () => {
      const response: Response = await client.call('room.join', { room })
      return 'error' in response && response.error.retryable ? undefined : response
    },
    { what: 'a node that holds the room', timeoutMs: 60_000 },
  )
  if (!('error' in answer)) return client
  if (answer.error.code !== 'ELSEWHERE') throw new Error(JSON.stringify(answer))
  const { url, ticket } = answer.error.details as { url: string; ticket: string }
  const line = await rawClient(url, ticket)
  t.teardown(() => line[Symbol.asyncDispose]())
  await line.result('room.join', { room })
  return line
}

const act = async (client: RawClient, method: string, params: object) =>
  ((await client.result(method, { key: randomUUID(), ...params })) as { floor: FloorView }).floor
const stateOf = async (client: RawClient, room: string) =>
  ((await client.result('floor.state', { room })) as { floor: FloorView }).floor

t.test('hands and the floor are asked of the holder, told on both nodes, and outlive it', async (t) => {
  const redis = await testRedis(t)
  const start = async (name: string) => {
    const port = await freePort()
    return testNode(t, {
      ...{ REDIS_URL: redis.url, VISAVIS_NODE_NAME: name, VISAVIS_JWT_SECRET: secret },
      ...{ VISAVIS_PORT: String(port), VISAVIS_NODE_URL: `http://127.0.0.1:${port}` },
      VISAVIS_NODE_ORIGINS: 'ws://127.0.0.1:*',
    })
  }
  const [one, two] = [await start('one'), await start('two')]
  const anne = await open(t, one.url, 'advisor-anne')
  const jeanne = await open(t, two.url, 'jobseeker-1')
  const draft = { title: 'Lire une offre', language: 'fr', from: Date.now() + 60_000, lengthMs: 3_600_000 }
  const { workshop } = (await anne.result('workshop.create', {
    ...{ ...draft, capacity: 5, open: true, key: randomUUID() },
  })) as ResultOf<'workshop.create'>
  const { id: room } = workshop
  await jeanne.result('workshop.signUp', { workshop: room, key: randomUUID() })
  await eventOf(anne, 'workshop.changed', ({ workshop: { taken } }: ResultOf<'workshop.signUp'>) => taken === 1)

  // Whoever comes first has it at their own node.
  const guest = await enter(t, jeanne, room)
  t.equal(guest, jeanne)
  const host = await enter(t, anne, room)
  t.not(host, anne, 'the advisor is led to the other node')
  await act(guest, 'floor.raise', { room })
  t.match(await eventOf(host, 'floor.changed', ({ floor }: { floor: FloorView }) => floor.hands === 1), {
    floor: { order: [{ seat: 'seat-1' }] },
  })
  await act(host, 'floor.give', { room, seat: 'seat-1' })
  t.match(await eventOf(guest, 'floor.changed', ({ floor }: { floor: FloorView }) => floor.maySpeak), { room })
  await act(host, 'floor.take', { room, seat: 'seat-1' })
  await act(guest, 'floor.raise', { room })

  await two[Symbol.asyncDispose]()
  const again = await open(t, one.url, 'jobseeker-1')
  const there = await enter(t, again, room)
  t.match(await stateOf(there, room), { raised: true, hands: 1, seat: 'seat-1' })
  const back = await enter(t, anne, room)
  t.match(await act(back, 'floor.give', { room, seat: 'seat-1' }), { speakers: [{ seat: 'seat-1' }], hands: 0 })
  await anne.result('workshop.end', { workshop: room, key: randomUUID() })
  t.match(await eventOf(there, 'room.closed'), { reason: 'ended' })
})
