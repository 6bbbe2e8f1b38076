/** Chat sends that go on through the death of what they talk to, and the check of what came of them. */
import { randomUUID } from 'node:crypto'
import type { Message } from '../../src/protocol/index.ts'
import { type RawClient, rawClient } from '../support/socket.ts'

export interface Sent {
  readonly text: string
  /** Which of the concurrent senders it came from: each waits for its answer before it sends the next. */
  readonly lane: number
  readonly sentAt: number
  /** How often it was sent: more than once when an answer did not come. */
  attempts: number
  /** Absent while unacknowledged. */
  acknowledged?: { readonly offset: number; readonly at: number }
}

export interface LoadOptions {
  /** Where the server is at this moment: it may be another port after a restart. */
  readonly url: () => string
  readonly token: string
  readonly channel: string
  readonly count: number
  readonly lanes: number
  /** Called after each acknowledgement with how many there are. */
  readonly onAcknowledged?: (count: number) => void
  /** The twin: a retry makes a new key, as a client without idempotency would. */
  readonly freshKeys?: boolean
  /** The twin: treats every so-manieth answer as lost on the way. */
  readonly loseEvery?: number
}

/** Sends all, each until it is acknowledged. @throws when one is not within the deadline. */
export async function sendAll(options: LoadOptions): Promise<Sent[]> {
  const { count, lanes, loseEvery } = options
  const deadline = performance.now() + 60_000
  const run = randomUUID().slice(0, 8)
  const sent: Sent[] = []
  let acknowledged = 0
  let next = 0

  const lane = async (number: number) => {
    let client: RawClient | undefined
    while (next < count) {
      const n = next
      next += 1
      const entry: Sent = { text: `${run} ${n}`, lane: number, sentAt: performance.now(), attempts: 0 }
      sent.push(entry)
      let key = randomUUID()
      let lost = loseEvery === undefined || n % loseEvery !== 0
      while (entry.acknowledged === undefined) {
        if (performance.now() > deadline) throw new Error(`message ${n} was not acknowledged in time`)
        try {
          client ??= await rawClient(options.url(), options.token)
          const { channel } = options
          entry.attempts += 1
          const result = await client.result('chat.publish', { channel, key, text: entry.text })
          const { position } = result as { position: { offset: number } }
          if (lost) {
            entry.acknowledged = { offset: position.offset, at: performance.now() }
            break
          }
          lost = true
        } catch (error) {
          if (!isOutage(error)) throw error
          if (!isUnavailable(error)) client = undefined
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
        if (options.freshKeys === true) key = randomUUID()
      }
      acknowledged += 1
      options.onAcknowledged?.(acknowledged)
    }
    await client?.[Symbol.asyncDispose]()
  }
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)))
  return sent
}

const isUnavailable = (error: unknown): boolean => (error as { code?: unknown }).code === 'UNAVAILABLE'

/** A closed or refused connection, or an answer that says "again later". Anything else is a fault of the server. */
const isOutage = (error: unknown): boolean =>
  isUnavailable(error) ||
  (error instanceof Error &&
    /^closed with|ECONNREFUSED|ECONNRESET|socket hang up|Unexpected server/.test(error.message)) ||
  (error as { code?: unknown }).code === 'ECONNREFUSED' ||
  (error as { code?: unknown }).code === 'ECONNRESET'

export async function readAll(url: string, token: string, channel: string): Promise<Message[]> {
  await using client = await rawClient(url, token)
  const messages: Message[] = []
  for (;;) {
    const after = messages.at(-1)?.offset ?? 0
    const page = (await client.result('chat.history', { channel, after, limit: 200 })) as {
      messages: Message[]
      more: boolean
    }
    messages.push(...page.messages)
    if (!page.more) return messages
  }
}

/** Pure: everything that breaks "each acknowledged message is in the history exactly once, in order". */
export function violations(sent: readonly Sent[], history: readonly Message[]): string[] {
  const found: string[] = []
  for (const [place, { offset }] of history.entries()) {
    if (offset !== place + 1) found.push(`offset ${offset} stands at place ${place + 1}`)
  }
  const offsets = Map.groupBy(history, ({ text }) => text)
  const lastOfLane = new Map<number, number>()
  for (const { text, lane, acknowledged } of sent) {
    const [first, ...more] = offsets.get(text) ?? []
    if (more.length > 0) found.push(`"${text}" is there ${more.length + 1} times`)
    if (acknowledged === undefined) continue
    if (first === undefined) {
      found.push(`"${text}" was acknowledged and is lost`)
      continue
    }
    if (first.offset !== acknowledged.offset)
      found.push(`"${text}" is at ${first.offset}, acknowledged at ${acknowledged.offset}`)
    if (first.offset <= (lastOfLane.get(lane) ?? 0))
      found.push(`"${text}" stands before an earlier message of its sender`)
    lastOfLane.set(lane, first.offset)
  }
  return found
}
