/**
 * Channels: the persistent, ordered, gap-free conversation of a jobseeker with whoever is their advisor.
 *
 * A message is at the offset 1, 2, 3 … of its channel and stays there. Publishing is one script, so the order is total
 * and the same for all; a repeat with the same key gives the first result. What is answered is durable.
 */
import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type Message, type Position, VisavisError } from '../protocol/index.ts'
import type { RedisClient } from '../store/redis.ts'
import { channelKeys } from './keys.ts'
import * as scripts from './scripts.ts'

export { chatTags } from './keys.ts'
export type { Since } from './scripts.ts'

/** Keys are remembered for longer than any client retries. */
const rememberMs = 48 * 60 * 60 * 1_000
const defaultPage = 50

export interface Page {
  /** Messages before this offset, newest of them. */
  readonly before?: number
  /** Messages after this offset, oldest of them. */
  readonly after?: number
  readonly limit?: number
}

export interface Draft {
  readonly from: string
  readonly key: string
  readonly text: string
}

/** Expected failures are VisavisErrors; with Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Channels {
  readonly #clients: readonly RedisClient[]
  readonly #run = randomBytes(6).toString('base64url')
  #epochs = 0

  /**
   * @param clients connections among which the channels are spread. Redis reads 16 kB of one connection before it flushes
   * its log to disk: over several ones, more messages share a flush.
   */
  constructor({ clients }: { clients: readonly [RedisClient, ...RedisClient[]] }) {
    this.#clients = clients
  }

  /** @returns where the message is, once it is durable; for a repeated key, where it was put the first time. */
  async publish(channel: string, { from, key, text }: Draft): Promise<{ position: Position; at: number }> {
    const { messages, meta, published, log, nudge } = channelKeys(channel)
    const at = Date.now()
    // A lone surrogate has no UTF-8: it becomes U+FFFD here, rather than something else at every reader.
    const wellFormed = text.toWellFormed()
    return scripts.publish(
      this.#clientOf(channel),
      [messages, meta, published(key), log, nudge],
      [key, from, wellFormed, at, channel, this.#newEpoch(), rememberMs],
    )
  }

  /**
   * A page in ascending order, and the channel's position at the same moment. Its cost does not depend on the length
   * of the channel.
   * @throws VisavisError BAD_REQUEST for both cursors at once.
   */
  async history(
    channel: string,
    { before, after, limit = defaultPage }: Page,
  ): Promise<{ messages: Message[]; position: Position; more: boolean }> {
    if (before !== undefined && after !== undefined) {
      throw new VisavisError('BAD_REQUEST', 'before and after exclude each other', { details: { path: '/before' } })
    }
    const { messages, meta } = channelKeys(channel)
    const direction = after !== undefined ? 'after' : before !== undefined ? 'before' : 'newest'
    // One message more than asked for tells whether there is more.
    const page = await scripts.page(
      this.#clientOf(channel),
      [messages, meta],
      [direction, after ?? before ?? 0, limit + 1],
    )
    const found = page.messages.slice(0, limit)
    return {
      messages: direction === 'after' ? found : found.reverse(),
      position: page.position,
      more: page.messages.length > limit,
    }
  }

  /** Moves the read marker of a person forward, at most to the newest message; an older offset changes nothing. */
  async read(channel: string, person: string, offset: number): Promise<{ readOffset: number }> {
    const { meta, log, nudge } = channelKeys(channel)
    return { readOffset: await scripts.read(this.#clientOf(channel), [meta, log, nudge], [channel, person, offset]) }
  }

  /**
   * All messages after a position (at most `most`) and everybody's read markers, as of one moment; where they cannot be
   * told whole (another epoch, too many, removed), the newest message only.
   */
  async since(channel: string, position: Position | undefined, most: number): Promise<scripts.Since> {
    const { messages, meta } = channelKeys(channel)
    // A stream never has an offset below 0, so that nothing is "whole" when no position is given.
    const { epoch, offset } = position ?? { epoch: '', offset: -1 }
    return scripts.since(this.#clientOf(channel), [messages, meta], [epoch, offset, position === undefined ? -1 : most])
  }

  /** Never the same again, on any node: every message offers one, and few are used, so it must cost nothing. */
  #newEpoch(): string {
    this.#epochs += 1
    return `${this.#run}${this.#epochs.toString(36)}`
  }

  /** Always the same one, so that what is said of a channel one after the other is done in this order. */
  #clientOf(channel: string): RedisClient {
    return this.#clients[crc32(channel) % this.#clients.length] as RedisClient
  }
}
