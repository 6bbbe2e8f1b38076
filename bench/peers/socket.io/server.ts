/**
 * socket.io as its documentation sets it up for a service that must come back without loss: the Redis Streams adapter,
 * connection state recovery, a token checked by a middleware, rooms; everything else by default. A message is numbered and
 * appended to a stream that keeps the channel's history, once per key, and acknowledged once that is on disk, then emitted
 * to the room: the adapter's own stream keeps no history of a channel, and `emit` does not tell when it has been written.
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

/**
 * The work of a durable publish, the same for all: once per key, numbered within the channel, kept in its history. As one
 * script, because that is how one would write it.
 */
redis.defineCommand('append', {
  numberOfKeys: 3,
  lua: `
    local offset = tonumber(redis.call('HGET', KEYS[2], 'last') or '0') + 1
    local before = redis.call('SET', KEYS[3], offset, 'NX', 'GET', 'PX', 172800000)
    if before then return tonumber(before) end
    redis.call('HSET', KEYS[2], 'last', offset)
    redis.call('XADD', KEYS[1], offset .. '-0', 'm', ARGV[1])
    return offset`,
})
type Append = (history: string, meta: string, key: string, message: string) => Promise<number>

async function publish({ channel, key, text }: Publish, answer: (result: object) => void): Promise<void> {
  const message = { key, text, at: Date.now() }
  const { append } = redis as unknown as { append: Append }
  const offset = await append.call(
    redis,
    `history:${channel}`,
    `meta:${channel}`,
    `key:${channel}:${key}`,
    JSON.stringify(message),
  )
  answer({ position: { offset } })
  io.to(channel).emit('chat.messagePublished', { channel, message: { offset, ...message } })
}

// A new run begins at the first offset again.
io.of('/').adapter.on('delete-room', (room: string) => {
  void redis.del(`history:${room}`, `meta:${room}`).catch(() => {})
})

http.listen(0, '127.0.0.1', () => {
  const address = http.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${port}` }))
})
process.once('SIGTERM', () => process.exit(0))
