/**
 * The floor for connections: bare `ws` that checks the token of session.open, knows who is on which socket, and does
 * nothing else. No heartbeat, no streams, no limits.
 *
 * PEER_SECRET: of HS256 tokens.
 */
import { type WebSocket, WebSocketServer } from 'ws'
import { subprotocol } from '../../../src/protocol/index.ts'
import { verifyToken } from '../../tokens.ts'

interface Request {
  readonly id: number
  readonly params: { readonly token: string }
}

const { PEER_SECRET = '' } = process.env
const sockets = new Map<string, WebSocket>()
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  handleProtocols: () => subprotocol,
})

server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { id, params } = JSON.parse(String(data)) as Request
    try {
      const { sub } = verifyToken(params.token, PEER_SECRET)
      sockets.set(sub, socket)
      socket.once('close', () => sockets.delete(sub))
      socket.send(JSON.stringify({ id, result: {} }))
    } catch {
      socket.close(4500)
    }
  })
})

server.on('listening', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${port}` }))
})
process.once('SIGTERM', () => process.exit(0))
