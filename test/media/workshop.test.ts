/**
 * A workshop on one real worker: fifty synthetic participants receive the host and whoever has the floor, every packet once and
 * in order, and nobody receives anybody else. What the worker has to do grows with those who take part times those who speak.
 */
import { createWorker, type types } from 'mediasoup'
import t, { type Test } from 'tap'
import { mediaCodecs } from '../../src/media/codecs.ts'
import type { Source } from '../../src/protocol/index.ts'
import { WorkshopStage } from '../../src/signaling/workshop-stage.ts'
import { after, emptyFloor, type FloorAct } from '../../src/workshops/floor.ts'
import type { WorkshopRecord } from '../../src/workshops/workshop.ts'
import { until } from '../support/until.ts'
import { camera, type Guest, microphone, send, type TestRooms, testRooms, workerBin } from './test-rooms.ts'

const many = 50
const packets = 100
const suite = 'AEAD_AES_256_GCM'
const room = 'synthetic-workshop'

const record: WorkshopRecord = {
  id: `workshop-${'0'.repeat(32)}`,
  ...{ title: 'Lire une offre', language: 'fr', advisor: 'anne', advisorName: 'Anne Kerbrat' },
  ...{
    from: 0,
    until: 3_600_000,
    capacity: many,
    open: false,
    state: 'planned',
    sequence: 0,
    changedAt: 0,
    seats: many,
  },
  places: Array.from({ length: many }, (_, n) => ({
    ...{ seat: `seat-${n + 1}`, person: `p${n + 1}`, name: `Person ${n + 1}`, shownAs: 'Person' },
    ...{ by: 'invited', since: 0, removed: false },
  })),
}

/** The real rule, decided here and stored nowhere. */
async function testWorkshop(t: Test, options: Parameters<typeof testRooms>[1] = {}) {
  const stage = new WorkshopStage({ region: 'bretagne', record, floor: emptyFloor, mostSpeakers: 4, tell: () => {} })
  t.teardown(() => stage.close())
  const house = await testRooms(t, { ...options, stageOf: () => stage })
  return {
    house,
    stage,
    act(act: FloorAct) {
      stage.took(after(stage.floor, act, { now: Date.now(), most: 4 }))
      house.rooms.stageChanged(room)
    },
  }
}

/** As the door lets them in: seats for names. */
const enter = (house: TestRooms, n: number, session = `s${n}`): Promise<Guest> =>
  n === 0
    ? house.enter(room, session, { person: 'anne', name: 'Anne Kerbrat', role: 'advisor' })
    : house.enter(room, session, {
        ...{ person: `p${n}`, name: `Person ${n}`, role: 'jobseeker' },
        shown: { person: `seat-${n}`, name: 'Person' },
      })

