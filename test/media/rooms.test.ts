import t from 'tap'
import { until } from '../support/until.ts'
import { camera, dtls, type Guest, lineTo, microphone, send, type Told, testRooms } from './test-rooms.ts'

t.test(
  'those in a room hear who comes, what they send, and that they go; newcomers are told who is there',
  async (t) => {
    await using house = await testRooms(t)
    const activity: unknown[] = []
    house.rooms.on('activated', (...what) => activity.push(what))

    const anne = await house.enter('r', 'anne')
    t.match(anne.joined, { participants: [], producers: [], iceServers: [] })
    const mimeTypes = anne.joined.rtpCapabilities.codecs?.map(({ mimeType }) => mimeType)
    t.strictSame(mimeTypes, ['audio/opus', 'video/VP8', 'video/rtx', 'video/H264', 'video/rtx'])
    const producer = await send(anne)

    const bob = await house.enter('r', 'bob')
    t.strictSame(bob.joined.participants, [anne.participant.info])
    t.strictSame(bob.joined.producers, [
      {
        id: producer,
        participant: anne.participant.id,
        kind: 'audio',
        source: 'microphone',
        paused: false,
        held: false,
      },
    ])
    await anne.participant.setProducerPaused(producer, true)
    await anne.participant.setProducerPaused(producer, true)
    await anne.participant.setProducerPaused(producer, false)
    const second = await send(anne, 'camera')
    await house.rooms.leave('r', 'anne')
    await until(() => bob.told.length >= 6, { what: 'what bob is told' })
    const owner = anne.participant.id
    t.strictSame(bob.told, [
      { event: 'room.producerChanged', data: { room: 'r', producer, paused: true, held: false } },
      { event: 'room.producerChanged', data: { room: 'r', producer, paused: false, held: false } },
      { event: 'room.producerClosed', data: { room: 'r', producer, participant: owner } },
      {
        event: 'room.producerOpened',
        data: {
          room: 'r',
          producer: { id: second, participant: owner, kind: 'video', source: 'camera', paused: false, held: false },
        },
      },
      { event: 'room.producerClosed', data: { room: 'r', producer: second, participant: owner } },
      { event: 'room.participantLeft', data: { room: 'r', participant: owner } },
    ])
    t.strictSame(anne.told, [
      { event: 'room.participantJoined', data: { room: 'r', participant: bob.participant.info } },
    ])

    await house.rooms.leave('r', 'anne')
    await house.rooms.leaveAll('bob')
    t.match(house.rooms.stats(), { rooms: 0, participants: 0, transports: 0, producers: 0 })
    t.strictSame(activity, [
      ['r', true, 'person-anne'],
      ['r', false],
    ])
  },
)

t.test('a second join of a session replaces its first; two sessions of one person are two participants', async (t) => {
  await using house = await testRooms(t)
  const watcher = await house.enter('r', 'watcher')
  const first = await house.enter('r', 'tab-1', { person: 'anne' })
  await send(first)
  const again = await house.enter('r', 'tab-1', { person: 'anne' })
  await house.enter('r', 'tab-2', { person: 'anne' })
  t.not(again.participant.id, first.participant.id)
  t.strictSame(again.joined.participants, [watcher.participant.info])
  t.equal(house.rooms.stats().participants, 3)
  t.equal(house.rooms.stats().transports, 0, 'what the first had is closed')
  await t.rejects(first.participant.openTransport('send'), { code: 'GONE' })
  const expected = ['participantJoined', 'producerOpened', 'producerClosed', 'participantLeft']
  await until(() => watcher.told.length >= 6, { what: 'what the watcher is told' })
  const events = [...expected, 'participantJoined', 'participantJoined'].map((name) => `room.${name}`)
  t.strictSame(watcher.events(), events)
})

t.test('a session alone in its room may join again: the room stays open', async (t) => {
  await using house = await testRooms(t)
  const activity: unknown[] = []
  house.rooms.on('activated', (...what) => activity.push(what))
  await house.enter('r', 'anne')
  await house.enter('r', 'anne')
  t.strictSame(activity, [['r', true, 'person-anne']])
})

