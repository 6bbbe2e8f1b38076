/**
 * socket.io as its documentation sets it up for a service that must come back without loss: the Redis Streams adapter,
 * connection state recovery, a token checked by a middleware, rooms; everything else by default. A message is appended to
 * a stream that keeps the channel's history and acknowledged once that is on disk, then emitted to the room: the adapter's
 * own stream keeps no history of a channel, and `emit` does not tell when it has been written.
 *
 * With one node the adapter still writes every broadcast to Redis and reads it back; only the delivery to its own clients
 * is direct, which is to the advantage of socket.io.
 *
 * PEER_REDIS: path of a Redis socket. PEER_SECRET: of HS256 tokens.
 */
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'
import { WebSocketServer } from 'ws'
import { verifyToken } from '../../tokens.ts'

interface Publish {
  readonly channel: string
  readonly key: string
  readonly text: string
}

const { PEER_REDIS = '', PEER_SECRET = '' } = process.env
// The adapter reads replies of RESP2.
const redis = new Redis(PEER_REDIS, { enableAutoPipelining: true, protocol: 2 })
const offsets = new Map<string, number>()
const http = createServer()
const io = new Server(http, {
  adapter: createAdapter(redis),
  connectionStateRecovery: {},
  // The same release of `ws` that the others use.
  wsEngine: WebSocketServer,
})

io.use((socket, next) => {
  try {
    socket.data = verifyToken(String(socket.handshake.auth.token), PEER_SECRET)
    next()
  } catch (error) {
    next(error as Error)
  }
})

io.on('connection', (socket) => {
  const { sub, channels = [sub] } = socket.data
  void socket.join(channels)
  socket.on('chat.publish', (params: Publish, answer: (result: object) => void) => {
    void publish(params, answer).catch(() => socket.disconnect(true))
  })
})

async function publish({ channel, key, text }: Publish, answer: (result: object) => void): Promise<void> {
  const offset = (offsets.get(channel) ?? 0) + 1
  offsets.set(channel, offset)
  const message = { offset, key, text, at: Date.now() }
  await redis.xadd(`history:${channel}`, '*', 'm', JSON.stringify(message))
  answer({ position: { offset } })
  io.to(channel).emit('chat.messagePublished', { channel, message })
}

// A new run begins at the first offset again.
io.of('/').adapter.on('delete-room', (room: string) => offsets.delete(room))

http.listen(0, '127.0.0.1', () => {
  const address = http.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${port}` }))
})
process.once('SIGTERM', () => process.exit(0))
