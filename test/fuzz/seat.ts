/** One client that sends nonsense, and holds the server to what it documents. It comes back whenever it is sent away. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import {
  closeCodes,
  type EventFrame,
  type MethodName,
  methods,
  type Response,
  type Role,
  subprotocol,
} from '../../src/protocol/index.ts'
import { until } from '../support/until.ts'
import type { Expected, Judge } from './judge.ts'
import { mutateText, mutateValue, rewrite, toText } from './mutate.ts'
import type { Random } from './random.ts'
import { type Json, type Known, validParams } from './valid-params.ts'

export interface SeatOptions {
  readonly url: string
  readonly role: Role
  readonly random: Random
  readonly judge: Judge
  /** Somebody to be: asked again when that person has left the scheme, or was sent out. */
  readonly person: () => Promise<Somebody>
  /** Rooms and channels that exist, for all to try. */
  readonly rooms: readonly string[]
}

export interface Somebody {
  readonly id: string
  readonly token: string
  /** The one room a third person was invited to. */
  readonly room?: string
}

export interface Counts {
  frames: number
  results: number
  events: number
  readonly errors: Map<string, number>
  readonly closes: Map<number, number>
}

interface Asked {
  readonly frame: string
  readonly expected: Expected & { kind: 'request' }
}

/** So many frames are sent before their answers are waited for. */
const pipelined = 32
const answerMs = 30_000
const names = Object.keys(methods) as MethodName[]

export class Seat {
  readonly counts: Counts = { frames: 0, results: 0, events: 0, errors: new Map(), closes: new Map() }
  /** What went against the documentation, with the frame that brought it about. */
  readonly faults: string[] = []
  readonly #options: SeatOptions
  readonly #allowed: readonly MethodName[]
  readonly #found = new Map<string, Json[]>()
  readonly #asked = new Map<number, Asked[]>()
  #person: Somebody | undefined
  #socket: WebSocket | undefined
  #closed: { code: number } | undefined
  #nextId = 1

  constructor(options: SeatOptions) {
    this.#options = options
    this.#allowed = names.filter((name) => methods[name].roles.includes(options.role))
  }

  /** Sends as many frames, in groups, and waits for what each of them must bring about. */
  async run(frames: number): Promise<void> {
    const until = this.counts.frames + frames
    while (this.counts.frames < until && this.faults.length < 5) {
      const socket = await this.#connected()
      if (socket !== undefined) await this.#group(socket, Math.min(pipelined, until - this.counts.frames))
    }
  }

