/** A client made of bytes that keeps every one it was sent. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Response, ResultOf, StreamPosition } from '../../src/protocol/index.ts'
import { frame, opcodes, openWire, request } from '../signaling/wire.ts'

export interface Ear extends AsyncDisposable {
  readonly person: string
  readonly opened: ResultOf<'session.open'>
  /** Every byte since the upgrade. What is looked for is ASCII, so it is found in any encoding of the frames. */
  readonly heard: string
  /** Whether the server still speaks to it. */
  readonly open: boolean
  call(method: string, params: object): Promise<Response>
  /** Like `call`, but gives the result and throws an error with the code. */
  result(method: string, params: object): Promise<unknown>
}

export interface EarOptions {
  readonly url: string
  readonly person: string
  readonly token: string
  readonly resume?: { readonly session?: string; readonly streams: readonly StreamPosition[] }
}

export async function openEar({ url, person, token, resume }: EarOptions): Promise<Ear> {
  const wire = await openWire(url)
  let heard = ''
  wire.socket.on('data', (data: Buffer) => {
    heard += data.toString('latin1')
  })
  let nextId = 0
  const call = (method: string, params: object): Promise<Response> => {
    const id = nextId
    nextId += 1
    wire.socket.write(frame(opcodes.text, request(id, method, params)))
    return wire.answer(id)
  }
  const result = async (method: string, params: object) => {
    const answer = await call(method, params)
    if ('error' in answer) throw Object.assign(new Error(answer.error.message), { code: answer.error.code })
    return answer.result
  }
  const opened = await result('session.open', { token, versions: [1], ...(resume === undefined ? {} : { resume }) })
  return {
    person,
    opened: opened as ResultOf<'session.open'>,
    get heard() {
      return heard
    },
    get open() {
      return !wire.ended && wire.closeCode === undefined
    },
    call,
    result,
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  }
}

/** A short pause between attempts of somebody who writes without end. */
export const breath = () => delay(2)
