/** A participant whose connection is lost stays while its media flows, and nobody who vanished stays for long. */
import t, { type Test } from 'tap'
import { until } from '../support/until.ts'
import { iceClient } from './ice-client.ts'
import { type Guest, lineTo, send, type Told, testRooms } from './test-rooms.ts'

/** As a browser would be: reached over UDP. */
async function connected(t: Test, { participant }: Guest) {
  const client = await iceClient(t, await participant.openTransport('receive'))
  await until(() => participant.flowing, { what: 'media to flow' })
  return client
}

t.test('media goes on without a connection, and whoever comes back is told how everything stands', async (t) => {
  await using house = await testRooms(t)
  const { rooms } = house
  const anne = await house.enter('r', 'anne')
  const bob = await house.enter('r', 'bob')
  const carl = await house.enter('r', 'carl')
  await connected(t, bob)
  const sent = await send(bob)
  await send(carl)

  rooms.detach('bob', 'connection-bob')
  t.equal(bob.participant.attached, false)
  t.notOk(anne.events().includes('room.participantLeft'))
  const before = bob.told.length
  await rooms.leave('r', 'carl')
  const producer = await send(anne)
  await bob.participant.setProducerPaused(sent, true)
  t.equal(bob.told.length, before, 'nothing can be told meanwhile')

  const told: Told[] = []
  t.match(rooms.resume('r', 'bob', lineTo(told, 'second')), {
    participant: bob.participant.id,
    participants: [{ person: 'person-anne' }],
    producers: [{ id: producer, participant: anne.participant.id }],
    sent: [{ id: sent, paused: true }],
  })
  await anne.participant.setProducerPaused(producer, true)
  await until(() => told.length > 0, { what: 'an event on the new connection' })
  t.match(told, [{ event: 'room.producerChanged', data: { producer, paused: true } }])

  rooms.detach('bob', 'connection-bob')
  t.equal(bob.participant.attached, true, 'news of the first connection’s end came late')
})

t.test('whoever has no media leaves with their connection', async (t) => {
  await using house = await testRooms(t)
  const anne = await house.enter('r', 'anne')
  const bob = await house.enter('r', 'bob')
  await bob.participant.openTransport('receive')
  house.rooms.detach('bob', 'connection-bob')
  t.match(anne.told.at(-1), { event: 'room.participantLeft', data: { participant: bob.participant.id } })
  t.throws(() => house.rooms.resume('r', 'bob', lineTo([], 'second')), { code: 'GONE' })
  t.throws(() => house.rooms.resume('elsewhere', 'bob', lineTo([], 'second')), { code: 'GONE' })
})

t.test('after the grace a participant without a connection leaves, also while media flows', async (t) => {
  await using house = await testRooms(t, { graceMs: 200 })
  const left: string[] = []
  house.rooms.on('left', (room, session) => left.push(`${room} ${session}`))
  const anne = await house.enter('r', 'anne')
  const bob = await house.enter('r', 'bob')
  for (const guest of [anne, bob]) await connected(t, guest)
  house.rooms.detach('anne', 'connection-anne')
  house.rooms.detach('bob', 'connection-bob')
  house.rooms.resume('r', 'anne', lineTo([], 'second'))
  await until(() => left.length > 0, { what: 'somebody to leave' })
  t.strictSame(left, ['r bob'])
  t.equal(house.rooms.stats().participants, 1)
})

t.test('a person who joins anew takes the place of what they left behind', async (t) => {
  await using house = await testRooms(t)
  const anne = await house.enter('r', 'anne')
  const old = await house.enter('r', 'old', { person: 'bob' })
  const phone = await house.enter('r', 'phone', { person: 'bob' })
  for (const guest of [old, phone]) await connected(t, guest)
  house.rooms.detach('old', 'connection-old')
  await house.enter('r', 'new', { person: 'bob' })
  const gone = anne.told.filter(({ event }) => event === 'room.participantLeft').map(({ data }) => data)
  t.strictSame(gone, [{ room: 'r', participant: old.participant.id }], 'not the other device, which is there')
})

t.test('whoever may have lost their access while they could not be told has to ask again', async (t) => {
  await using house = await testRooms(t)
  const [anne, bob] = [await house.enter('r', 'anne'), await house.enter('r', 'bob')]
  for (const guest of [anne, bob]) await connected(t, guest)
  house.rooms.detach('anne', 'connection-anne')
  house.rooms.distrust((room, person) => room === 'r' && person !== 'person-anne')
  t.equal(house.rooms.stats().participants, 2)
  house.rooms.distrust((room) => room === 'r')
  t.equal(house.rooms.stats().participants, 1, 'those with a connection are looked at by their session')
  t.equal(bob.participant.attached, true)
})

t.test('media that falls silent: without a connection the participant leaves, with one it is asked', async (t) => {
  await using house = await testRooms(t)
  const [anne, bob, carl] = [
    await house.enter('r', 'anne'),
    await house.enter('r', 'bob'),
    await house.enter('r', 'carl'),
  ]
  const clients = [await connected(t, anne), await connected(t, bob), await connected(t, carl)]
  house.rooms.detach('bob', 'connection-bob')
  house.rooms.detach('carl', 'connection-carl')
  const stoppedAt = performance.now()
  for (const client of clients.slice(0, 2)) client.stop()
  const left = () => anne.told.flatMap(({ event, data }) => (event === 'room.participantLeft' ? [data] : []))
  await until(() => left().length > 0 && anne.probes() > 0, { what: 'silence to be noticed', timeoutMs: 20_000 })
  t.comment(`noticed after ${Math.round(performance.now() - stoppedAt)} ms`)
  t.strictSame(left(), [{ room: 'r', participant: bob.participant.id }], 'whose media flows stays')
  t.equal(anne.probes(), 1)
  t.equal(carl.participant.flowing, true)
})