for (const withTransports of [false, true])
  t.test(`no event reaches a newcomer before the answer to its join, transports ${withTransports}`, async (t) => {
    await using house = await testRooms(t)
    /** What each is told, in order: of whom by the answer, of whom afterwards, of whom before. */
    const told = { anne: [] as string[], bob: [] as string[], carl: [] as string[] }
    const enter = async (session: keyof typeof told) => {
      const notify = (event: string) => void told[session].push(event)
      const who = { session, person: session, name: session, role: 'advisor' } as const
      const line = { ...lineTo([], session), notify }
      const { participants } = await house.rooms.join('r', { ...who, line }, { withTransports })
      // What a server does with an answer before it is written: some steps, and none that waits.
      for (let steps = 0; steps < 20; steps += 1) await Promise.resolve()
      told[session].push(`answer of ${participants.length}`)
    }
    await Promise.all([enter('anne'), enter('bob'), enter('carl')])
    for (const [first = '', ...others] of Object.values(told)) {
      t.match(first, /^answer of [012]$/)
      t.equal(others.length, 2 - Number(first.at(-1)), 'everybody who came later is told')
    }
  })

t.test('one transport per direction, one producer per source, one consumer per producer', async (t) => {
  await using house = await testRooms(t)
  const anne = await house.enter('r', 'anne')
  const bob = await house.enter('r', 'bob')
  await anne.participant.openTransport('send')
  const { id: transport } = await anne.participant.openTransport('send')
  await bob.participant.openTransport('receive')
  t.equal(house.rooms.stats().transports, 2)

  const microphoneOf = { transport, kind: 'audio', source: 'microphone', rtpParameters: microphone() } as const
  const cameraOf = { transport, kind: 'video', source: 'camera', rtpParameters: camera() } as const
  const replaced = await anne.participant.produce(microphoneOf)
  const producer = await anne.participant.produce(microphoneOf)
  await Promise.allSettled([anne.participant.produce(cameraOf), anne.participant.produce(cameraOf)])
  t.equal(house.rooms.stats().producers, 2, 'also when two are opened at once')

  const { rtpCapabilities } = bob.joined
  await t.rejects(bob.participant.consume(replaced, rtpCapabilities), { code: 'GONE' })
  const first = await bob.participant.consume(producer, rtpCapabilities)
  const second = await bob.participant.consume(producer, rtpCapabilities)
  await Promise.allSettled([1, 2, 3].map(() => bob.participant.consume(producer, rtpCapabilities)))
  t.equal(house.rooms.stats().consumers, 1)
  t.strictSame(second.producer, {
    id: producer,
    participant: anne.participant.id,
    kind: 'audio',
    source: 'microphone',
    paused: false,
    held: false,
  })
  await t.rejects(bob.participant.setConsumerPaused(first.id, false), { code: 'GONE' })

  anne.participant.closeProducer(producer)
  anne.participant.closeProducer(producer)
  await until(() => house.rooms.stats().consumers === 0, { what: 'the consumer to end with its producer' })
})

t.test('a transport is connected once; its ICE may be restarted', async (t) => {
  await using house = await testRooms(t)
  const { participant } = await house.enter('r', 'anne')
  const { id, iceParameters, iceCandidates } = await participant.openTransport('send')
  t.strictSame(
    iceCandidates.map(({ protocol }) => protocol),
    ['udp', 'tcp'],
  )
  t.not((await participant.restartIce(id)).password, iceParameters.password)
  const wrong = { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: 'AB' }] }
  await t.rejects(participant.connectTransport(id, wrong), { code: 'BAD_REQUEST' })
  await participant.connectTransport(id, dtls)
  await t.rejects(participant.connectTransport(id, dtls), { code: 'CONFLICT' })
})

t.test('whoever leaves while something is being made for them gets GONE, and nothing of it stays', async (t) => {
  await using house = await testRooms(t)
  await house.enter('r', 'watcher')
  const anne = await house.enter('r', 'anne')
  const opening = anne.participant.openTransport('send')
  await house.rooms.leave('r', 'anne')
  await t.rejects(opening, { code: 'GONE' })

  const bob = await house.enter('r', 'bob')
  const { id: transport } = await bob.participant.openTransport('send')
  const producing = bob.participant.produce({
    transport,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: microphone(),
  })
  await house.rooms.leaveAll('bob')
  await t.rejects(producing, { code: 'GONE' })
  t.match(house.rooms.stats(), { participants: 1, transports: 0, producers: 0 })
  t.throws(() => house.rooms.participant('r', 'bob'), { code: 'GONE' })
})

