import t from 'tap'
import { VisavisError } from '../../src/protocol/index.ts'
import { camera, dtls, type Guest, microphone, send, testRooms } from './test-rooms.ts'

/** What somebody may try on what Anne has in her room, and what is answered: 'ok' or an error code. */
t.test('what belongs to one participant can be used by nobody else', async (t) => {
  await using house = await testRooms(t)
  const anne = await house.enter('r', 'anne')
  const bob = await house.enter('r', 'bob')
  const stranger = await house.enter('elsewhere', 'stranger')
  const left = await house.enter('r', 'left')
  for (const { participant } of [anne, bob, stranger]) await participant.openTransport('receive')
  const bobs = await send(bob)
  const producer = await send(anne)
  const { rtpCapabilities } = anne.joined
  const { id: consumer } = await anne.participant.consume(bobs, rtpCapabilities)
  const { id: transport } = await anne.participant.openTransport('receive')
  await send(stranger)
  await house.rooms.leave('r', 'left')
  // Replacing Anne's receiving transport ended that consumer with it.
  await t.rejects(anne.participant.setConsumerPaused(consumer, false), { code: 'GONE' })
  const { id: fresh } = await anne.participant.consume(bobs, rtpCapabilities)

  const sending = await anne.participant.openTransport('send')
  const own = await anne.participant.produce({
    transport: sending.id,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: microphone(),
  })
  t.not(own, producer)

  type Act = (by: Guest['participant']) => unknown
  // `owner` is Anne and `other` is Bob, whatever the object; those who may go last.
  const table: [act: string, Act, expected: { left: string; stranger: string; other: string; owner: string }][] = [
    [
      'connect the transport',
      (by) => by.connectTransport(transport, dtls),
      { left: 'GONE', stranger: 'GONE', other: 'GONE', owner: 'ok' },
    ],
    [
      'restart its ICE',
      (by) => by.restartIce(transport),
      { left: 'GONE', stranger: 'GONE', other: 'GONE', owner: 'ok' },
    ],
    [
      'connect a synthetic transport',
      (by) => by.connectSyntheticTransport(transport, { ip: '127.0.0.1', port: 9, srtpParameters: key }),
      { left: 'FORBIDDEN', stranger: 'FORBIDDEN', other: 'FORBIDDEN', owner: 'FORBIDDEN' },
    ],
    [
      'produce on a sending transport of Anne',
      (by) => by.produce({ transport: sending.id, kind: 'audio', source: 'microphone', rtpParameters: microphone() }),
      { left: 'GONE', stranger: 'GONE', other: 'GONE', owner: 'ok' },
    ],
    [
      'show a screen on a sending transport of Anne',
      (by) => by.produce({ transport: sending.id, kind: 'video', source: 'screen', rtpParameters: camera('7') }),
      // Nobody but its owner knows the transport, so the screen is free afterwards.
      { left: 'GONE', stranger: 'GONE', other: 'GONE', owner: 'ok' },
    ],
    [
      'consume a producer of Bob',
      (by) => by.consume(bobs, rtpCapabilities),
      { left: 'GONE', stranger: 'GONE', other: 'FORBIDDEN', owner: 'ok' },
    ],
    [
      'pause a producer of Bob',
      (by) => by.setProducerPaused(bobs, true),
      { left: 'GONE', stranger: 'GONE', other: 'ok', owner: 'FORBIDDEN' },
    ],
    [
      'close a producer of Bob',
      async (by) => by.closeProducer(bobs),
      // Closing what one cannot see is harmless, and does nothing.
      { left: 'GONE', stranger: 'ok', other: 'ok', owner: 'FORBIDDEN' },
    ],
  ]
  const attempts = { left, stranger, owner: anne, other: bob }
  const consumerActs: [act: string, Act][] = [
    ['resume the consumer', (by) => by.setConsumerPaused(fresh, false)],
    ['choose its layers', (by) => by.setPreferredLayers(fresh, { spatialLayer: 1, temporalLayer: 1 })],
  ]
  for (const [act, run] of consumerActs) {
    for (const name of ['left', 'stranger', 'other'] as const)
      t.equal(await outcome(() => run(attempts[name].participant)), 'GONE', `${name}: ${act}`)
    t.equal(await outcome(() => run(anne.participant)), 'ok', `owner: ${act}`)
  }
  for (const [act, run, expected] of table) {
    for (const name of ['left', 'stranger', 'owner', 'other'] as const) {
      t.equal(await outcome(() => run(attempts[name].participant)), expected[name], `${name}: ${act}`)
    }
  }
})

t.test('a producer needs the right kind and a transport that sends', async (t) => {
  await using house = await testRooms(t)
  const { participant } = await house.enter('r', 'anne')
  const { id: receiving } = await participant.openTransport('receive')
  const { id: transport } = await participant.openTransport('send')
  const rtpParameters = microphone()
  const wrong = { code: 'BAD_REQUEST' }
  await t.rejects(participant.produce({ transport, kind: 'video', source: 'microphone', rtpParameters }), wrong)
  await t.rejects(participant.produce({ transport, kind: 'video', source: 'camera', rtpParameters }), wrong)
  await t.rejects(
    participant.produce({ transport: receiving, kind: 'audio', source: 'microphone', rtpParameters }),
    wrong,
  )
  const codecs = [{ mimeType: 'audio/PCMU', payloadType: 0, clockRate: 8_000 }]
  await t.rejects(
    participant.produce({
      transport,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: { ...rtpParameters, codecs },
    }),
    { code: 'UNSUPPORTED' },
  )
})

t.test('a browser without a codec in common is told UNSUPPORTED, one without a transport GONE', async (t) => {
  await using house = await testRooms(t)
  const anne = await house.enter('r', 'anne')
  const producer = await send(anne, 'camera')
  const bob = await house.enter('r', 'bob')
  await t.rejects(bob.participant.consume(producer, bob.joined.rtpCapabilities), { code: 'GONE' })
  await bob.participant.openTransport('receive')
  const deaf = { codecs: [], headerExtensions: [] }
  await t.rejects(bob.participant.consume(producer, deaf), { code: 'UNSUPPORTED' })
  const { codecs = [], ...rest } = bob.joined.rtpCapabilities
  const onlyH264 = codecs.filter(({ mimeType }) => mimeType === 'video/H264')
  await t.rejects(bob.participant.consume(producer, { ...rest, codecs: onlyH264 }), { code: 'UNSUPPORTED' })
})

const key = { cryptoSuite: 'AEAD_AES_256_GCM', keyBase64: Buffer.alloc(44, 7).toString('base64') }

async function outcome(act: () => unknown): Promise<string> {
  try {
    await act()
    return 'ok'
  } catch (error) {
    if (error instanceof VisavisError) return error.code
    throw error
  }
}
