/**
 * The peer for rooms: raw mediasoup with nothing around it. One worker, a router per room, the same codecs, transports
 * and options as Visavis uses for synthetic participants; no rights, no validation, no storage, no metrics. It speaks the
 * same frames so that the same generator drives both. A token is anything.
 *
 * PEER_WORKER_BIN: the mediasoup-worker program.
 */
import { createWorker, type types } from 'mediasoup'
import { type WebSocket, WebSocketServer } from 'ws'
import { mediaCodecs } from '../../../src/media/codecs.ts'
import { subprotocol } from '../../../src/protocol/index.ts'

interface Params {
  readonly room: string
  readonly direction: 'send' | 'receive'
  readonly transport: string
  readonly ip: string
  readonly port: number
  readonly srtpParameters: types.SrtpParameters
  readonly kind: types.MediaKind
  readonly rtpParameters: types.RtpParameters
  readonly producer: string
  readonly rtpCapabilities: types.RtpCapabilities
  readonly consumer: string
  readonly paused: boolean
  readonly spatialLayer: number
}

interface Room {
  readonly router: Promise<types.Router>
  readonly members: Map<WebSocket, Member>
}

/** What one session has in its room. */
interface Member {
  readonly transports: Map<string, types.PlainTransport>
  receiving: types.PlainTransport | undefined
  readonly producers: Map<string, types.Producer>
  readonly consumers: Map<string, types.Consumer>
}

/** As Visavis asks for (src/media/worker.ts). */
const socketBufferBytes = 4 * 1024 * 1024

const worker = await createWorker({ workerBin: process.env.PEER_WORKER_BIN ?? '', logLevel: 'error' })
const rooms = new Map<string, Room>()

function memberOf(room: string, socket: WebSocket): Member {
  const member = rooms.get(room)?.members.get(socket)
  if (member === undefined) throw new Error(`not in ${room}`)
  return member
}

const part = <T>(of: ReadonlyMap<string, T>, id: string): T => {
  const found = of.get(id)
  if (found === undefined) throw new Error(`there is no ${id}`)
  return found
}

const describe = ({ id, kind }: types.Producer) => ({ id, kind })

function leave(id: string, socket: WebSocket): void {
  const room = rooms.get(id)
  const member = room?.members.get(socket)
  for (const transport of member?.transports.values() ?? []) transport.close()
  room?.members.delete(socket)
  if (room?.members.size !== 0) return
  rooms.delete(id)
  void room.router.then((router) => router.close())
}

const methods: Record<string, (socket: WebSocket, params: Params) => Promise<object>> = {
  async 'session.open'() {
    return {}
  },
  async 'room.join'(socket, { room: id }) {
    const room = rooms.get(id) ?? {
      router: worker.createRouter({ mediaCodecs: [...mediaCodecs] }),
      members: new Map<WebSocket, Member>(),
    }
    rooms.set(id, room)
    const producers = [...room.members.values()].flatMap((other) => [...other.producers.values()].map(describe))
    room.members.set(socket, {
      transports: new Map(),
      receiving: undefined,
      producers: new Map(),
      consumers: new Map(),
    })
    return { rtpCapabilities: (await room.router).rtpCapabilities, producers }
  },
  async 'room.leave'(socket, { room }) {
    leave(room, socket)
    return {}
  },
  async 'room.openSyntheticTransport'(socket, { room, direction }) {
    const member = memberOf(room, socket)
    const router = await rooms.get(room)?.router
    if (router === undefined) throw new Error(`there is no ${room}`)
    const transport = await router.createPlainTransport({
      listenInfo: {
        protocol: 'udp',
        ip: '127.0.0.1',
        sendBufferSize: socketBufferBytes,
        recvBufferSize: socketBufferBytes,
      },
      rtcpMux: true,
      comedia: false,
      enableSrtp: true,
      srtpCryptoSuite: 'AEAD_AES_256_GCM',
    })
    member.transports.set(transport.id, transport)
    if (direction === 'receive') member.receiving = transport
    const { tuple, srtpParameters } = transport
    return { id: transport.id, ip: tuple.localAddress, port: tuple.localPort, srtpParameters }
  },
  async 'room.connectSyntheticTransport'(socket, { room, transport, ip, port, srtpParameters }) {
    await part(memberOf(room, socket).transports, transport).connect({ ip, port, srtpParameters })
    return {}
  },
  async 'room.produce'(socket, { room, transport, kind, rtpParameters }) {
    const member = memberOf(room, socket)
    const producer = await part(member.transports, transport).produce({ kind, rtpParameters })
    member.producers.set(producer.id, producer)
    const frame = JSON.stringify({ event: 'room.producerOpened', data: { room, producer: describe(producer) } })
    for (const other of rooms.get(room)?.members.keys() ?? []) if (other !== socket) other.send(frame)
    return { producer: producer.id }
  },
  async 'room.consume'(socket, { room, producer, rtpCapabilities }) {
    const member = memberOf(room, socket)
    if (member.receiving === undefined) throw new Error('no transport to receive with')
    const consumer = await member.receiving.consume({ producerId: producer, rtpCapabilities, paused: true })
    member.consumers.set(consumer.id, consumer)
    return { id: consumer.id, rtpParameters: consumer.rtpParameters }
  },
  async 'room.setConsumerPaused'(socket, { room, consumer, paused }) {
    const found = part(memberOf(room, socket).consumers, consumer)
    await (paused ? found.pause() : found.resume())
    return {}
  },
  async 'room.setPreferredLayers'(socket, { room, consumer, spatialLayer }) {
    await part(memberOf(room, socket).consumers, consumer).setPreferredLayers({ spatialLayer })
    return {}
  },
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => subprotocol })
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { id, method, params } = JSON.parse(String(data)) as { id: number; method: string; params: Params }
    methods[method]?.(socket, params)
      .then((result) => socket.send(JSON.stringify({ id, result })))
      .catch((error: Error) => socket.send(JSON.stringify({ id, error: { code: 'INTERNAL', message: error.message } })))
  })
  socket.once('close', () => {
    for (const [id, { members }] of rooms) if (members.has(socket)) leave(id, socket)
  })
})
server.on('listening', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${port}` }))
})
process.once('SIGTERM', () => {
  worker.close()
  process.exit(0)
})
