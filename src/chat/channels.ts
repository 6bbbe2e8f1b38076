/**
 * Channels: the persistent, ordered, gap-free conversation of a jobseeker with whoever is their advisor.
 *
 * A message is at the offset 1, 2, 3 … of its channel and stays there. Edits, deletions and pins change what is there; each
 * takes the next position of the channel's stream, as each message does, so that whoever resumes is told of it. Every act is
 * one script, so the order is total and the same for all; a repeat with the same key gives the first result. What is
 * answered is durable.
 */
import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type Message, type Position, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { announce } from '../store/events.ts'
import { fenceMs } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import { channelKeys, chatShards, keptPeriods, keyPeriodMs, keyPeriods, tagOf } from './keys.ts'
import { decodeMessage, encodeMore, type More, sideOf } from './message.ts'
import * as scripts from './scripts.ts'

export { chatTags, tagOf } from './keys.ts'
export { service } from './message.ts'
export type { Happening, Marker, Since } from './scripts.ts'

/** A period of keys is looked into until the end of the next one. */
const keepKeysMs = 3 * keyPeriodMs
const defaultPage = 50
const mostEdits = 20
const mostPins = 50
const scanCount = 500
/** Messages that one script takes away, so that nobody waits for it; and how many scripts follow each other at most. */
const expiredAtOnce = 100
const mostExpiries = 50

export interface ChannelsOptions {
  /**
   * Connections among which the channels are spread. Redis reads 16 kB of one connection before it flushes its log to
   * disk: over several ones, more messages share a flush.
   */
  readonly clients: readonly [RedisClient, ...RedisClient[]]
  /** Messages a minute of one sender in one channel; 0 for any number. */
  readonly mostPerMinute?: number
  /** How long after it was written a message may be edited (ms); 0 for ever. */
  readonly editWindowMs?: number
  /** The clock (ms) by which messages are written. */
  readonly now?: () => number
}

export interface Page {
  /** Messages before this offset, newest of them. */
  readonly before?: number
  /** Messages after this offset, oldest of them. */
  readonly after?: number
  readonly limit?: number
}

export interface Draft extends Pick<More, 'replyTo' | 'attachments' | 'system'> {
  readonly from: string
  readonly key: string
  readonly text: string
}

/** Somebody changes a message, by an act that may be repeated. */
export interface Change {
  readonly who: string
  readonly key: string
  readonly offset: number
}

/** The text of the fact `chat.channelForgotten` in the log of a shard, as JSON: whoever keeps something made of its messages drops it. */
export interface ChannelForgotten {
  readonly channel: string
}

/** A text that a message had before it was edited, since when (ms). */
export interface Version {
  readonly at: number
  readonly text: string
}

