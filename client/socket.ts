/** One WebSocket, from token to close: sends session.open first, hands on every frame. */
import { closeCodes, VisavisError } from '../src/protocol/errors.ts'
import type {
  ParamsOf,
  ServerFrame,
  subprotocol as Subprotocol,
  protocolVersion as Version,
} from '../src/protocol/index.ts'

// Written again, with the type of the original, because the file that has them imports the schema library.
const subprotocol: typeof Subprotocol = 'visavis.v1'
const protocolVersion: typeof Version = 1

/** Time for the token and for the answer to session.open. */
const openTimeoutMs = 12_000
/** Requests begin at 1. */
const openRequest = 0
/** What the browser reports when a connection could not be had or was cut. */
const abnormalClosure = 1006
/** What tells the server that the person has left. */
const normalClosure = 1000

export interface SocketOptions {
  readonly url: string
  readonly token: () => string | Promise<string>
  /** What is to be taken up again. */
  readonly resume: NonNullable<ParamsOf<'session.open'>['resume']>
  readonly only?: 'check'
}

export interface SocketListeners {
  readonly onFrame: (frame: ServerFrame) => void
  /** Called once, unless `drop` came before. */
  readonly onLost: (code: number, reason: string, error?: Error) => void
}

export interface Socket {
  /** Id of the session.open request. */
  readonly openRequest: number
  /** `performance.now` of the newest frame, or of the start. */
  readonly lastFrameAt: number
  readonly send: (frame: string) => void
  /** Nothing is heard of it any more. With `forGood` the server does not wait for a return. */
  readonly drop: (forGood?: boolean) => void
}

export function openSocket({ url, token, resume, only }: SocketOptions, { onFrame, onLost }: SocketListeners): Socket {
  let socket: WebSocket | undefined
  let over = false
  let lastFrameAt = performance.now()

  const drop = (forGood = false) => {
    over = true
    clearTimeout(timer)
    socket?.close(forGood ? normalClosure : closeCodes.RESUME.code)
  }
  const lose = (code: number, reason: string, error?: Error) => {
    if (over) return
    drop()
    onLost(code, reason, error)
  }
  const timer = setTimeout(() => lose(abnormalClosure, 'no session in time'), openTimeoutMs)

  const receive = (text: unknown) => {
    if (over) return
    lastFrameAt = performance.now()
    const frame = JSON.parse(String(text)) as ServerFrame
    if ('id' in frame && frame.id === openRequest) clearTimeout(timer)
    onFrame(frame)
  }
  const start = (value: string) => {
    if (over) return
    const opening: ParamsOf<'session.open'> = {
      token: value,
      versions: [protocolVersion],
      resume,
      ...(only && { only }),
    }
    const created = new WebSocket(`${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/ws`, subprotocol)
    socket = created
    created.onopen = () => created.send(JSON.stringify({ id: openRequest, method: 'session.open', params: opening }))
    created.onmessage = ({ data }) => receive(data)
    created.onclose = ({ code, reason }) => lose(code, reason)
    // `close` follows and says more.
    created.onerror = () => {}
  }
  // A token that is refused for good (nobody is signed in) ends the connection; any other failure is tried again.
  const noToken = (error: unknown) => {
    const forGood = error instanceof VisavisError && !error.retryable
    const code = forGood ? closeCodes.REMOVED.code : abnormalClosure
    lose(code, 'no token', error instanceof Error ? error : undefined)
  }
  void Promise.resolve().then(token).then(start).catch(noToken)

  return {
    openRequest,
    get lastFrameAt() {
      return lastFrameAt
    },
    send: (frame) => socket?.send(frame),
    drop,
  }
}
