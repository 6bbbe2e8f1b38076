/** What a signed-in client sends of RTP, DTLS and ICE, spoilt in every way: nobody else notices, and every answer is documented. */
import fc from 'fast-check'
import t from 'tap'
import type { ResultOf } from '../../src/protocol/index.ts'
import { changes, h264, mutate } from '../media/mutations.ts'
import { camera, dtls, microphone } from '../media/test-rooms.ts'
import { mediaWorkers } from '../support/media-workers.ts'
import { testNode } from '../support/node.ts'
import { type RawClient, rawClient } from '../support/socket.ts'

const long = process.env.VISAVIS_TEST_LONG !== undefined
const runs = long ? 50_000 : 2_000
t.setTimeout(long ? 3_600_000 : 120_000)

const node = await testNode(t, {
  VISAVIS_REQUESTS_PER_SECOND: '1000000',
  VISAVIS_REQUEST_BURST: '1000000',
  // Some are long: every one is to get as far as the rules for media.
  VISAVIS_MAX_FRAME_BYTES: '1048576',
})
const room = 'jobseeker-1'
const ask = async <R>(client: RawClient, method: string, params: object) => (await client.result(method, params)) as R

async function enter(person: string, where: string) {
  const client = await rawClient(node.url, await node.token(person))
  t.teardown(() => client[Symbol.asyncDispose]())
  // Who only listens is taken for gone after two heartbeats, and the long run takes longer.
  client.socket.on('message', (data) => {
    if (String(data).includes('"session.heartbeat"')) client.call('session.heartbeat', {}).catch(() => {})
  })
  const { rtpCapabilities } = await ask<ResultOf<'room.join'>>(client, 'room.join', { room: where })
  return { client, rtpCapabilities }
}

const transportOf = async (client: RawClient, where: string, direction: 'send' | 'receive') =>
  (await ask<ResultOf<'room.openTransport'>>(client, 'room.openTransport', { room: where, direction })).id

/** Microphone and camera. */
async function send(client: RawClient, where: string): Promise<string[]> {
  const transport = await transportOf(client, where, 'send')
  const tracks = [
    { kind: 'audio', source: 'microphone', rtpParameters: microphone() },
    { kind: 'video', source: 'camera', rtpParameters: camera() },
  ]
  return Promise.all(
    tracks.map(
      async (track) =>
        (await ask<ResultOf<'room.produce'>>(client, 'room.produce', { room: where, transport, ...track })).producer,
    ),
  )
}

t.test(`${runs} spoilt parameters kill no worker, and are answered with documented errors`, async (t) => {
  const { client: bystander } = await enter('jobseeker-2', 'jobseeker-2')
  const { client: other } = await enter('advisor-anne', room)
  const foreign = await send(other, room)
  const { client, rtpCapabilities } = await enter('jobseeker-1', room)
  const before = await mediaWorkers()
  let transport = ''
  const renew = async () => {
    transport = await transportOf(client, room, 'send')
    await transportOf(client, room, 'receive')
  }
  await renew()

  type Change = <T>(document: T) => T
  const wide = { ...camera(), codecs: [...camera().codecs, ...h264] }
  const tracks = [
    { kind: 'audio', source: 'microphone', rtpParameters: microphone() },
    { kind: 'video', source: 'camera', rtpParameters: camera() },
    { kind: 'video', source: 'screen', rtpParameters: wide },
  ]
  const acts: [method: string, params: (change: Change) => object, errors: string[]][] = [
    ['room.connectTransport', (change) => ({ transport, dtlsParameters: change(dtls) }), ['CONFLICT']],
    ['room.restartIce', (change) => change({ transport }), ['GONE']],
    ...tracks.map((track): (typeof acts)[number] => [
      'room.produce',
      (change) => ({ transport, ...track, rtpParameters: change(track.rtpParameters) }),
      ['CONFLICT', 'UNSUPPORTED'],
    ]),
    ['room.join', (change) => ({ withTransports: true, rtpCapabilities: change(rtpCapabilities) }), []],
    ...foreign.map((producer): (typeof acts)[number] => [
      'room.consume',
      (change) => ({ producer, rtpCapabilities: change(rtpCapabilities) }),
      ['CONFLICT', 'UNSUPPORTED'],
    ]),
  ]
  const counts = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.nat(acts.length - 1), changes, async (which, list) => {
      const [method, params, errors] = acts[which] ?? ['', () => ({}), []]
      const answer = await client.call(method, { room, ...params((document) => mutate(document, list)) })
      const outcome = 'error' in answer ? answer.error.code : 'accepted'
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      if (!['accepted', 'BAD_REQUEST', ...errors].includes(outcome))
        throw new Error(`${method}: ${JSON.stringify(answer)}`)
      if (/join|connectTransport/.test(method) && outcome === 'accepted') await renew()
    }),
    { numRuns: runs },
  )
  t.comment(JSON.stringify(Object.fromEntries(counts)))
  t.ok((counts.get('accepted') ?? 0) > runs / 50, 'some were still good enough to reach the worker')

  t.same(await mediaWorkers(), before, 'no worker has died')
  await send(bystander, 'jobseeker-2')
  const { id: consumer } = await ask<ResultOf<'room.consume'>>(client, 'room.consume', {
    ...{ room, producer: foreign[0], rtpCapabilities },
  })
  await client.result('room.setConsumerPaused', { room, consumer, paused: false })
  t.equal(other.events.filter(({ event }) => event === 'room.closed').length, 0, 'who is in the same room stays in it')
})