/** Expected failures are VisavisErrors; with Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Channels {
  readonly #clients: readonly RedisClient[]
  /** For what is not of one channel. */
  readonly #client: RedisClient
  readonly #mostPerMinute: number
  readonly #editWindowMs: number
  readonly #now: () => number
  readonly #run = randomBytes(6).toString('base64url')
  #epochs = 0

  constructor({ clients, mostPerMinute = 0, editWindowMs = 0, now = Date.now }: ChannelsOptions) {
    this.#clients = clients
    this.#client = clients[0]
    this.#mostPerMinute = mostPerMinute
    this.#editWindowMs = editWindowMs
    this.#now = now
  }

  /**
   * @returns where the message is, once it is durable; for a repeated key, where it was put the first time. Once, to whoever
   * stored it: since when the jobseeker had waited for it (ms).
   * @throws VisavisError RATE_LIMITED when the sender writes too many, NOT_FOUND for a message replied to that is not there,
   * GONE when the channel was forgotten.
   */
  async publish(
    channel: string,
    { from, key, text, ...more }: Draft,
  ): Promise<{ offset: number; position: Position; at: number; answers?: number }> {
    const keys = channelKeys(channel)
    const at = this.#now()
    const [period, other] = keyPeriods(at)
    const named = more.system?.person
    // Before the message: so `forgetName` finds it, whatever stops in between.
    if (named !== undefined) {
      await outageAware(this.#clientOf(channel).zadd(keys.named, 0, `${named.id}/${channel}`))
    }
    // A lone surrogate has no UTF-8: it becomes U+FFFD here, rather than something else at every reader.
    const outcome = await scripts.publish(
      this.#clientOf(channel),
      [
        keys.messages,
        keys.meta,
        keys.published(period),
        keys.published(other),
        keys.channels,
        keys.open,
        keys.unread,
        keys.log,
        keys.nudge,
        ...(more.system === undefined ? ([] as const) : ([keys.uncounted] as const)),
      ],
      [
        key,
        from,
        text.toWellFormed(),
        at,
        channel,
        this.#newEpoch(),
        keepKeysMs,
        encodeMore(more),
        more.replyTo ?? 0,
        more.system === undefined ? this.#mostPerMinute : 0,
        sideOf(channel, from),
      ],
    )
    if (outcome.is === 'stored') {
      const { offset, position, at: storedAt, answers } = outcome
      return { offset, position, at: storedAt, ...(answers === undefined ? {} : { answers }) }
    }
    if (outcome.is === 'noSuchMessage') throw noSuchMessage(more.replyTo ?? 0)
    if (outcome.is === 'erased') throw new VisavisError('GONE', 'the channel was erased')
    throw new VisavisError('RATE_LIMITED', `more than ${this.#mostPerMinute} messages a minute`, {
      details: { limit: 'messagesPerMinute', most: this.#mostPerMinute },
      retryAfterMs: outcome.waitMs,
    })
  }

  /**
   * Gives an own message another text.
   * @throws VisavisError NOT_FOUND, FORBIDDEN for a message of somebody else, GONE for a deleted one, CONFLICT when it is
   * too late or it was edited too often.
   */
  async edit(channel: string, { who, key, offset }: Change, text: string): Promise<{ position: Position }> {
    const keys = channelKeys(channel)
    const now = this.#now()
    const outcome = await scripts.edit(
      this.#clientOf(channel),
      [...this.#changing(channel, now), keys.versions, keys.log, keys.nudge],
      [key, who, offset, text.toWellFormed(), now, channel, keepKeysMs, this.#editWindowMs, mostEdits],
    )
    return this.#positionOf(outcome, offset)
  }

  /**
   * Takes the words and attachments of an own message away; its place stays.
   * @throws VisavisError NOT_FOUND, FORBIDDEN for a message of somebody else, GONE for a deleted one.
   */
  async remove(channel: string, { who, key, offset }: Change): Promise<{ position: Position }> {
    const keys = channelKeys(channel)
    const now = this.#now()
    const outcome = await scripts.remove(
      this.#clientOf(channel),
      [
        ...this.#changing(channel, now),
        keys.versions,
        keys.uncounted,
        keys.pins,
        keys.dropped,
        keys.open,
        keys.unread,
        keys.log,
        keys.nudge,
      ],
      [key, who, offset, now, channel, keepKeysMs],
    )
    return this.#positionOf(outcome, offset)
  }

  /** @throws VisavisError NOT_FOUND, GONE for a deleted message, CONFLICT when too many are pinned. */
  async pin(channel: string, { who, key, offset }: Change, pinned: boolean): Promise<{ position: Position }> {
    const keys = channelKeys(channel)
    const now = this.#now()
    const outcome = await scripts.pin(
      this.#clientOf(channel),
      [...this.#changing(channel, now), keys.pins, keys.log, keys.nudge],
      [key, who, offset, pinned ? 1 : 0, now, channel, keepKeysMs, mostPins],
    )
    return this.#positionOf(outcome, offset)
  }

  /** The texts that a message had before, oldest first; none for one that was not edited or is deleted. */
  async versions(channel: string, offset: number): Promise<Version[]> {
    const json = await outageAware(this.#clientOf(channel).hget(channelKeys(channel).versions, String(offset)))
    return json === null ? [] : (JSON.parse(json) as Version[])
  }

  /** The pinned messages, newest pin first. */
  async pinned(channel: string): Promise<Message[]> {
    const offsets = await outageAware(this.#clientOf(channel).zrevrange(channelKeys(channel).pins, '0', '-1'))
    const found = await Promise.all(offsets.map((offset) => this.message(channel, Number(offset))))
    return found.filter((message) => message?.pinned === true) as Message[]
  }

  async message(channel: string, offset: number): Promise<Message | undefined> {
    const { messages } = await this.history(channel, { after: offset - 1, limit: 1 })
    return messages.find((message) => message.offset === offset)
  }

  /**
   * A page in ascending order, and the channel's position at the same moment. Its cost does not depend on the length
   * of the channel.
   * @throws VisavisError BAD_REQUEST for both cursors at once.
   */
  async history(
    channel: string,
    { before, after, limit = defaultPage }: Page,
  ): Promise<{ messages: Message[]; position: Position; newest: number; more: boolean; retainedFrom?: number }> {
    if (before !== undefined && after !== undefined) {
      throw new VisavisError('BAD_REQUEST', 'before and after exclude each other', { details: { path: '/before' } })
    }
    const { messages, meta } = channelKeys(channel)
    const direction = after !== undefined ? 'after' : before !== undefined ? 'before' : 'newest'
    const page = await scripts.page(this.#clientOf(channel), [messages, meta], [direction, after ?? before ?? 0, limit])
    const [first, last] = [page.messages[0]?.offset, page.messages.at(-1)?.offset]
    const more = direction === 'after' ? last !== undefined && last < page.newest : (first ?? 0) > page.oldest
    const retained = page.oldest > 1 ? { retainedFrom: page.oldest } : {}
    return { messages: page.messages, position: page.position, newest: page.newest, more, ...retained }
  }

  /**
   * Moves the read marker of a person forward, at most to the newest message; an older offset changes nothing.
   * @param key with it, once, a mark as unread goes though the marker stands there already.
   */
  async read(channel: string, person: string, offset: number, key?: string): Promise<{ readOffset: number }> {
    const { meta, unread, log, nudge } = channelKeys(channel)
    const marker = await scripts.read(
      this.#clientOf(channel),
      [meta, unread, log, nudge, ...(key === undefined ? ([] as const) : this.#periods(channel))],
      [channel, person, offset, key ?? '', keepKeysMs],
    )
    return { readOffset: marker }
  }

  /** A device of a person has everything up to an offset. */
  async receive(channel: string, person: string, offset: number): Promise<{ receivedOffset: number }> {
    const { meta, log, nudge } = channelKeys(channel)
    const marker = await scripts.receive(this.#clientOf(channel), [meta, log, nudge], [channel, person, offset])
    return { receivedOffset: marker }
  }

  /** For this person the channel is unread again from a message on. @throws VisavisError NOT_FOUND. */
  async markUnread(channel: string, { who, key, offset }: Change): Promise<void> {
    const { meta, log, nudge } = channelKeys(channel)
    const found = await scripts.markUnread(
      this.#clientOf(channel),
      [meta, ...this.#periods(channel), log, nudge],
      [channel, who, offset, key, keepKeysMs],
    )
    if (!found) throw noSuchMessage(offset)
  }

  /** What the jobseeker has written up to an offset needs no answer. It never moves back, so repeating is harmless. */
  async settle(channel: string, offset: number): Promise<void> {
    const { messages, meta, open, log, nudge } = channelKeys(channel)
    await scripts.settle(this.#clientOf(channel), [messages, meta, open, log, nudge], [channel, offset, this.#now()])
  }

  /** Somebody is writing: told to whoever is there, and kept nowhere. */
  async typing(channel: string, person: string): Promise<void> {
    const text = JSON.stringify({ event: 'chat.typed', data: { channel, person } })
    const entry = { topic: `channel:${channel}`, name: 'chat.typed', text }
    await outageAware(announce(this.#clientOf(channel), tagOf(channel), entry))
  }

  /**
   * All that happened after a position (at most `most`), with everybody's markers and what a list shows to `person`, as of
   * one moment; where it cannot be told whole (another epoch, too much, removed), the newest message only.
   */
  since(channel: string, person: string, position: Position | undefined, most: number): Promise<scripts.Since> {
    // A stream never has an offset below 0, so that nothing is "whole" when no position is given.
    const { epoch, offset } = position ?? { epoch: '', offset: -1 }
    return this.#since(channel, person, [epoch, offset, position === undefined ? -1 : most, channel, person, 0])
  }

  /**
   * What happened after a position, as much of it as `limit` says; from the beginning, if the position is of another epoch.
   * For those who keep something made of the messages: a changed message is told again as it is now.
   */
  async changesSince(channel: string, position: Position | undefined, limit: number) {
    const { epoch, offset } = position ?? { epoch: '', offset: 0 }
    const found = await this.#since(channel, '', [epoch, offset, limit, channel, '', 1])
    const events = found.events ?? []
    return {
      messages: events.map(({ message }) => message),
      position: found.told,
      more: found.told.offset < found.position.offset,
      /** Messages before this one have been taken away. */
      oldest: found.oldest,
    }
  }

  /**
   * Takes away what was written before a moment (ms), from the oldest on, with files, earlier texts and pins. Offsets stay.
   * @param keepWaiting what waits for an answer stays, and all after it.
   * @returns how many messages went: at most so many that the next call comes soon enough for the rest.
   */
  async expire(channel: string, before: number, { keepWaiting }: { readonly keepWaiting: boolean }): Promise<number> {
    const { messages, meta, changes, uncounted, versions, pins, dropped, log, nudge } = channelKeys(channel)
    const client = this.#clientOf(channel)
    const oldest = await outageAware(client.lindex(messages, 0))
    if (oldest === null || decodeMessage(1, oldest).at >= before) return 0
    let expired = 0
    for (let n = 0; n < mostExpiries; n += 1) {
      const gone = await scripts.trim(
        client,
        [messages, meta, changes, uncounted, versions, pins, dropped, log, nudge],
        [channel, before, expiredAtOnce, keepWaiting ? 1 : 0],
      )
      expired += gone
      if (gone < expiredAtOnce) break
    }
    return expired
  }

  /** Every channel that has a message, shard by shard. */
  async *all(): AsyncIterable<string> {
    for (const { channels } of chatShards()) {
      for (let start = '-'; ; ) {
        const some = await outageAware(this.#client.zrangebylex(channels, start, '+', 'LIMIT', 0, scanCount))
        yield* some
        if (some.length < scanCount) break
        start = `(${some.at(-1)}`
      }
    }
  }

  /** The attachments of messages that are gone: their files are to go, and then `confirmDropped`. */
  async *dropped(): AsyncIterable<{ channel: string; attachment: string }> {
    for (const { dropped } of chatShards()) {
      for (const member of await outageAware(this.#client.smembers(dropped))) {
        const slash = member.indexOf('/')
        yield { channel: member.slice(0, slash), attachment: member.slice(slash + 1) }
      }
    }
  }

  async confirmDropped(channel: string, attachment: string): Promise<void> {
    await outageAware(this.#client.srem(channelKeys(channel).dropped, `${channel}/${attachment}`))
  }

  /** How many messages there are. */
  async count(channel: string): Promise<number> {
    return outageAware(this.#clientOf(channel).llen(channelKeys(channel).messages))
  }

  /**
   * Everything of a channel goes, for good, but for its events in the log of the shard (store/erase-events.ts) and the files
   * of its messages. From then on nothing is published in it, whatever is on its way, until `reopen`. Repeating is harmless.
   * @returns how many messages went.
   */
  async forget(channel: string): Promise<number> {
    const { messages, meta, changes, uncounted, versions, pins, published, ...shard } = channelKeys(channel)
    const { channels, open, unread, dropped, named, log, nudge } = shard
    const kept = keptPeriods(Date.now()).map(published)
    await this.#forgetNamed(named, `/${channel}`)
    return scripts.forget(
      this.#clientOf(channel),
      [meta, channels, open, unread, dropped, log, nudge, messages, changes, uncounted, versions, pins, ...kept],
      [channel, fenceMs],
    )
  }

  /** Somebody of this id is there again: a channel that was forgotten may begin anew. */
  async reopen(channel: string): Promise<void> {
    const { meta } = channelKeys(channel)
    const client = this.#clientOf(channel)
    // The key has nothing else in it, or there was no fence.
    if (await outageAware(client.hexists(meta, 'erased'))) await outageAware(client.del(meta))
  }

  /** Wherever the service has named somebody, their id stands from now on. @returns in how many messages it did. */
  async forgetName(person: string): Promise<number> {
    let changed = 0
    for (const { named } of chatShards()) {
      const members = await outageAware(this.#client.zrangebylex(named, `[${person}/`, `(${person}0`))
      for (const member of members) {
        changed += await this.#forgetNameIn(member.slice(person.length + 1), person)
        await outageAware(this.#client.zrem(named, member))
      }
    }
    return changed
  }

  /** Whoever was named in a channel. */
  async #forgetNamed(named: string, end: string): Promise<void> {
    for (let cursor = '0'; ; ) {
      const [next, found] = await outageAware(this.#client.zscan(named, cursor, 'MATCH', `*${end}`, 'COUNT', scanCount))
      const members = found.filter((member) => member.endsWith(end))
      if (members.length > 0) await outageAware(this.#client.zrem(named, ...members))
      cursor = next
      if (cursor === '0') return
    }
  }

  async #forgetNameIn(channel: string, person: string): Promise<number> {
    const { messages, meta, changes, published, log, nudge } = channelKeys(channel)
    const [period] = keyPeriods(Date.now())
    return scripts.forgetName(
      this.#clientOf(channel),
      [messages, meta, changes, published(period), log, nudge],
      [channel, person, keepKeysMs],
    )
  }

  async #since(
    channel: string,
    person: string,
    args: [string, number, number, string, string, 0 | 1],
  ): Promise<scripts.Since> {
    const { messages, meta, changes, uncounted } = channelKeys(channel)
    const answer = await scripts.since(this.#clientOf(channel), [messages, meta, changes, uncounted], args)
    return answer(person)
  }

  #changing(channel: string, now: number): [string, string, string, string, string] {
    const { messages, meta, changes, published } = channelKeys(channel)
    const [period, other] = keyPeriods(now)
    return [messages, meta, changes, published(period), published(other)]
  }

  /** Where a key may be known now. */
  #periods(channel: string): [string, string] {
    const { published } = channelKeys(channel)
    const [period, other] = keyPeriods(this.#now())
    return [published(period), published(other)]
  }

  #positionOf(outcome: scripts.Changed, offset: number): { position: Position } {
    if (outcome.is === 'changed') return { position: outcome.position }
    throw refusals[outcome.is](offset)
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

const noSuchMessage = (offset: number) =>
  new VisavisError('NOT_FOUND', `there is no message ${offset} to do this with`, { details: { offset } })

const refusals: Record<Exclude<scripts.Changed['is'], 'changed'>, (offset: number) => VisavisError> = {
  missing: noSuchMessage,
  deleted: (offset) => new VisavisError('GONE', `message ${offset} was deleted`, { details: { offset } }),
  foreign: (offset) => new VisavisError('FORBIDDEN', `message ${offset} is of somebody else`, { details: { offset } }),
  late: (offset) =>
    new VisavisError('CONFLICT', `it is too late to edit message ${offset}`, { details: { offset, rule: 'late' } }),
  often: (offset) =>
    new VisavisError('CONFLICT', `message ${offset} was edited ${mostEdits} times`, {
      details: { offset, rule: 'edits', most: mostEdits },
    }),
  full: (offset) =>
    new VisavisError('CONFLICT', `${mostPins} messages of this channel are pinned`, {
      details: { offset, rule: 'pins', most: mostPins },
    }),
}
