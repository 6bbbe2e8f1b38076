/**
 * The peer for rooms: raw mediasoup with nothing around it. One worker, a router per room, the same codecs, transports
 * and options as Visavis uses for synthetic participants; no rights, no validation, no state, no metrics. It speaks the
 * same frames so that the same generator drives both. A token is anything.
 *
 * PEER_WORKER_BIN: the mediasoup-worker program.
 */
import { createWorker, type types } from 'mediasoup'
import { WebSocketServer } from 'ws'
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
}
const worker = await createWorker({ workerBin: process.env.PEER_WORKER_BIN ?? '', logLevel: 'error' })
const routers = new Map<string, Promise<types.Router>>()
const transports = new Map<string, types.PlainTransport>()
const consumers = new Map<string, types.Consumer>()
/** The newest receiving transport of a session in a room: consumers are made on it. */
const receiving = new Map<string, types.PlainTransport>()

const routerOf = (room: string) => {
  const router = routers.get(room) ?? worker.createRouter({ mediaCodecs: [...mediaCodecs] })
  routers.set(room, router)
  return router
}

const methods: Record<string, (session: number, params: Params) => Promise<object>> = {
  async 'session.open'() {
    return {}
  },
  async 'room.join'(_session, { room }) {
    return { rtpCapabilities: (await routerOf(room)).rtpCapabilities }
  },
  async 'room.leave'(_session, { room }) {
    const router = await routers.get(room)
    routers.delete(room)
    router?.close()
    return {}
  },
  async 'room.openSyntheticTransport'(session, { room, direction }) {
    const router = await routerOf(room)
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      rtcpMux: true,
      comedia: false,
      enableSrtp: true,
      srtpCryptoSuite: 'AEAD_AES_256_GCM',
    })
    transports.set(transport.id, transport)
    if (direction === 'receive') receiving.set(`${session} ${room}`, transport)
    const { tuple, srtpParameters } = transport
    return { id: transport.id, ip: tuple.localAddress, port: tuple.localPort, srtpParameters }
  },
  async 'room.connectSyntheticTransport'(_session, { transport, ip, port, srtpParameters }) {
    await transports.get(transport)?.connect({ ip, port, srtpParameters })
    return {}
  },
  async 'room.produce'(_session, { transport, kind, rtpParameters }) {
    const producer = await transports.get(transport)?.produce({ kind, rtpParameters })
    return { producer: producer?.id }
  },
  async 'room.consume'(session, { room, producer, rtpCapabilities }) {
    const transport = receiving.get(`${session} ${room}`)
    const consumer = await transport?.consume({ producerId: producer, rtpCapabilities, paused: true })
    if (consumer !== undefined) consumers.set(consumer.id, consumer)
    return { id: consumer?.id, rtpParameters: consumer?.rtpParameters }
  },
  async 'room.setConsumerPaused'(_session, { consumer }) {
    await consumers.get(consumer)?.resume()
    return {}
  },
}

let sessions = 0
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => subprotocol })
server.on('connection', (socket) => {
  sessions += 1
  const session = sessions
  socket.on('message', (data) => {
    const { id, method, params } = JSON.parse(String(data)) as { id: number; method: string; params: Params }
    methods[method]?.(session, params)
      .then((result) => socket.send(JSON.stringify({ id, result })))
      .catch((error: Error) => socket.send(JSON.stringify({ id, error: { code: 'INTERNAL', message: error.message } })))
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