t.test('a session that ends while it joins is not in the room, and leaves no empty room', async (t) => {
  await using house = await testRooms(t)
  const activity: unknown[] = []
  house.rooms.on('activated', (...what) => activity.push(what))
  const joining = house.enter('r', 'anne')
  await house.rooms.leaveAll('anne')
  await t.rejects(joining, { code: 'GONE' })
  t.equal(house.rooms.stats().rooms, 0)
  t.strictSame(activity, [])

  const first = house.enter('r', 'anne')
  const second = house.enter('r', 'anne')
  const other = house.enter('r', 'bob')
  await t.rejects(first, { code: 'GONE' }, 'the newer join of a session wins')
  await Promise.all([second, other])
  t.match(house.rooms.stats(), { rooms: 1, participants: 2 })
})

t.test('a room holds 64 participants and no more', async (t) => {
  await using house = await testRooms(t)
  await Promise.all(Array.from({ length: 64 }, (_, n) => house.enter('r', `s${n}`)))
  await t.rejects(house.enter('r', 'one-too-many'), { code: 'CONFLICT' })
  await house.enter('r', 's0')
  t.equal(house.rooms.stats().participants, 64)
})

t.test('a node that stops sends everybody out and takes nobody in', async (t) => {
  const house = await testRooms(t)
  const anne = await house.enter('r', 'anne')
  await send(anne)
  const bob = await house.enter('r', 'bob')
  await house.rooms.close()
  const goodbye = { event: 'room.closed', data: { room: 'r', reason: 'node-stopping' } }
  await until(() => bob.told.length > 0, { what: 'the goodbye' })
  t.strictSame(bob.told, [goodbye], 'that, and not each track and person')
  t.strictSame(anne.told.at(-1), goodbye)
  await t.rejects(house.enter('r', 'carl'), { code: 'UNAVAILABLE' })
})

t.test(
  'a join may open both transports, and is complete with them: no event is told before, none is lost',
  async (t) => {
    await using house = await testRooms(t)
    const anne = await house.enter('r', 'anne')
    const told: Told[] = []
    const bob = { session: 'bob', person: 'bob', name: 'Bob', role: 'advisor', line: lineTo(told, 'of bob') } as const
    const joining = house.rooms
      .join('r', bob, { withTransports: true })
      .then((joined) => ({ joined, early: told.length }))
    const [{ joined, early }, producer] = await Promise.all([joining, send(anne)])
    t.equal(early, 0)
    const participant = house.rooms.participant('r', 'bob')
    t.equal(joined.participant, participant.id)
    const { send: sending, receive } = joined.transports ?? {}
    t.ok(sending?.iceCandidates.length && receive?.iceCandidates.length)
    await participant.connectTransport(sending?.id ?? '', dtls)
    await until(
      () => joined.producers.length + told.filter(({ event }) => event === 'room.producerOpened').length === 1,
    )
    await participant.consume(producer, joined.rtpCapabilities)
    await house.rooms.leaveAll('bob')
    await house.rooms.leaveAll('anne')
    t.match(house.rooms.stats(), { rooms: 0, transports: 0 })
  },
)

t.test('a join that says what its browser receives has consumers of all that is sent, and they flow', async (t) => {
  await using house = await testRooms(t)
  const anne = await house.enter('r', 'anne')
  const [sound, picture] = [await send(anne, 'microphone'), await send(await house.enter('r', 'carl'), 'camera')]
  await anne.participant.setProducerPaused(sound, true)
  const { rtpCapabilities } = anne.joined
  const bob = { session: 'bob', person: 'bob', name: 'Bob', role: 'advisor', line: lineTo([], 'of bob') } as const
  const join = (receivable: typeof rtpCapabilities, withTransports = true) =>
    house.rooms.join('r', bob, { withTransports, rtpCapabilities: receivable })

  const joined = await join(rtpCapabilities)
  t.strictSame(
    joined.consumers?.map(({ producer }) => producer),
    joined.producers,
    'each with its producer as it stands',
  )
  t.strictSame(new Set(joined.producers.map(({ id }) => id)), new Set([sound, picture]))
  const participant = house.rooms.participant('r', 'bob')
  t.match(participant.counts, { transports: 2, consumers: 2 })
  for (const { id } of joined.consumers ?? []) {
    await participant.setConsumerPaused(id, true)
    await participant.setConsumerPaused(id, false)
  }
  const answer = await participant.consume(picture, rtpCapabilities)
  const mids = (told: typeof joined) => told.consumers?.map(({ rtpParameters }) => rtpParameters.mid)
  t.notOk(mids(joined)?.includes(answer.rtpParameters.mid), 'one that is asked for takes the place of that of the join')
  t.match(participant.counts, { consumers: 2 })

  const again = await join(rtpCapabilities)
  t.equal(again.consumers?.length, 2, 'a second join has its own')
  t.equal(house.rooms.stats().consumers, 2, 'and those of the first are gone')

  const onlySound = { ...rtpCapabilities, codecs: rtpCapabilities.codecs?.filter(({ kind }) => kind === 'audio') ?? [] }
  t.strictSame(
    (await join(onlySound)).consumers?.map(({ producer }) => producer.id),
    [sound],
    'what cannot be received is left out',
  )
  t.equal((await join(rtpCapabilities, false)).consumers, undefined, 'there is nothing to receive them with')
  await t.rejects(join({ codecs: 'all' } as never), { code: 'BAD_REQUEST' })
  t.ok(house.rooms.has('r', 'bob'), 'who is in stays in')
  await Promise.all(['anne', 'bob', 'carl'].map((session) => house.rooms.leaveAll(session)))
  t.match(house.rooms.stats(), { rooms: 0, transports: 0, consumers: 0 })
})

