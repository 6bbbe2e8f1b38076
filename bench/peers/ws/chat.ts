/**
 * The floor for chat: what a bare `ws` server costs that does nothing but append to a Redis stream, under the same fsync
 * policy and with the same batching, and hand the message to both members. No validation, no rights, no idempotency,
 * no history, no recovery. It speaks the frames of the protocol so that the same generator drives both.
 *
 * FLOOR_REDIS: path of a Redis socket. A token is the list of the person's channels, with commas.
 */
import { Redis } from 'ioredis'
import { type WebSocket, WebSocketServer } from 'ws'
import { subprotocol } from '../../../src/protocol/index.ts'

interface Request {
  readonly id: number
  readonly method: string
  readonly params: { readonly token?: string; readonly channel: string; readonly key: string; readonly text: string }
}

const redis = new Redis(process.env.FLOOR_REDIS ?? '', { enableAutoPipelining: true })
const members = new Map<string, Set<WebSocket>>()
const offsets = new Map<string, number>()
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => subprotocol })

server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { id, method, params } = JSON.parse(String(data)) as Request
    if (method === 'session.open') {
      for (const channel of params.token?.split(',') ?? []) join(channel, socket)
      socket.send(JSON.stringify({ id, result: {} }))
      return
    }
    void publish(id, socket, params).catch(() => socket.terminate())
  })
})

function join(channel: string, socket: WebSocket): void {
  const set = members.get(channel) ?? new Set()
  members.set(channel, set.add(socket))
  socket.once('close', () => {
    set.delete(socket)
    // A new run begins at the first offset again.
    if (set.size === 0) offsets.delete(channel)
  })
}

async function publish(id: number, socket: WebSocket, { channel, key, text }: Request['params']) {
  const offset = (offsets.get(channel) ?? 0) + 1
  offsets.set(channel, offset)
  const message = { offset, key, text, at: Date.now() }
  await redis.xadd(`floor:${channel}`, '*', 'm', JSON.stringify(message))
  socket.send(JSON.stringify({ id, result: { position: { offset } } }))
  const frame = JSON.stringify({ event: 'chat.messagePublished', data: { channel, message } })
  for (const member of members.get(channel) ?? []) member.send(frame)
}

server.on('listening', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${port}` }))
})
process.once('SIGTERM', () => process.exit(0))
