/**
 * Fills 1:1 rooms with synthetic participants. One video and one audio stream are made here once and fanned out by a
 * mediasoup worker of the generator; everything that arrives is counted by its producers' RTP statistics, so no packet
 * passes through JavaScript twice.
 */
import { createWorker, type types } from 'mediasoup'
import { until } from '../condition.ts'
import { openSocket, type Socket } from '../socket.ts'
import { serveJob, type Window } from './job.ts'
import { openSource, type Source } from './source.ts'

export interface RoomsJob {
  readonly url: string
  /** Tokens of two operators' sessions; each is one participant of every room. */
  readonly tokens: readonly [string, string]
  readonly workerBin: string
  readonly rooms: number
  readonly seconds: number
  /** Rooms joined one after another while the load flows, to time the join. */
  readonly probes: number
}

export interface RoomsOutcome {
  readonly sent: number
  readonly received: number
  /** Packets that arrived within the window of load, for CPU per packet. */
  readonly inWindow: number
  /** From room.join to the first packet of the other, ms. */
  readonly joinMs: readonly number[]
  /** Streams of which not every packet arrived. */
  readonly incomplete: number
}

interface Participant {
  readonly session: Socket
  readonly room: string
  readonly out: types.PlainTransport
  readonly into: types.PlainTransport
  readonly sending: string
  readonly receiving: string
}

interface Stream {
  /** The generator's consumer that sends into the server. */
  readonly leaving: types.Consumer
  /** The generator's producer that stands for what comes back. */
  readonly arriving: types.Producer
}

const suite = 'AEAD_AES_256_GCM'
const drainMs = 5_000

class Generator {
  readonly #router: types.Router
  readonly #source: Source

  constructor(router: types.Router, source: Source) {
    this.#router = router
    this.#source = source
  }

  /** Both participants enter, and each receives what the other sends. */
  async open(room: string, sessions: readonly [Socket, Socket]): Promise<Stream[]> {
    const [a, b] = await Promise.all([this.#enter(room, sessions[0]), this.#enter(room, sessions[1])])
    const directions = [
      [a, b],
      [b, a],
    ] as const
    const streams = await Promise.all(
      directions.flatMap(([from, to]) => this.#source.producers.map((producer) => this.#send(producer, from, to))),
    )
    return streams
  }

  async #enter(room: string, session: Socket): Promise<Participant> {
    await session.call('room.join', { room })
    const [sending, receiving] = await Promise.all([
      this.#transport(room, session, 'send'),
      this.#transport(room, session, 'receive'),
    ])
    return { session, room, out: sending.mine, into: receiving.mine, sending: sending.id, receiving: receiving.id }
  }

  async #transport(room: string, session: Socket, direction: 'send' | 'receive') {
    const [mine, answer] = await Promise.all([
      this.#router.createPlainTransport({
        listenInfo: { protocol: 'udp', ip: '127.0.0.1', recvBufferSize: 4_000_000, sendBufferSize: 4_000_000 },
        rtcpMux: true,
        comedia: false,
        enableSrtp: true,
        srtpCryptoSuite: suite,
      }),
      session.call('room.openSyntheticTransport', { room, direction }),
    ])
    const theirs = answer as { id: string; ip: string; port: number; srtpParameters: types.SrtpParameters }
    const { tuple, srtpParameters } = mine
    await Promise.all([
      mine.connect({ ip: theirs.ip, port: theirs.port, srtpParameters: theirs.srtpParameters }),
      session.call('room.connectSyntheticTransport', {
        room,
        transport: theirs.id,
        ip: tuple.localAddress,
        port: tuple.localPort,
        srtpParameters,
      }),
    ])
    return { mine, id: theirs.id }
  }

  async #send(producer: types.Producer, from: Participant, to: Participant): Promise<Stream> {
    const { room } = from
    const { kind } = producer
    const leaving = await from.out.consume({
      producerId: producer.id,
      rtpCapabilities: this.#router.rtpCapabilities as types.RtpCapabilities,
      // Nothing leaves before the other end is ready, so that every packet sent can be asked for.
      paused: true,
    })
    const source = kind === 'audio' ? 'microphone' : 'camera'
    const produced = await from.session.call('room.produce', {
      room,
      transport: from.sending,
      kind,
      source,
      rtpParameters: leaving.rtpParameters,
    })
    const consumed = await to.session.call('room.consume', {
      room,
      producer: (produced as { producer: string }).producer,
      rtpCapabilities: this.#router.rtpCapabilities,
    })
    const { id, rtpParameters } = consumed as { id: string; rtpParameters: types.RtpParameters }
    const arriving = await to.into.produce({ kind, rtpParameters })
    await to.session.call('room.setConsumerPaused', { room, consumer: id, paused: false })
    await leaving.resume()
    return { leaving, arriving }
  }
}

const countOf = async (statistics: Promise<readonly { type: string; packetCount?: number }[]>, type: string) =>
  (await statistics).filter((entry) => entry.type === type).reduce((sum, { packetCount = 0 }) => sum + packetCount, 0)

const arrived = async (streams: readonly Stream[]): Promise<number> => {
  const counts = await Promise.all(streams.map(({ arriving }) => countOf(arriving.getStats(), 'inbound-rtp')))
  return counts.reduce((sum, count) => sum + count, 0)
}

async function run(job: RoomsJob, window: Window): Promise<RoomsOutcome> {
  const worker = await createWorker({ workerBin: job.workerBin, logLevel: 'error' })
  try {
    const { router, source } = await openSource(worker)
    const sessions = await Promise.all([
      openSocket(job.url, job.tokens[0]),
      openSocket(job.url, job.tokens[1]),
    ] as const)
    const generator = new Generator(router, source)
    const streams: Stream[] = []
    for (let n = 0; n < job.rooms; n += 1) streams.push(...(await generator.open(`synthetic-${n}`, sessions)))

    source.start()
    await until(async () => (await arrived(streams)) > streams.length, drainMs)
    const before = await arrived(streams)
    window.started()
    await new Promise((resolve) => setTimeout(resolve, job.seconds * 1_000))
    const inWindow = (await arrived(streams)) - before
    window.stopped()

    const joinMs: number[] = []
    for (let n = 0; n < job.probes; n += 1) {
      const startedAt = performance.now()
      const probe = await generator.open(`synthetic-probe-${n}`, sessions)
      await until(
        async () => (await Promise.all(probe.map((each) => arrived([each])))).every((count) => count > 0),
        drainMs,
        1,
      )
      joinMs.push(performance.now() - startedAt)
      for (const session of sessions) await session.call('room.leave', { room: `synthetic-probe-${n}` })
    }

    source.stop()
    const counts = async () =>
      Promise.all(
        streams.map(async ({ leaving, arriving }) => ({
          sent: await countOf(leaving.getStats(), 'outbound-rtp'),
          received: await countOf(arriving.getStats(), 'inbound-rtp'),
        })),
      )
    // Statistics of the last packets may be a moment late; what is lost stays lost.
    await until(async () => (await counts()).every(({ sent, received }) => received >= sent), drainMs).catch(() => {})
    const totals = await counts()
    for (const session of sessions) {
      for (let n = 0; n < job.rooms; n += 1) await session.call('room.leave', { room: `synthetic-${n}` })
      await session.close()
    }
    return {
      sent: totals.reduce((sum, { sent }) => sum + sent, 0),
      received: totals.reduce((sum, { received }) => sum + received, 0),
      inWindow,
      joinMs,
      incomplete: totals.filter(({ sent, received }) => sent === 0 || received !== sent).length,
    }
  } finally {
    worker.close()
  }
}

serveJob(run)
