/** One channel as its two members see it: what they sent, what was acknowledged, what each received, what is stored. */
import { crc32 } from 'node:zlib'
import { makeKey } from '../../client/key.ts'
import { type ChannelRecord, type Seen, type Side, sides } from '../delivery.ts'
import { type Histogram, recordMs } from '../latency.ts'
import type { Socket } from '../socket.ts'
import { MessageTexts } from '../texts.ts'

const sentences = new MessageTexts(1)
const page = 200

export interface WireMessage {
  readonly offset: number
  readonly text: string
}

export interface ConversationOptions {
  readonly channel: string
  /** Distinguishes the messages of this run from older ones. */
  readonly run: string
  /** Who sends, and reads the history. */
  readonly members: Readonly<Record<Side, Pick<Socket, 'call'>>>
  /** Names of further sessions that receive, such as a second device of the advisor. */
  readonly others?: readonly string[]
  /** From the moment a message should have been sent until the other member has it. */
  readonly latency: Histogram
}

export class Conversation {
  readonly channel: string
  readonly #options: ConversationOptions
  readonly #sent: Record<Side, number> = { jobseeker: 0, advisor: 0 }
  readonly #dueAt: Record<Side, number[]> = { jobseeker: [], advisor: [] }
  /** By session. */
  readonly #received: ReadonlyMap<string, Seen[]>
  readonly #acknowledged: Seen[] = []
  #before = 0
  #lastText = ''
  #counting = false
  #uncounted = 0
  /** Resolvers of whoever waits for everything to have arrived. */
  #quiet: (() => void) | undefined

  constructor(options: ConversationOptions) {
    this.channel = options.channel
    this.#options = options
    this.#received = new Map([...sides, ...(options.others ?? [])].map((name) => [name, []]))
  }

  get members(): ConversationOptions['members'] {
    return this.#options.members
  }

  /** Of the newest message sent. */
  get lastText(): string {
    return this.#lastText
  }

  /** Sessions that receive each message. */
  get audience(): number {
    return this.#received.size
  }

  /** How many messages were sent since `count()`. */
  get counted(): number {
    return this.#total - this.#uncounted
  }

  get quiet(): boolean {
    const total = this.#total
    if (this.#acknowledged.length < total) return false
    for (const seen of this.#received.values()) if (seen.length < total) return false
    return true
  }

  get #total(): number {
    return this.#sent.jobseeker + this.#sent.advisor
  }

  /** Messages of earlier runs lie before this one's. */
  async begin(): Promise<void> {
    this.#before = (await this.#page(undefined)).position.offset
  }

  /** The warm-up is over: latencies count from now on. Its messages are checked like all others. */
  count(): void {
    this.#counting = true
    this.#uncounted = this.#total
  }

  /** @param dueAt when it should have been sent (ms, `performance.now`), however late this call is. */
  async send(from: Side, dueAt: number): Promise<void> {
    const { channel, run, members } = this.#options
    this.#sent[from] += 1
    const number = this.#sent[from]
    this.#dueAt[from][number] = this.#counting ? dueAt : Number.NaN
    const text = sentences.after(`${run} ${from} ${number}`, crc32(channel) + this.#total)
    this.#lastText = text
    const params = { channel, key: makeKey(), text }
    const { position } = (await members[from].call('chat.publish', params)) as { position: { offset: number } }
    this.#acknowledged.push({ from, number, offset: position.offset })
    this.#settle()
  }

  /** Moves the read marker of a member to the newest message they have received. */
  async read(side: Side): Promise<void> {
    const { channel, members } = this.#options
    const offset = this.#received.get(side)?.at(-1)?.offset
    if (offset !== undefined) await members[side].call('chat.read', { channel, offset })
  }

  /** Resolves when all that was sent is acknowledged and with both members. One waits at a time. */
  arrived(): Promise<void> {
    if (this.quiet) return Promise.resolve()
    return new Promise((resolve) => {
      this.#quiet = resolve
    })
  }

  /** @param reader the name of a session. */
  receive(reader: string, message: WireMessage): void {
    const seen = this.#read(message)
    this.#received.get(reader)?.push(seen)
    const dueAt = seen.from === reader ? undefined : this.#dueAt[seen.from][seen.number]
    if (dueAt !== undefined && !Number.isNaN(dueAt)) recordMs(this.#options.latency, performance.now() - dueAt)
    this.#settle()
  }

  /** @param readBack whether there is a history to read. */
  async record(readBack: boolean): Promise<ChannelRecord> {
    const record = {
      channel: this.channel,
      before: this.#before,
      sent: this.#sent,
      acknowledged: this.#acknowledged,
      received: Object.fromEntries(this.#received),
    }
    return readBack ? { ...record, stored: await this.#stored() } : record
  }

  #settle(): void {
    if (this.#quiet === undefined || !this.quiet) return
    this.#quiet()
    this.#quiet = undefined
  }

  /** A message of another run is nobody's: the check will not know it. */
  #read({ offset, text }: WireMessage): Seen {
    const [run, from, number] = text.split(' ', 3)
    const side = sides.find((each) => each === from)
    if (run !== this.#options.run || side === undefined) return { from: 'jobseeker', number: 0, offset }
    return { from: side, number: Number(number), offset }
  }

  async #stored(): Promise<Seen[]> {
    const seen: Seen[] = []
    for (let after = this.#before; ; after += page) {
      const { messages, more } = await this.#page(after)
      for (const message of messages) seen.push(this.#read(message))
      if (!more) return seen
    }
  }

  async #page(after: number | undefined) {
    const { channel, members } = this.#options
    const params = after === undefined ? { channel, limit: 1 } : { channel, after, limit: page }
    return (await members.jobseeker.call('chat.history', params)) as {
      messages: WireMessage[]
      position: { offset: number }
      more: boolean
    }
  }
}
