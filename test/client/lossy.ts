/** Between a client and a node: whole frames that get lost, come twice or too late, as no TCP would. */
import { once } from 'node:events'
import { WebSocket, WebSocketServer } from 'ws'
import { type EventFrame, type ServerFrame, subprotocol } from '../../src/protocol/index.ts'

export type Fate = 'deliver' | 'lose' | 'repeat' | 'delay'

export interface LossyNetwork extends AsyncDisposable {
  readonly url: string
  /** What the client has asked, by method. */
  readonly asked: ReadonlyMap<string, number>
  /** From now on every durable event is told its fate; events that are delayed come after the next frame. */
  fate: (event: EventFrame) => Fate
  /** Keeps what is asked or answered of a method on its way. @returns what lets it through, in order, and all after it. */
  hold(which: 'question' | 'answer', method: string): Held
}

export interface Held {
  /** How many are being kept. */
  readonly count: number
  release(): void
}

export async function lossyNetwork(target: string): Promise<LossyNetwork> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => subprotocol })
  await once(server, 'listening')
  const asked = new Map<string, number>()
  const holds = new Map<string, (() => void)[]>()
  /** Sends it, now or when it is let through. */
  const pass = (which: 'question' | 'answer', method: string, send: () => void) => {
    const kept = holds.get(`${which} ${method}`)
    if (kept === undefined) send()
    else kept.push(send)
  }
  const network: LossyNetwork = {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    asked,
    fate: () => 'deliver',
    hold(which, method) {
      const kept: (() => void)[] = []
      holds.set(`${which} ${method}`, kept)
      return {
        get count() {
          return kept.length
        },
        release() {
          holds.delete(`${which} ${method}`)
          for (const send of kept) send()
        },
      }
    },
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate()
      server.close()
      await once(server, 'close')
    },
  }
  server.on('connection', (near) => {
    const far = new WebSocket(`${target.replace(/^http/, 'ws')}/ws`, subprotocol)
    const early: string[] = []
    const methodOf = new Map<unknown, string>()
    let delayed: string[] = []
    near.on('message', (data) => {
      const text = String(data)
      const { id, method } = JSON.parse(text) as { id: unknown; method: string }
      asked.set(method, (asked.get(method) ?? 0) + 1)
      methodOf.set(id, method)
      pass('question', method, () => {
        if (far.readyState === far.OPEN) far.send(text)
        else early.push(text)
      })
    })
    far.on('open', () => {
      for (const text of early) far.send(text)
    })
    far.on('message', (data) => {
      const text = String(data)
      const frame = JSON.parse(text) as ServerFrame
      if (!('event' in frame)) {
        pass('answer', methodOf.get(frame.id) ?? '', () => near.send(text))
        return
      }
      const fate = frame.stream !== undefined ? network.fate(frame) : 'deliver'
      if (fate === 'delay') {
        delayed.push(text)
        return
      }
      for (let times = { lose: 0, deliver: 1, repeat: 2 }[fate]; times > 0; times -= 1) near.send(text)
      for (const late of delayed) near.send(late)
      delayed = []
    })
    near.on('close', () => far.close())
    far.on('close', (code, reason) => near.close(code === 1005 || code === 1006 ? 1011 : code, reason))
    for (const socket of [near, far]) socket.on('error', () => socket.terminate())
  })
  return network
}