t.test(
  'one worker carries fifty: all receive the host and the floor, and consumers are fifty times those, not fifty squared',
  async (t) => {
    const { house, act } = await testWorkshop(t, { synthetic: true })
    await using _house = house
    const generator = await createWorker({ workerBin })
    t.teardown(() => generator.close())
    const router = await generator.createRouter({ mediaCodecs: [...mediaCodecs] })
    const direct = await router.createDirectTransport()
    const host = await enter(house, 0)
    const guests: Guest[] = []
    for (let n = 1; n <= many; n += 1) guests.push(await enter(house, n))
    t.equal(house.rooms.stats().participants, many + 1)

    act({ type: 'give', seat: 'seat-1' })
    const [first] = guests
    if (first === undefined) throw new Error('nobody came')
    const sources = [await source(router, direct, host, 1_000), await source(router, direct, first, 2_000)]
    const streams: { received: number[]; from: number }[] = []
    for (const guest of [host, ...guests]) {
      const own = guest === host ? 0 : guest === first ? 1 : undefined
      const into = await plain(router, guest, 'receive')
      for (const [from, { producer }] of sources.entries()) {
        if (from === own) continue
        const consumer = await guest.participant.consume(producer, guest.joined.rtpCapabilities)
        const arriving = await into.produce({ kind: 'audio', rtpParameters: consumer.rtpParameters })
        const sink = await direct.consume({
          producerId: arriving.id,
          rtpCapabilities: router.rtpCapabilities as types.RtpCapabilities,
        })
        const received: number[] = []
        sink.on('rtp', (packet) => received.push(numberIn(packet)))
        await guest.participant.setConsumerPaused(consumer.id, false)
        streams.push({ received, from })
      }
    }
    // Fifty-one, each with two to receive, but the two who send, with one.
    t.match(house.rooms.stats(), { producers: 2, consumers: 2 * (many + 1) - 2 })
    t.equal(house.rooms.stats().workers.length, 1)

    for (let n = 0; n < packets; n += 1) {
      for (const { send } of sources) send(n)
      // One at a time: a hundred sockets of the generator have the kernel's small default buffers.
      await until(() => streams.every(({ received }) => received.length === n + 1), {
        ...{ what: `packet ${n} at everybody`, everyMs: 1, timeoutMs: 60_000 },
      })
    }
    const whole = Array.from({ length: packets }, (_, n) => n)
    t.same(
      streams.filter(({ received }) => JSON.stringify(received) !== JSON.stringify(whole)),
      [],
      'everybody has every packet of the host and of the floor once, in order',
    )
    t.comment(`${streams.length} consumers, ${streams.length * packets} packets`)

    // It is taken back: what was sent ends for all of them, and nothing else does.
    act({ type: 'take', seat: 'seat-1' })
    // The worker tells of each consumer that has ended with it.
    await until(() => house.rooms.stats().consumers === many, { what: 'the consumers of the host alone' })
    t.match(house.rooms.stats(), { producers: 1, participants: many + 1 })
    // How good the lines are and who speaks is told now and then, whatever else happens.
    const heard = guests[7]?.events().filter((event) => !/qualityChanged|speakerChanged/.test(event))
    t.same(heard?.slice(-2), ['room.producerClosed', 'room.participantLeft'])
  },
)

t.test('nobody without the floor sends anything, and who has it shows no screen', async (t) => {
  const { house, act } = await testWorkshop(t)
  await using _house = house
  const host = await enter(house, 0)
  const [one, two] = [await enter(house, 1), await enter(house, 2)]
  if (one === undefined || two === undefined) throw new Error('two came')
  const refused = { code: 'FORBIDDEN', details: { reason: 'no-floor' } }
  // Another sending transport would take the place of the first, with all that it sends.
  const { id: transport } = await one.participant.openTransport('send')
  const produce = (source: Source) =>
    one.participant.produce({
      ...{ transport, source, kind: source === 'microphone' ? 'audio' : 'video' },
      rtpParameters: source === 'microphone' ? microphone() : camera(),
    })
  await send(host)
  for (const source of ['microphone', 'camera', 'screen'] as const) await t.rejects(produce(source), refused, source)
  act({ type: 'raise', seat: 'seat-1' })
  await t.rejects(produce('microphone'), refused, 'a hand is not the floor')
  act({ type: 'give', seat: 'seat-1' })
  await t.rejects(produce('screen'), refused)
  const [sound, picture] = [await produce('microphone'), await produce('camera')]
  t.match(house.rooms.stats(), { producers: 3 })
  // The other hears of it: first who it is, then what they send.
  await until(() => two.told.length === 4, { what: 'both tracks at the other' })
  const heard = two.told.map(({ event, data }) => [event, 'participant' in data ? data.participant : undefined])
  t.match(heard, [
    ['room.producerOpened'],
    ['room.participantJoined', { id: one.joined.participant, person: 'seat-1', name: 'Person', role: 'jobseeker' }],
    ['room.producerOpened'],
    ['room.producerOpened'],
  ])
  t.equal(await one.participant.mute(), true)
  t.equal(await one.participant.mute(), false, 'who is muted is not muted again')
  t.match(one.participant.producers, [
    { id: sound, paused: true },
    { id: picture, paused: false },
  ])
  await one.participant.setProducerPaused(sound, false)

  // A request that is on its way when the floor is taken comes to nothing.
  const late = produce('microphone')
  act({ type: 'take', seat: 'seat-1' })
  await t.rejects(late, refused)
  t.match(house.rooms.stats(), { producers: 1 })
  await t.rejects(one.participant.setProducerPaused(sound, false), { code: 'GONE' })
})

