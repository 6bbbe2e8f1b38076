/**
 * The protocol over a bare `ws` client. The SDK is what people use, but its bookkeeping would make the generator dearer
 * than the server; the frames are the same.
 */

import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { type EventFrame, type Position, type Response, subprotocol, type WireError } from '../src/protocol/index.ts'
import { Requests } from './requests.ts'

export interface Socket {
  /** Answered in any order. More requests than a connection may have in work wait here, as they do in the SDK. */
  call(method: string, params: object): Promise<unknown>
  onEvent: (frame: EventFrame) => void
  close(): Promise<void>
  /** As if the client's computer had been switched off, but for the packet that tells so. */
  vanish(): void
}

/** What of an earlier connection is to be gone on with. */
export interface Resume {
  /** Absent: a new session, told of its streams. */
  readonly session?: string
  readonly streams: readonly { readonly stream: string; readonly position: Position }[]
}

export interface SocketOptions {
  /** Of 127.0.0.0/8: an address has ports for about 28,000 connections, and the server may limit how many it accepts. */
  readonly localAddress?: string | undefined
  readonly resume?: Resume | undefined
  /** Requests at a time, for a server that was told to take more than the SDK sends. */
  readonly maxInFlight?: number
  /** The answer to session.open, before any later frame is looked at. */
  readonly onOpened?: (result: unknown) => void
  /** From the first frame on, even one before the answer; may be replaced later. */
  readonly onEvent?: (frame: EventFrame) => void
  /** Once, also when the connection could not be had; before the requests in flight fail. */
  readonly onClose?: (code: number, reason: string) => void
}

/** The server answered, and said no. */
export class Refusal extends Error {
  readonly code: string
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined

  constructor({ code, message, retryable, retryAfterMs }: WireError) {
    super(`${code}: ${message}`)
    this.code = code
    this.retryable = retryable
    this.retryAfterMs = retryAfterMs
  }
}

/** As the SDK's: the network's and the server's time until the session is open. */
const openMs = 12_000

/** Opens a connection and its session. @throws Refusal when the token is refused. */
export async function openSocket(url: string, token: string, options: SocketOptions = {}): Promise<Socket> {
  const { localAddress, resume } = options
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, subprotocol, {
    perMessageDeflate: false,
    ...(localAddress !== undefined && { localAddress }),
  })
  const requests = new Requests({
    encode: (id, method, params) => JSON.stringify({ id, method, params }),
    send: (frame) => socket.send(frame),
    maxInFlight: options.maxInFlight,
  })
  let opened = false
  const self: Socket = {
    onEvent: options.onEvent ?? (() => {}),
    call: (method, params) => requests.call(method, params),
    vanish: () => socket.terminate(),
    async close() {
      if (socket.readyState === socket.CLOSED) return
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
  const hear = (frame: EventFrame) => {
    // A sign of life, as the SDK gives it.
    if (frame.event === 'session.heartbeat') self.call('session.heartbeat', {}).catch(() => {})
    self.onEvent(frame)
  }
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Response | EventFrame
    if ('event' in frame) {
      hear(frame)
      return
    }
    if ('error' in frame) {
      requests.answer(frame.id, { error: new Refusal(frame.error) })
      return
    }
    if (!opened) options.onOpened?.(frame.result)
    opened = true
    requests.answer(frame.id, { result: frame.result })
  })
  socket.on('error', () => {})
  socket.on('close', (code, reason) => {
    options.onClose?.(code, String(reason))
    requests.fail(new Error(`the connection was closed with ${code}`))
  })
  const late = setTimeout(() => socket.terminate(), openMs)
  try {
    await once(socket, 'open')
    await self.call('session.open', { token, versions: [1], ...(resume && { resume }) })
    return self
  } catch (error) {
    socket.terminate()
    throw error
  } finally {
    clearTimeout(late)
  }
}

/** A node that is held up may have lost its storage for the moment, and asks to be asked again. */
const patienceMs = 60_000
const againMs = 200

/** @throws Error for any other answer than a good one. What is put is put again meanwhile: twice is once. */
export async function postJson(url: string, body: object, method = 'POST', token?: string): Promise<unknown> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const response = await fetch(url, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
    if (response.ok) return response.json()
    const text = await response.text()
    if (method !== 'PUT' || response.status !== 503 || performance.now() > deadline)
      throw new Error(`${method} ${url}: ${response.status} ${text}`)
    await delay(againMs)
  }
}
/** @param region of the sample people, unless named. */
export async function developmentToken(url: string, person: string, region?: string): Promise<string> {
  const named = region === undefined ? { person } : { person, region }
  return ((await postJson(`${url}/dev/token`, named)) as { token: string }).token
}