t.test(
  'of what ends, or begins, while somebody joins they are told the truth, and no consumer of it stays',
  async (t) => {
    await using house = await testRooms(t)
    const anne = await house.enter('r', 'anne')
    const { rtpCapabilities } = anne.joined
    for (let n = 0; n < 20; n += 1) {
      const sound = await send(anne, 'microphone')
      const told: Told[] = []
      const bob = { session: 'bob', person: 'bob', name: 'Bob', role: 'advisor', line: lineTo(told, 'of bob') } as const
      const joining = house.rooms.join('r', bob, { withTransports: true, rtpCapabilities })
      for (let turns = 0; turns < n; turns += 1) await new Promise(setImmediate)
      anne.participant.closeProducer(sound)
      const { producers, consumers } = await joining
      t.strictSame(
        consumers?.map(({ producer }) => producer),
        producers,
      )
      const closed = told.some(({ event }) => event === 'room.producerClosed')
      t.equal(closed, producers.length === 1, 'who was told of it is told of its end')
      await until(() => house.rooms.stats().consumers === 0, { what: 'the end of what nothing is sent to any more' })
      await house.rooms.leaveAll('bob')
    }
  },
)

t.test('a producer may be named by its client; a name that is in the room already is not given twice', async (t) => {
  await using house = await testRooms(t)
  const anne = await house.enter('r', 'anne')
  const bob = await house.enter('r', 'bob')
  const sound = async ({ participant }: Guest) => {
    const { id: transport } = await participant.openTransport('send')
    return { transport, kind: 'audio', source: 'microphone', rtpParameters: microphone() } as const
  }
  const [annes, bobs] = [await sound(anne), await sound(bob)]
  t.equal(await anne.participant.produce({ ...annes, producer: 'of-anne' }), 'of-anne')
  t.equal(await anne.participant.produce({ ...annes, producer: 'of-anne' }), 'of-anne', 'a repeat replaces it')
  await t.rejects(bob.participant.produce({ ...bobs, producer: 'of-anne' }), { code: 'CONFLICT' })
  const both = await Promise.allSettled([
    bob.participant.produce({ ...bobs, producer: 'same' }),
    anne.participant.produce({ ...annes, producer: 'same' }),
  ])
  t.strictSame(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'], 'also when both come at once')
  await bob.participant.produce({ ...bobs, producer: 'of-bob' })
  await anne.participant.produce({ ...annes, producer: 'of-anne' })
  t.equal(house.rooms.stats().producers, 2)
})

t.test('a session that leaves while its transports are opened is not in, and they are closed', async (t) => {
  await using house = await testRooms(t)
  const anne = await house.enter('r', 'anne')
  const bob = { session: 'bob', person: 'bob', name: 'Bob', role: 'advisor', line: lineTo([], 'of bob') } as const
  const joining = house.rooms.join('r', bob, { withTransports: true })
  const ended = t.rejects(joining, { code: 'GONE' })
  await house.rooms.leave('r', 'bob')
  await ended
  t.strictSame(anne.events(), [])
  t.match(house.rooms.stats(), { rooms: 1, participants: 1, transports: 0 })
})
