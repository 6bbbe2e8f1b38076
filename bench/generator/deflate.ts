/** Sends messages over many connections, with or without compression, and counts the bytes that come back. */
import { once } from 'node:events'
import type { Socket as NetSocket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { serveOrders } from '../orders.ts'
import { frames } from '../texts.ts'
import { openLoop } from './pace.ts'

export type DeflateOrders = {
  connect(params: { readonly url: string; readonly deflate: boolean; readonly connections: number }): Promise<void>
  /** Open loop, round all connections in turn; every twentieth message asks for a snapshot besides. */
  talk(params: { readonly perSecond: number; readonly seconds: number }): Promise<Talk>
}

export interface Talk {
  readonly messages: number
  /** Frames that were due from the server, and those that came. */
  readonly expected: number
  readonly received: number
  /** Bytes of all connections in both directions, as they were on the wire. */
  readonly wireBytes: number
}

const snapshotEvery = 20
const drainMs = 10_000
const sockets: WebSocket[] = []
let received = 0

async function connect({ url, deflate, connections }: Parameters<DeflateOrders['connect']>[0]): Promise<void> {
  for (let n = 0; n < connections; n += 1) {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), { perMessageDeflate: deflate })
    socket.on('message', () => {
      received += 1
    })
    await once(socket, 'open')
    sockets.push(socket)
  }
}

async function talk({ perSecond, seconds }: Parameters<DeflateOrders['talk']>[0]): Promise<Talk> {
  const own = sockets.map((_, n) => frames(1_000_000 + n))
  const [before, receivedBefore] = [wireBytes(), received]
  let messages = 0
  let expected = 0
  await openLoop(perSecond, seconds, (n) => {
    const place = n % sockets.length
    const socket = sockets[place]
    socket?.send(own[place]?.publish(n) ?? '')
    messages += 1
    expected += 2
    if (Math.floor(n / sockets.length + n) % snapshotEvery !== 0) return
    socket?.send('snapshot')
    expected += 1
  })
  const deadline = performance.now() + drainMs
  while (received - receivedBefore < expected && performance.now() < deadline) await delay(5)
  return { messages, expected, received: received - receivedBefore, wireBytes: wireBytes() - before }
}

/** `ws` does not tell; the socket beneath it does. */
const wireBytes = (): number =>
  sockets.reduce((sum, socket) => {
    const { bytesRead, bytesWritten } = (socket as unknown as { _socket: NetSocket })._socket
    return sum + bytesRead + bytesWritten
  }, 0)

serveOrders({ connect, talk } satisfies DeflateOrders)
