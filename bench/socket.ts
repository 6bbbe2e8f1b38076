/**
 * The protocol over a bare `ws` client. The SDK is what people use, but its bookkeeping would make the generator dearer
 * than the server; the frames are the same.
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type EventFrame, type Response, subprotocol } from '../src/protocol/index.ts'

export interface Socket {
  /** Answered in any order. More requests than a connection may have in work wait here, as they do in the SDK. */
  call(method: string, params: object): Promise<unknown>
  onEvent: (frame: EventFrame) => void
  close(): Promise<void>
  /** As if the client's computer had been switched off, but for the packet that tells so. */
  vanish(): void
}

/** As the SDK's: fewer than the server's limit of 64. */
const maxInFlight = 48

/** Opens a connection and its session. @throws when the token is refused. */
export async function openSocket(url: string, token: string): Promise<Socket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, subprotocol, { perMessageDeflate: false })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const queued: { readonly frame: string; readonly id: number; readonly answer: PromiseWithResolvers<unknown> }[] = []
  let id = 0
  const sendQueued = () => {
    while (waiting.size < maxInFlight) {
      const next = queued.shift()
      if (next === undefined) return
      waiting.set(next.id, next.answer)
      socket.send(next.frame)
    }
  }
  const self: Socket = {
    onEvent: () => {},
    call: (method, params) => {
      id += 1
      const answer = Promise.withResolvers<unknown>()
      queued.push({ id, frame: JSON.stringify({ id, method, params }), answer })
      sendQueued()
      return answer.promise
    },
    vanish: () => socket.terminate(),
    async close() {
      if (socket.readyState === socket.CLOSED) return
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Response | EventFrame
    if ('event' in frame) {
      self.onEvent(frame)
      return
    }
    const request = waiting.get(frame.id)
    waiting.delete(frame.id)
    if ('error' in frame) request?.reject(new Error(`${frame.error.code}: ${frame.error.message}`))
    else request?.resolve(frame.result)
    sendQueued()
  })
  socket.on('close', (code) => {
    const lost = [...waiting.values(), ...queued.map(({ answer }) => answer)]
    for (const { reject } of lost) reject(new Error(`the connection was closed with ${code}`))
  })
  await once(socket, 'open')
  await self.call('session.open', { token, versions: [1] })
  return self
}

export async function postJson(url: string, body: object, method = 'POST', token?: string): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  return response.json()
}

export async function developmentToken(url: string, person: string): Promise<string> {
  return ((await postJson(`${url}/dev/token`, { person })) as { token: string }).token
}
