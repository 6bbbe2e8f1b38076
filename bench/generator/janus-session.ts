/** Janus's own protocol over a bare `ws` client: one session with handles of a plugin, requests that are answered by events. */
import { once } from 'node:events'
import { WebSocket } from 'ws'

export interface Description {
  readonly type: 'offer' | 'answer'
  readonly sdp: string
}

/** What the plugin says, and the description that may come with it. */
export interface Told {
  readonly data: Readonly<Record<string, unknown>>
  readonly jsep: Description | undefined
}

interface Frame {
  readonly janus: string
  readonly transaction?: string
  readonly sender?: number
  readonly data?: { readonly id: number }
  readonly plugindata?: { readonly data: Readonly<Record<string, unknown>> }
  readonly jsep?: Description
  readonly error?: { readonly code: number; readonly reason: string }
}

export class JanusSession {
  readonly #socket: WebSocket
  readonly #waiting = new Map<string, PromiseWithResolvers<Frame>>()
  #session: number | undefined
  #count = 0
  /** What a plugin says of its own accord. */
  onTold: (data: Readonly<Record<string, unknown>>) => void = () => {}

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (text) => this.#hear(JSON.parse(String(text)) as Frame))
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('janus closed the connection'))
    })
  }

  async open(): Promise<void> {
    this.#session = (await this.#call({ janus: 'create' })).data?.id
  }

  /** @returns the number of a new handle. */
  async attach(plugin: string): Promise<number> {
    const { data } = await this.#call({ janus: 'attach', plugin })
    if (data === undefined) throw new Error(`janus gives no handle of ${plugin}`)
    return data.id
  }

  /** @throws Error for what the plugin refuses. */
  async ask(handle: number, body: object, jsep?: Description): Promise<Told> {
    const frame = await this.#call({ janus: 'message', handle_id: handle, body, ...(jsep && { jsep }) })
    const data = frame.plugindata?.data ?? {}
    if ('error' in data) throw new Error(`janus: ${String(data.error)} (${String(data.error_code)})`)
    return { data, jsep: frame.jsep }
  }

  /** Where to find us, of a description that did not say so. */
  trickle(handle: number, candidates: readonly string[]): void {
    const told = candidates.map((candidate) => ({ sdpMid: '0', sdpMLineIndex: 0, candidate }))
    this.#send({ janus: 'trickle', handle_id: handle, candidates: [...told, { completed: true }] })
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }

  vanish(): void {
    this.#socket.terminate()
  }

  #call(request: object): Promise<Frame> {
    const answer = Promise.withResolvers<Frame>()
    this.#waiting.set(this.#send(request), answer)
    answer.promise.catch(() => {})
    return answer.promise
  }

  #send(request: object): string {
    this.#count += 1
    const transaction = String(this.#count)
    this.#socket.send(JSON.stringify({ ...request, transaction, ...(this.#session && { session_id: this.#session }) }))
    return transaction
  }

  #hear(frame: Frame): void {
    // The plugin answers later, under the same name.
    if (frame.janus === 'ack') return
    const waiting = this.#waiting.get(frame.transaction ?? '')
    if (waiting === undefined) {
      if (frame.plugindata !== undefined) this.onTold(frame.plugindata.data)
      return
    }
    this.#waiting.delete(frame.transaction ?? '')
    if (frame.error === undefined) waiting.resolve(frame)
    else waiting.reject(new Error(`janus: ${frame.error.reason} (${frame.error.code})`))
  }
}

export async function openJanusSession(url: string): Promise<JanusSession> {
  const socket = new WebSocket(url, 'janus-protocol', { perMessageDeflate: false })
  const session = new JanusSession(socket)
  await once(socket, 'open')
  await session.open()
  return session
}
