/** Workshops over the socket: role × act, the door, the floor, and what everybody is told. */
import t, { type Test } from 'tap'
import type { FloorView, MethodName, ResultOf, Workshop } from '../../src/protocol/index.ts'
import { microphone } from '../media/test-rooms.ts'
import { testNode } from '../support/node.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const node = await testNode(t, { VISAVIS_REQUESTS_PER_SECOND: '1000', VISAVIS_WORKSHOP_SPEAKERS: '1' })
let keys = 0
const key = () => `key-${String(++keys).padStart(8, '0')}`
const minute = 60_000

async function open(t: Test, person: string): Promise<RawClient> {
  const client = await rawClient(node.url, await node.token(person))
  t.teardown(() => client[Symbol.asyncDispose]())
  return client
}
const draft = (more: object = {}) => ({
  ...{ key: key(), title: 'Lire une offre d’emploi', language: 'fr' },
  ...{ from: Date.now() + 5 * minute, lengthMs: 60 * minute, capacity: 3, open: false, ...more },
})
const create = async (host: RawClient, more: object = {}) =>
  ((await host.result('workshop.create', draft(more))) as ResultOf<'workshop.create'>).workshop
const codeOf = async (client: RawClient, method: MethodName, params: object) => {
  const answer = await client.call(method, params)
  return 'error' in answer ? answer.error.code : 'ok'
}
const floorOf = async (client: RawClient, method: MethodName, params: object) =>
  (
    (await client.result(method, { ...(method === 'floor.state' ? {} : { key: key() }), ...params })) as {
      floor: FloorView
    }
  ).floor
const listOf = async (client: RawClient) =>
  ((await client.result('workshop.list', {})) as ResultOf<'workshop.list'>).workshops

t.test('role × act: only its advisor keeps a workshop, and only with a place one comes in', async (t) => {
  const people = ['advisor-anne', 'jobseeker-1', 'jobseeker-2', 'advisor-bruno', 'supervisor-claire', 'operator-denis']
  const [anne, jeanne, paul, bruno, claire, denis] = await Promise.all(people.map((person) => open(t, person)))
  if (!anne || !jeanne || !paul || !bruno || !claire || !denis) throw new Error('not all have come')
  const { id: workshop } = await create(anne)
  await anne.result('workshop.invite', { workshop, key: key(), jobseekers: ['jobseeker-1'] })
  const acts: [method: MethodName, params: () => object][] = [
    ['workshop.places', () => ({ workshop })],
    ['workshop.invite', () => ({ workshop, key: key(), jobseekers: ['jobseeker-1'] })],
    ['workshop.remove', () => ({ workshop, key: key(), seat: 'seat-99' })],
    ['workshop.move', () => ({ workshop, key: key(), from: Date.now() + 4 * minute, reason: 'earlier' })],
    ['workshop.present', () => ({ workshop, key: key(), shownAs: 'Jeanne du port' })],
    ['workshop.signUp', () => ({ workshop, key: key() })],
    ['room.join', () => ({ room: workshop })],
    ['floor.raise', () => ({ room: workshop, key: key() })],
    ['floor.give', () => ({ room: workshop, key: key(), seat: 'seat-1' })],
    ['floor.mute', () => ({ room: workshop, key: key(), seat: 'seat-1' })],
    ['floor.state', () => ({ room: workshop })],
    ['floor.take', () => ({ room: workshop, key: key(), seat: 'seat-1' })],
  ]
  const [no, none, gone, clash, ok] = ['FORBIDDEN', 'NOT_FOUND', 'GONE', 'CONFLICT', 'ok']
  const table: [who: string, client: RawClient, expected: string[]][] = [
    ['its advisor', anne, [ok, ok, none, ok, no, no, ok, no, ok, ok, ok, ok]],
    ['a jobseeker with a place', jeanne, [no, no, no, no, ok, ok, ok, ok, no, no, ok, ok]],
    ['a jobseeker without one', paul, [no, no, no, no, none, clash, no, gone, no, no, gone, gone]],
    ['another advisor', bruno, [none, none, none, none, no, no, no, no, gone, gone, gone, gone]],
    ['a supervisor', claire, acts.map(() => no)],
    ['an operator', denis, acts.map(() => no)],
  ]
  for (const [who, client, expected] of table)
    for (const [n, [method, params]] of acts.entries())
      t.equal(await codeOf(client, method, params()), expected[n], `${who}: ${method}`)
  t.equal(await codeOf(anne, 'workshop.invite', { workshop, key: key(), jobseekers: ['jobseeker-99'] }), no)
  t.equal(await codeOf(anne, 'workshop.create', draft({ capacity: 51 })), 'BAD_REQUEST')
})

