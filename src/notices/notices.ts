/**
 * Mail to people who are not there. A notice that was put is durable: it is sent, or there is a record of why not.
 * It is sent at least once; one that is sent again, because a node died between sending and recording, has the same
 * Message-ID.
 */
import { outageAware } from '../store/errors.ts'
import { fenceKey } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import { membersOf, noticeKeys } from './keys.ts'
import { type DataOf, type KindName, kinds } from './kinds.ts'
import { type Notice, type NoticeRecord, recordOf, type State } from './notice.ts'
import { outboxKeys } from './outbox.ts'
import * as scripts from './scripts.ts'

export type { Attempt, NoticeRecord } from './notice.ts'

/** What to tell whom. Its kind says whether it is official. */
export type NewNotice = {
  [K in KindName]: {
    readonly region: string
    readonly person: string
    /** Of the act it tells of, unique in the region: a repeat with the same key is the same notice. */
    readonly key: string
    readonly kind: K
    readonly data: DataOf<K>
    /** Not to be sent before (ms); digest and quiet hours may make it later. */
    readonly at: number
    /** An official one that does not wait for the end of quiet hours. */
    readonly urgent?: boolean
  }
}[KindName]

export interface NoticesOptions {
  readonly client: RedisClient
  /** How long the record of a notice is kept after its last change. */
  readonly retentionMs: number
  /** How long the last notice of somebody forgotten may wait to be sent; with it goes their address. */
  readonly patienceMs: number
  /** A notice was put on this node: whoever sends them need not wait for their next look. */
  readonly onPut?: () => void
}

const keyShape = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,199}$/
/** Records read at a time. */
const page = 500
/** Notices looked at by one run of a script, so that a great many do not hold Redis up. */
const slice = 500

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Notices {
  readonly #client: RedisClient
  readonly #retentionMs: number
  readonly #patienceMs: number
  readonly #onPut: () => void

  constructor({ client, retentionMs, patienceMs, onPut = () => {} }: NoticesOptions) {
    this.#client = client
    this.#retentionMs = retentionMs
    this.#patienceMs = patienceMs
    this.#onPut = onPut
  }

  /**
   * Resolves when it is durable. A repeat changes nothing, whatever has become of the first: `state` says what. For somebody
   * who is erased nothing is put but a notice of a `last` kind: it is as if it were withdrawn.
   */
  async put({
    region,
    person,
    key,
    kind,
    data,
    at,
    urgent = false,
  }: NewNotice): Promise<{ created: boolean; state: State }> {
    if (!keyShape.test(key)) throw new Error(`not a key of a notice: ${JSON.stringify(key)}`)
    const { official, merges, last } = kinds[kind]
    const notice: Omit<Notice, 'state' | 'putAt' | 'changedAt'> = {
      ...{ key, person, kind, official, urgent, merges, last, at: Math.trunc(at) },
      // As text, so that no script changes an empty list into something else.
      data: JSON.stringify(data),
    }
    const outcome = await scripts.put(
      this.#client,
      [...outboxKeys(region), fenceKey(region)],
      [JSON.stringify(notice), this.#retentionMs],
    )
    if (outcome === undefined) return { created: false, state: 'withdrawn' }
    if (outcome.created) this.#onPut()
    return outcome
  }

  /**
   * It is not sent any more, if it was not yet: somebody has read meanwhile. `underway`: a node is sending it right now,
   * and will not try again if that fails. A repeat of `put` with this key does not bring it back.
   */
  withdraw(region: string, key: string): Promise<scripts.Withdrawn> {
    return scripts.withdraw(this.#client, outboxKeys(region), [key, this.#retentionMs])
  }

  /** Every notice to somebody that is still on record, the earliest first, with what became of it; never its content. */
  async of(region: string, person: string): Promise<NoticeRecord[]> {
    const { notices, own } = noticeKeys(region)
    const members = await outageAware(this.#client.zrangebylex(own, ...membersOf(person)))
    const keys = members.map((member) => member.slice(person.length + 1))
    const found: NoticeRecord[] = []
    for (let n = 0; n < keys.length; n += page) {
      const stored = await outageAware(this.#client.hmget(notices, ...keys.slice(n, n + page)))
      found.push(...stored.flatMap((json) => (json === null ? [] : [recordOf(JSON.parse(json) as Notice)])))
    }
    return found.sort((a, b) => a.at - b.at)
  }

  /** What became of notices, each in its place; undefined for those that are not on record. */
  async records(region: string, keys: readonly string[]): Promise<(NoticeRecord | undefined)[]> {
    if (keys.length === 0) return []
    const stored = await outageAware(this.#client.hmget(noticeKeys(region).notices, ...keys))
    return stored.map((json) => (json === null ? undefined : recordOf(JSON.parse(json) as Notice)))
  }

  /**
   * Erases contact and notices of somebody. A notice of a `last` kind that was put before and is not sent yet takes the
   * address along, and is erased when it is sent, or cannot be: until then `of` has it.
   * @returns how many notices went.
   */
  forget(region: string, person: string): Promise<number> {
    return scripts.forget(
      this.#client,
      [...outboxKeys(region), noticeKeys(region).contacts],
      [person, this.#patienceMs],
    )
  }

  /** How many notices to somebody are on record. */
  async count(region: string, person: string): Promise<number> {
    return outageAware(this.#client.zlexcount(noticeKeys(region).own, ...membersOf(person)))
  }

  /** Where notices to others that are not sent yet have this name, the id stands from now on. Repeating is harmless. */
  async forgetName(region: string, { id, name }: { readonly id: string; readonly name: string }): Promise<void> {
    const { notices } = noticeKeys(region)
    const args = [JSON.stringify(name), JSON.stringify(id)] as const
    for (let cursor = '0'; ; ) {
      cursor = await scripts.forgetName(this.#client, [notices], [...args, cursor, slice])
      if (cursor === '0') return
    }
  }
}
