/** Sends messages in many channels and receives them as the other member does. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { build as buildHistogram, type Histogram } from 'hdr-histogram-js'
import { type Delivered, faultOf } from '../order-check.ts'
import { openSocket, type Socket } from '../socket.ts'
import { serveJob, type Window } from './job.ts'

export interface ChatJob {
  readonly url: string
  readonly pairs: readonly { channel: string; sender: string; receiver: string }[]
  /**
   * Open loop: so many messages a second in all, sent at their time whether or not earlier ones were answered, and
   * latency counts from that time. Closed loop: so many messages of each channel on their way at once.
   */
  readonly load: { readonly perSecond: number } | { readonly inFlight: number }
  readonly seconds: number
  /** Whether to read every channel back at the end; a peer without history has none. */
  readonly readBack: boolean
}

export interface ChatOutcome {
  readonly sent: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly perSecond: number
  /** What was wrong, by channel; empty when every message arrived once and in order. */
  readonly faults: readonly string[]
  /** Acknowledged messages that the history does not have. */
  readonly missing: number
}

/** 128 bytes of text, like a sentence. */
const filler = 'Bonjour, je voudrais savoir si mon dossier est complet et quand nous pourrons nous parler. '.padEnd(
  108,
  '.',
)
const drainMs = 20_000

class Pair {
  readonly delivered: Delivered[] = []
  readonly #sentAt: number[] = []
  /** Offset of the newest message before those that count. */
  #first = 0
  sequence = 0
  acknowledged = 0
  readonly channel: string
  readonly sender: Socket
  readonly receiver: Socket

  constructor(channel: string, sender: Socket, receiver: Socket, latency: Histogram) {
    this.channel = channel
    this.sender = sender
    this.receiver = receiver
    receiver.onEvent = ({ event, data }) => {
      if (event !== 'chat.messagePublished') return
      const { message, channel } = data as { channel: string; message: { offset: number; text: string } }
      if (channel !== this.channel) return
      const sequence = Number(message.text.slice(0, message.text.indexOf(' ')))
      const at = this.#sentAt[sequence]
      if (at !== undefined) latency.recordValue(Math.max(1, Math.round((performance.now() - at) * 1_000)))
      this.delivered.push({ offset: message.offset, sequence })
    }
  }

  /** @param at when it ought to have been sent. */
  async send(at: number): Promise<void> {
    const sequence = this.sequence
    this.sequence += 1
    this.#sentAt[sequence] = at
    await this.sender.call('chat.publish', { channel: this.channel, key: randomUUID(), text: `${sequence} ${filler}` })
    this.acknowledged += 1
  }

  /** Forgets the warm-up. */
  restart(): void {
    this.#first = this.delivered.at(-1)?.offset ?? 0
    this.delivered.length = 0
    this.#sentAt.length = 0
    this.sequence = 0
    this.acknowledged = 0
  }

  get quiet(): boolean {
    return this.delivered.length >= this.sequence && this.acknowledged >= this.sequence
  }

  async stored(): Promise<Delivered[]> {
    const found: Delivered[] = []
    let after = this.#first
    for (;;) {
      const page = (await this.receiver.call('chat.history', { channel: this.channel, after, limit: 200 })) as {
        messages: { offset: number; text: string }[]
        more: boolean
      }
      for (const { offset, text } of page.messages)
        found.push({ offset, sequence: Number(text.slice(0, text.indexOf(' '))) })
      after = page.messages.at(-1)?.offset ?? after
      if (!page.more) return found
    }
  }
}

async function openLoop(pairs: readonly Pair[], perSecond: number, seconds: number): Promise<void> {
  const startedAt = performance.now()
  const total = Math.round(perSecond * seconds)
  const failures: unknown[] = []
  for (let n = 0; n < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1_000))
    for (; n < due; n += 1) {
      const pair = pairs[n % pairs.length]
      pair?.send(startedAt + (n * 1_000) / perSecond).catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
    await delay(1)
  }
}

async function closedLoop(pairs: readonly Pair[], inFlight: number, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1_000
  const lane = async (pair: Pair) => {
    while (performance.now() < until) await pair.send(performance.now())
  }
  await Promise.all(pairs.flatMap((pair) => Array.from({ length: inFlight }, () => lane(pair))))
}

async function drained(pairs: readonly Pair[]): Promise<void> {
  const deadline = performance.now() + drainMs
  while (!pairs.every(({ quiet }) => quiet) && performance.now() < deadline) await delay(2)
}

async function run(job: ChatJob, window: Window): Promise<ChatOutcome> {
  const latency = buildHistogram({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 120_000_000,
    numberOfSignificantValueDigits: 3,
  })
  const pairs = await Promise.all(
    job.pairs.map(async ({ channel, sender, receiver }) => {
      const [from, to] = await Promise.all([openSocket(job.url, sender), openSocket(job.url, receiver)])
      return new Pair(channel, from, to, latency)
    }),
  )
  const load = (seconds: number) =>
    'perSecond' in job.load
      ? openLoop(pairs, job.load.perSecond, seconds)
      : closedLoop(pairs, job.load.inFlight, seconds)
  // One by one first, so that scripts are loaded and the code is compiled before anything is counted.
  for (const pair of pairs) await pair.send(performance.now())
  await load(job.seconds / 4)
  await drained(pairs)
  for (const pair of pairs) pair.restart()
  latency.reset()

  window.started()
  const startedAt = performance.now()
  await load(job.seconds)
  await drained(pairs)
  const seconds = (performance.now() - startedAt) / 1_000
  window.stopped()

  const sent = pairs.reduce((sum, { sequence }) => sum + sequence, 0)
  const faults: string[] = []
  let missing = 0
  for (const pair of pairs) {
    const fault = faultOf(pair.delivered, pair.sequence)
    if (fault !== undefined) faults.push(`${pair.channel}: ${fault}`)
    if (!job.readBack) continue
    const stored = await pair.stored()
    missing += pair.acknowledged - stored.length
    const storedFault = faultOf(stored, pair.sequence)
    if (storedFault !== undefined) faults.push(`${pair.channel}, in its history: ${storedFault}`)
  }
  await Promise.all(pairs.flatMap(({ sender, receiver }) => [sender.close(), receiver.close()]))
  return {
    sent,
    p50Ms: latency.getValueAtPercentile(50) / 1_000,
    p99Ms: latency.getValueAtPercentile(99) / 1_000,
    perSecond: sent / seconds,
    faults,
    missing,
  }
}

serveJob(run)