t.test('jobseekers are told of the host and the floor only, by seats; the host of everybody', async (t) => {
  const { house, act } = await testWorkshop(t)
  await using _house = house
  const one = await enter(house, 1)
  const host = await enter(house, 0)
  const two = await enter(house, 2)
  t.same(
    two.joined.participants.map(({ person, name }) => [person, name]),
    [['anne', 'Anne Kerbrat']],
  )
  await until(() => one.told.length === 1, { what: 'the host at the one who came first' })
  await until(() => host.told.length === 1, { what: 'the second one at the host' })
  t.same(one.events(), ['room.participantJoined'], 'of the second one they hear nothing')
  t.match(host.told, [{ event: 'room.participantJoined', data: { participant: { person: 'seat-2', name: 'Person' } } }])
  t.same(
    host.joined.participants.map(({ person }) => person),
    ['seat-1'],
  )
  const three = await enter(house, 3)
  act({ type: 'give', seat: 'seat-2' })
  await until(() => three.told.length === 1, { what: 'who has the floor' })
  t.match(three.told, [{ event: 'room.participantJoined', data: { participant: { person: 'seat-2' } } }])
  // Whoever comes now finds them there; whoever lost the floor is not there for others any more, and still is for the host.
  const four = await enter(house, 4)
  t.same(four.joined.participants.map(({ person }) => person).sort(), ['anne', 'seat-2'])
  act({ type: 'take', seat: 'seat-2' })
  t.equal(three.events().at(-1), 'room.participantLeft')
  t.notOk(host.events().includes('room.participantLeft'))
  const said = JSON.stringify([one, two, three, four].flatMap(({ told, joined }) => [told, joined]))
  t.notMatch(said, /"p\d"|Person \d/, 'nothing tells who anybody is')
})

t.test('somebody who comes from another device takes their seat along', async (t) => {
  const { house } = await testWorkshop(t)
  await using _house = house
  const phone = await enter(house, 1, 'phone')
  await enter(house, 1, 'tablet')
  t.match(house.rooms.stats(), { participants: 1 })
  await until(() => phone.told.length > 0, { what: 'a word to the first device' })
  t.match(phone.told.at(-1), { event: 'room.closed', data: { reason: 'replaced' } })
  t.notOk(house.rooms.has(room, 'phone'))
})

/** The generator's end of one transport of a participant. */
async function plain(router: types.Router, guest: Guest, direction: 'send' | 'receive') {
  const mine = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    ...{ rtpMux: true, comedia: false, enableSrtp: true, srtpCryptoSuite: suite },
  })
  const theirs = await guest.participant.openSyntheticTransport(direction)
  const { srtpParameters, tuple } = mine
  if (srtpParameters === undefined) throw new Error('it has SRTP')
  const { ip, port, id } = theirs
  await mine.connect({ ip, port, srtpParameters: { ...theirs.srtpParameters, cryptoSuite: suite } })
  const peer = { ip: tuple.localAddress, port: tuple.localPort, srtpParameters }
  await guest.participant.connectSyntheticTransport(id, peer)
  return Object.assign(mine, { of: id })
}

/** Somebody's microphone, fed in this process. */
async function source(router: types.Router, direct: types.DirectTransport, guest: Guest, ssrc: number) {
  const codec = mediaCodecs.find(({ kind }) => kind === 'audio')
  if (codec === undefined) throw new Error('no codec for sound')
  const fed = await direct.produce({
    kind: 'audio',
    rtpParameters: { codecs: [{ ...codec, payloadType: 100 }], encodings: [{ ssrc }] },
  })
  const out = await plain(router, guest, 'send')
  const consumer = await out.consume({
    producerId: fed.id,
    rtpCapabilities: router.rtpCapabilities as types.RtpCapabilities,
  })
  const producer = await guest.participant.produce({
    ...{ transport: out.of, kind: 'audio', source: 'microphone' },
    rtpParameters: consumer.rtpParameters as Parameters<Guest['participant']['produce']>[0]['rtpParameters'],
  })
  return {
    producer,
    send(n: number) {
      const packet = Buffer.alloc(16)
      packet.writeUInt8(0x80, 0)
      packet.writeUInt8(0x80 | 100, 1)
      packet.writeUInt16BE(n, 2)
      packet.writeUInt32BE(n * 960, 4)
      packet.writeUInt32BE(ssrc, 8)
      packet.writeUInt32BE(n, 12)
      fed.send(packet)
    },
  }
}

/** What `send` wrote at the end. */
const numberIn = (packet: Buffer): number => packet.readUInt32BE(packet.length - 4)
