/**
 * socket.io's protocol (Engine.IO 4, Socket.IO 5) over a bare `ws` client, for the same reason as in socket.ts: the
 * generator must cost the same beside every server.
 * Frames: https://socket.io/docs/v4/socket-io-protocol
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { EventFrame } from '../src/protocol/index.ts'
import { Requests } from './requests.ts'
import type { Socket, SocketOptions } from './socket.ts'

const ping = '2'
const pong = '3'
const connected = '40'
const refused = '44'
const event = '42'
const acknowledgement = '43'

/** Opens a connection with its token. @throws when the token is refused. */
export async function openEngineSocket(url: string, token: string, options: SocketOptions = {}): Promise<Socket> {
  const { localAddress } = options
  const address = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`
  const socket = new WebSocket(address, {
    perMessageDeflate: false,
    ...(localAddress !== undefined && { localAddress }),
  })
  const ready = Promise.withResolvers<void>()
  ready.promise.catch(() => {})
  const requests = new Requests({
    encode: (id, method, params) => `${event}${id}${JSON.stringify([method, params])}`,
    send: (frame) => socket.send(frame),
  })
  const self: Socket = {
    onEvent: () => {},
    call: (method, params) => requests.call(method, params),
    vanish: () => socket.terminate(),
    async close() {
      if (socket.readyState === socket.CLOSED) return
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
  socket.on('message', (data) => {
    const frame = String(data)
    if (frame.startsWith(event)) {
      const [name, value] = JSON.parse(frame.slice(event.length)) as [string, unknown]
      self.onEvent({ event: name, data: value } satisfies EventFrame)
      return
    }
    if (frame.startsWith(acknowledgement)) {
      const start = frame.indexOf('[')
      const answered = Number(frame.slice(acknowledgement.length, start))
      const [result] = JSON.parse(frame.slice(start)) as [unknown]
      requests.answer(answered, { result })
      return
    }
    if (frame === ping) socket.send(pong)
    else if (frame.startsWith(connected)) ready.resolve()
    else if (frame.startsWith(refused)) ready.reject(new Error(`refused: ${frame}`))
    else if (frame.startsWith('0')) socket.send(`${connected}${JSON.stringify({ token })}`)
  })
  socket.on('error', (error) => ready.reject(error))
  socket.on('close', (code) => {
    const error = new Error(`the connection was closed with ${code}`)
    ready.reject(error)
    requests.fail(error)
  })
  await ready.promise
  return self
}

/** How a generator talks to a server: the protocol of Visavis, which the bare peers speak too, or that of socket.io. */
export type Dialect = 'visavis' | 'socket.io'
