/**
 * Bare `ws` that answers a published message with its result and its event, and `snapshot` with one of 2 kB: to see what
 * compression alone adds.
 *
 * PEER_DEFLATE: `off`; `context`, the default of `ws`, which keeps what it has seen and compresses every frame; or
 * `stateless`, which forgets after each frame and therefore compresses those of at least 1 kB only.
 */
import { WebSocketServer } from 'ws'
import { frames } from '../../texts.ts'

const { PEER_DEFLATE = 'off' } = process.env
const forgetful = { serverNoContextTakeover: true, clientNoContextTakeover: true }
const perMessageDeflate = PEER_DEFLATE !== 'off' && (PEER_DEFLATE === 'stateless' ? forgetful : {})
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate })
let seed = 0

server.on('connection', (socket) => {
  seed += 1
  const own = frames(seed)
  socket.on('message', (data) => {
    const text = String(data)
    for (const answer of text === 'snapshot' ? [own.snapshot()] : own.answer(text)) socket.send(answer)
  })
})

server.on('listening', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${port}` }))
})
process.once('SIGTERM', () => process.exit(0))
