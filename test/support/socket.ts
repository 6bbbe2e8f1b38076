/** A raw client of the protocol, for what the SDK would never send. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type EventFrame, type Response, subprotocol } from '../../src/protocol/index.ts'
import { until } from './until.ts'

export interface RawClient extends AsyncDisposable {
  readonly socket: WebSocket
  readonly events: readonly EventFrame[]
  /** Sends text as it is. */
  sendText(text: string): void
  /** Sends a request and waits for its answer. */
  call(method: string, params: unknown): Promise<Response>
  /** Like `call`, but gives the result and throws the error's code. */
  result(method: string, params: unknown): Promise<unknown>
  /** Resolves with code and reason once the connection is closed. */
  readonly closed: Promise<{ code: number; reason: string }>
}

/** @param token when given, the session is opened with it. */
export async function rawClient(url: string, token?: string, protocol: string = subprotocol): Promise<RawClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, protocol)
  const events: EventFrame[] = []
  const answers = new Map<number, (response: Response) => void>()
  let nextId = 1
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Response | EventFrame
    if ('event' in frame) events.push(frame)
    else answers.get(frame.id)?.(frame)
  })
  socket.on('error', () => {})
  await once(socket, 'open')

  const call = (method: string, params: unknown): Promise<Response> => {
    const id = nextId
    nextId += 1
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    answers.set(id, resolve)
    void closed.then(({ code, reason }) => reject(new Error(`closed with ${code} ${reason} before the answer`)))
    socket.send(JSON.stringify({ id, method, params }))
    return promise
  }
  const result = async (method: string, params: unknown) => {
    const response = await call(method, params)
    if ('error' in response) throw Object.assign(new Error(response.error.message), { code: response.error.code })
    return response.result
  }
  if (token !== undefined) await result('session.open', { token, versions: [1] })
  return {
    socket,
    events,
    sendText: (text) => socket.send(text),
    call,
    result,
    closed,
    async [Symbol.asyncDispose]() {
      socket.close()
      await closed
    },
  }
}

/** Waits for the next event of a name that satisfies `accept`. */
export const eventOf = <D>(client: RawClient, name: string, accept: (data: D) => boolean = () => true): Promise<D> =>
  until(() => client.events.find(({ event, data }) => event === name && accept(data as D))?.data as D | undefined, {
    what: `the event ${name}`,
  })