  async close(): Promise<void> {
    if (this.#socket === undefined || this.#closed !== undefined) return
    this.#socket.close()
    await until(() => this.#closed, { what: 'the close of a connection' })
  }

  async #group(socket: WebSocket, size: number): Promise<void> {
    let refused: (Expected & { kind: 'refused' }) | undefined
    // An advisor may send a third person out at any moment.
    let leaves = this.#options.role === 'guest'
    let last: string | Buffer = ''
    for (let n = 0; n < size && refused === undefined; n += 1) {
      const frame = this.#make()
      const expected = this.#options.judge.expect(frame)
      if (expected.kind === 'refused') {
        refused = expected
        last = frame
      } else {
        this.#ask(String(frame), expected)
        leaves ||= expected.valid && expected.method === 'enrolment.leave' && this.#options.role === 'jobseeker'
      }
      this.counts.frames += 1
      socket.send(frame)
    }
    if (refused === undefined) {
      await this.#settled(() => this.#asked.size === 0 || this.#closed !== undefined, 'answers')
      if (this.#closed !== undefined && !leaves) this.#fault(`closed with ${this.#closed.code} for no reason`, '')
    } else {
      await this.#settled(() => this.#closed !== undefined, 'the connection to be closed')
      const code = this.#closed?.code ?? 0
      if (!refused.codes.includes(code) && !(leaves && code === closeCodes.REMOVED.code))
        this.#fault(`closed with ${code} instead of ${refused.codes}`, String(last))
    }
    if (leaves && (this.#options.role !== 'guest' || this.#closed?.code === closeCodes.REMOVED.code))
      this.#person = undefined
  }

  async #settled(condition: () => boolean, what: string): Promise<void> {
    try {
      await until(condition, { what, timeoutMs: answerMs, everyMs: 1 })
    } catch (error) {
      const [asked] = this.#asked.values()
      this.#fault(String(error), asked?.[0]?.frame ?? '')
      this.#socket?.terminate()
      await until(() => this.#closed, { what: 'the end of a connection' })
    }
  }

  #make(): string | Buffer {
    const { random } = this.#options
    const method = this.#method()
    const id = this.#nextId
    this.#nextId += 1
    const frame: { id: number; method: string; params: Json } = {
      id,
      method,
      params: structuredClone(validParams(method, random, this.#known(method))),
    }
    if (random.chance(30)) return toText(frame)
    if (random.chance(1.5)) return mutateText(toText(frame), random)
    if (random.chance(3)) return rewrite(frame, toText(frame), random)
    // Of the frame itself only now and then: most of these close the connection.
    if (random.chance(1)) mutateValue(frame as Json, random)
    else if (random.chance(2))
      frame.method = random.pick(['constructor', '__proto__', 'toString', 'chat.', 'x'.repeat(64)])
    else mutateValue(frame.params, random)
    return toText(frame)
  }

  #method(): MethodName {
    const { random } = this.#options
    const method = random.chance(90) ? random.pick(this.#allowed) : random.pick(names)
    // Whoever leaves has to be replaced, so most of these are another one.
    return method === 'enrolment.leave' && random.chance(95) ? 'session.heartbeat' : method
  }

  #known(method: MethodName): Known {
    const { rooms, role, random } = this.#options
    const { id = '', room } = this.#person ?? {}
    const ofRole = role === 'guest' ? room : role === 'jobseeker' ? id : undefined
    const own = ofRole !== undefined && random.chance(90) ? [ofRole] : rooms
    return {
      ...Object.fromEntries(this.#found),
      room: role === 'operator' ? ['synthetic-fuzz-1', 'synthetic-fuzz-2'] : own,
      channel: own,
      jobseeker: own,
      stream: [...own.map((id) => `channel:${id}`), `person:${this.#person?.id}`],
      token: method.startsWith('session.') ? [this.#person?.token ?? ''] : (this.#found.get('token') ?? []),
      versions: [[1]],
      ip: ['127.0.0.1'],
    }
  }

  #ask(frame: string, expected: Expected & { kind: 'request' }): void {
    const same = this.#asked.get(expected.id)
    if (same === undefined) this.#asked.set(expected.id, [{ frame, expected }])
    else same.push({ frame, expected })
  }

  #onText(text: string): void {
    const frame = JSON.parse(text) as Response | EventFrame
    if ('event' in frame) {
      this.counts.events += 1
      const wrong = this.#options.judge.event(frame)
      if (wrong !== undefined) this.#fault(wrong, text.slice(0, 500))
      this.#learn('', frame.data as Json)
      return
    }
    const asked = this.#asked.get(frame.id) ?? []
    if (asked.length === 0) {
      this.#fault(`an answer to nothing, id ${frame.id}`, text.slice(0, 500))
      return
    }
    // Several requests may have the same id: the answer must be right for one of them.
    const verdicts = asked.map(({ expected }) => this.#options.judge.answer(expected, frame))
    const which = Math.max(0, verdicts.indexOf(undefined))
    const wrong = verdicts[which]
    if (wrong !== undefined) this.#fault(`${wrong}; answer ${text.slice(0, 500)}`, asked[which]?.frame ?? '')
    const [done] = asked.splice(which, 1)
    if (asked.length === 0) this.#asked.delete(frame.id)
    if ('error' in frame) {
      this.counts.errors.set(frame.error.code, (this.counts.errors.get(frame.error.code) ?? 0) + 1)
      return
    }
    this.counts.results += 1
    this.#learn(done?.expected.method ?? '', frame.result as Json)
  }

  /** Keeps ids that came from the server, by the name under which they are given back. */
  #learn(method: string, value: Json): void {
    if (value === null || typeof value !== 'object') return
    if (Array.isArray(value)) {
      for (const entry of value.slice(0, 3)) this.#learn('', entry)
      return
    }
    if (/ransport$/.test(method)) this.#keep('transport', value.id)
    if (method === 'room.consume') this.#keep('consumer', value.id)
    for (const [name, entry] of Object.entries(value)) {
      if (['producer', 'callback', 'token', 'epoch', 'session'].includes(name)) this.#keep(name, entry)
      if (name === 'callback' && entry !== null && typeof entry === 'object' && !Array.isArray(entry))
        this.#keep('callback', entry.id)
      if (name === 'note' && entry !== null && typeof entry === 'object' && !Array.isArray(entry))
        this.#keep('id', entry.id)
      this.#learn('', entry)
    }
  }

  #keep(name: string, value: Json | undefined): void {
    if (typeof value !== 'string' && typeof value !== 'number') return
    const found = this.#found.get(name) ?? []
    found.push(value)
    this.#found.set(name, found.slice(-8))
  }

  /** The open connection, or a new one; undefined when opening it has ended it. */
  async #connected(): Promise<WebSocket | undefined> {
    if (this.#socket !== undefined && this.#closed === undefined) return this.#socket
    const { url, judge, random } = this.#options
    this.#person ??= await this.#options.person()
    this.#asked.clear()
    this.#closed = undefined
    this.#socket = undefined
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, subprotocol)
    socket.on('error', () => {})
    socket.on('message', (data) => this.#onText(String(data)))
    socket.on('close', (code) => {
      this.#closed = { code }
      this.counts.closes.set(code, (this.counts.closes.get(code) ?? 0) + 1)
      const wrong = this.#socket === undefined || code === 1005 ? undefined : judge.close(code)
      if (wrong !== undefined) this.#fault(wrong, '')
    })
    await once(socket, 'open')
    this.#socket = socket
    const params = validParams('session.open', random, this.#known('session.open'))
    const spoilt = random.chance(10)
    if (spoilt) mutateValue(params, random)
    const text = toText({
      id: 0,
      method: 'session.open',
      params: spoilt ? params : { ...(params as object), token: this.#person.token, versions: [1] },
    })
    const expected = judge.expect(text)
    this.counts.frames += 1
    const before = this.counts.results
    socket.send(text)
    if (expected.kind === 'refused') {
      await this.#settled(() => this.#closed !== undefined, 'the connection to be closed')
      return undefined
    }
    this.#ask(text, expected)
    await this.#settled(() => this.#asked.size === 0 || this.#closed !== undefined, 'the answer to session.open')
    if (this.counts.results > before) return socket
    if (!spoilt) this.#fault('session.open was refused', text)
    socket.close()
    await until(() => this.#closed, { what: 'the close of a refused connection' })
    return undefined
  }

  #fault(what: string, frame: string): void {
    this.faults.push(`${this.#options.role} ${this.#person?.id}: ${what}\n  after ${frame.slice(0, 1_000)}`)
  }
}