t.test('hands, the floor, and what is sent without it', async (t) => {
  const [anne, jeanne, paul] = await Promise.all(
    ['advisor-anne', 'jobseeker-1', 'jobseeker-2'].map((one) => open(t, one)),
  )
  if (!anne || !jeanne || !paul) throw new Error('not all have come')
  const { id: room } = await create(anne, { open: true, capacity: 50 })
  await jeanne.result('workshop.signUp', { workshop: room, key: key() })
  await paul.result('workshop.signUp', { workshop: room, key: key() })
  await paul.result('workshop.present', { workshop: room, key: key(), shownAs: 'Un lecteur' })
  for (const client of [anne, jeanne, paul]) await client.result('room.join', { room })
  const transports = new Map<RawClient, string>()
  for (const client of [anne, jeanne, paul]) {
    const opened = (await client.result('room.openTransport', { room, direction: 'send' })) as { id: string }
    transports.set(client, opened.id)
  }
  const produce = (client: RawClient) =>
    client.call('room.produce', {
      ...{ room, transport: transports.get(client), kind: 'audio', source: 'microphone', rtpParameters: microphone() },
    })
  t.match(await produce(anne), { result: {} })
  t.match(await produce(jeanne), { error: { code: 'FORBIDDEN', details: { reason: 'no-floor' } } })
  t.match(await floorOf(paul, 'floor.raise', { room }), { raised: true, hands: 1, seat: 'seat-2' })
  t.match(await floorOf(jeanne, 'floor.raise', { room }), { raised: true, hands: 2, seat: 'seat-1', maySpeak: false })
  const seen = await floorOf(anne, 'floor.state', { room })
  t.same(
    seen.order?.map(({ seat, name }) => [seat, name]),
    [
      ['seat-2', 'Un lecteur'],
      ['seat-1', 'Jeanne'],
    ],
  )
  t.equal((await floorOf(jeanne, 'floor.state', { room })).order, undefined, 'only the host sees whose hands they are')
  t.match(await floorOf(anne, 'floor.give', { room, seat: 'seat-1' }), {
    hands: 1,
    speakers: [{ seat: 'seat-1', name: 'Jeanne' }],
  })
  t.match(await anne.call('floor.give', { room, key: key(), seat: 'seat-2' }), {
    error: { code: 'CONFLICT', details: { reason: 'floor-full', most: 1 } },
  })
  t.match(await produce(jeanne), { result: {} })
  t.match(await produce(paul), { error: { code: 'FORBIDDEN' } })
  await floorOf(anne, 'floor.mute', { room, seat: 'seat-1' })
  t.same(await eventOf(jeanne, 'floor.muted'), { room })
  t.match(await floorOf(anne, 'floor.take', { room, seat: 'seat-1' }), { speakers: [] })
  await eventOf(paul, 'room.producerClosed')
  t.match(await produce(jeanne), { error: { code: 'FORBIDDEN' } })
  t.equal(await codeOf(paul, 'floor.take', { room, key: key(), seat: 'seat-1' }), 'FORBIDDEN')
  t.equal(await codeOf(paul, 'floor.lower', { room, key: key(), seat: 'seat-1' }), 'FORBIDDEN')

  // Whoever loses their connection finds their hand as it was; whoever leaves has lowered it.
  await paul[Symbol.asyncDispose]()
  const again = await open(t, 'jobseeker-2')
  await again.result('room.join', { room })
  t.match(await floorOf(again, 'floor.state', { room }), { raised: true })
  await again.result('room.leave', { room })
  await until(async () => (await floorOf(anne, 'floor.state', { room })).hands === 0, { what: 'a lowered hand' })
  await again.result('room.join', { room })
  await floorOf(again, 'floor.raise', { room })
  t.match(await floorOf(anne, 'floor.lower', { room }), { hands: 0 })

  // Sent out: at once, and for good.
  await anne.result('workshop.remove', { workshop: room, key: key(), seat: 'seat-2' })
  t.match(await eventOf(again, 'room.closed'), { reason: 'access-ended' })
  t.equal(await codeOf(again, 'room.join', { room }), 'FORBIDDEN')
  t.equal(await codeOf(again, 'workshop.signUp', { workshop: room, key: key() }), 'FORBIDDEN')
  t.notOk((await listOf(again)).some(({ id }) => id === room))
  await anne.result('workshop.end', { workshop: room, key: key() })
  t.match(await eventOf(jeanne, 'room.closed'), { reason: 'ended' })
  t.match(await jeanne.call('room.join', { room }), { error: { code: 'CONFLICT', details: { reason: 'over' } } })
})

t.test('those with a place are told of what becomes of it, and nobody of anybody else', async (t) => {
  const [anne, jeanne, paul] = await Promise.all(
    ['advisor-anne', 'jobseeker-1', 'jobseeker-2'].map((one) => open(t, one)),
  )
  if (!anne || !jeanne || !paul) throw new Error('not all have come')
  const told = async (client: RawClient, accept: (workshop: Workshop) => boolean) =>
    (await eventOf<{ workshop: Workshop }>(client, 'workshop.changed', ({ workshop }) => accept(workshop))).workshop
  const { id: workshop } = await create(anne, { from: Date.now() + 24 * 60 * minute, open: true })
  await anne.result('workshop.invite', { workshop, key: key(), jobseekers: ['jobseeker-1'] })
  const invited = await told(jeanne, ({ id }) => id === workshop)
  t.match(invited, { id: workshop, place: 'invited', shownAs: 'Jeanne', taken: 1 })
  t.match(await jeanne.call('room.join', { room: workshop }), {
    error: { code: 'CONFLICT', details: { reason: 'early' } },
  })
  const open2 = (await listOf(paul)).find(({ id }) => id === workshop)
  t.match(open2, { taken: 1, open: true })
  t.equal(open2?.place, undefined)
  await paul.result('workshop.signUp', { workshop, key: key() })
  await told(anne, ({ id, taken }) => id === workshop && taken === 2)
  const from = Date.now() + 48 * 60 * minute
  await anne.result('workshop.move', { workshop, key: key(), from, reason: 'a strike' })
  const moved = await told(jeanne, ({ id, sequence }) => id === workshop && sequence === 1)
  t.match(moved, { from, until: from + 60 * minute, reason: 'a strike' })
  await paul.result('workshop.decline', { workshop, key: key() })
  t.equal((await told(paul, ({ place }) => place === undefined)).id, workshop)
  await anne.result('workshop.cancel', { workshop, key: key(), reason: 'ill' })
  const off = await told(jeanne, ({ id, state }) => id === workshop && state === 'cancelled')
  t.match(off, { reason: 'ill', place: 'invited' })
})
