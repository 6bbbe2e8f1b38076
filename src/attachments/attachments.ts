/**
 * Files that go with the messages of a channel. A file is sent first, looked at and kept, and then belongs to the message
 * that claims it; record.ts has its states.
 *
 * Redis has the records, `Files` the bytes, and neither can be changed together with the other. So a file is announced
 * before it is stored, and doomed before it is deleted: whatever stops in between, `sweep` knows by name what is left. It
 * deletes nothing that Redis does not name, so that a node started with the wrong Redis does no harm.
 */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Logger } from 'pino'
import { type Attachment, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import type { Scan } from './clamav.ts'
import { fileName } from './file-name.ts'
import type { Files } from './files.ts'
import { attachmentTags, channelKeys, memberOf, partsOf, shardKeys, tagOf, uploadsKey } from './keys.ts'
import { linkSecret } from './link-secret.ts'
import { isValid, type Link, urlOf } from './links.ts'
import { receive, tooLarge } from './receive.ts'
import { decodeRecord, publicPart, type StoredAttachment, type Uploading } from './record.ts'
import * as scripts from './scripts.ts'

export type { Link } from './links.ts'
export type { StoredAttachment } from './record.ts'

export interface AttachmentsOptions {
  readonly client: RedisClient
  readonly files: Files
  /** Absent: files are not scanned. */
  readonly scan?: Scan | undefined
  readonly maxBytes: number
  /** Uploads of one person, begun in any hour. */
  readonly uploadsPerHour: number
  /** How long a link works. */
  readonly linkMs: number
  readonly log: Logger
}

export interface Upload {
  /** Who sends it. */
  readonly person: string
  readonly key: string
  /** As it is called there. */
  readonly name: string
  /** As many bytes as the sender says will come, where they say. */
  readonly announcedBytes?: number | undefined
}

const hourMs = 60 * 60 * 1_000
/** So long a file may belong to no message; much longer than any upload takes. */
const unattachedMs = 24 * hourMs
/** Entries that one look of the sweep takes from a shard. */
const sweepBatch = 200

/** Expected failures are VisavisErrors; with Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Attachments {
  readonly #options: AttachmentsOptions
  readonly #client: RedisClient

  constructor(options: AttachmentsOptions) {
    this.#options = options
    this.#client = options.client
  }

  /**
   * Takes a file in. It is answered when file and record are durable; a repeat with the same key gets the first answer, as
   * long as the file is there.
   * @param body read no further than to the first reason to refuse it.
   * @throws VisavisError TOO_LARGE, RATE_LIMITED, UNSUPPORTED (with `reason`), BAD_REQUEST for an empty file, UNAVAILABLE
   * also when there is no room or the scanner is away, GONE when the channel was forgotten meanwhile.
   */
  async upload(channel: string, upload: Upload, body: AsyncIterable<Uint8Array>): Promise<Attachment> {
    const { person, key, name, announcedBytes = 0 } = upload
    const { records, byKey, pending, doomed } = channelKeys(channel)
    const answered = await scripts.answered(this.#client, [records, byKey], [`${person}/${key}`])
    if (answered !== undefined) return publicPart(answered)
    if (announcedBytes > this.#options.maxBytes) throw tooLarge(this.#options.maxBytes)

    const id = randomBytes(16).toString('hex')
    const member = memberOf(channel, id)
    await this.#admit(person, id)
    const announced: Uploading = { state: 'uploading', by: person, key, at: Date.now() }
    const begun = await scripts.begin(
      this.#client,
      [records, pending, fenceKey(tagOf(channel))],
      [id, JSON.stringify(announced), member, announced.at, channel],
    )
    if (!begun) throw gone()
    const received = await this.#keep(id, body).catch(async (error: unknown) => {
      await this.#abandon(channel, id)
      if (error instanceof VisavisError && error.code === 'UNAVAILABLE') await this.#giveBack(person, id)
      throw error
    })
    const record: Omit<StoredAttachment, 'id'> = {
      ...announced,
      ...received,
      state: 'uploaded',
      at: Date.now(),
      name: fileName(name, received.mediaType),
    }
    // If this fails it may have been done all the same, so the file stays: the repeat, or the sweep, finds it.
    const outcome = await scripts.complete(
      this.#client,
      [records, byKey, pending, doomed],
      [id, JSON.stringify(record), `${person}/${key}`, member, record.at],
    )
    if (outcome.is !== 'stored') await this.#deleteDoomed(doomed, [member])
    if (outcome.is === 'gone') throw gone()
    return publicPart(outcome.attachment)
  }

  /**
   * Files become part of a message: all of them, or none. The same again, for the same message, changes nothing.
   * @returns them in the order of the ids.
   * @throws VisavisError NOT_FOUND for one that is not there or was sent by somebody else, CONFLICT for one of another
   * message; both with the id as `attachment`.
   */
  async claim(channel: string, ids: readonly string[], person: string, messageKey: string): Promise<Attachment[]> {
    if (ids.length === 0) return []
    const { records, pending } = channelKeys(channel)
    const outcome = await scripts.claim(this.#client, [records, pending], [channel, person, messageKey, ...ids])
    if (outcome.is === 'claimed') {
      return outcome.records.map((json, n) => publicPart(decodeRecord(ids[n] ?? '', json) as StoredAttachment))
    }
    const details = { attachment: outcome.id }
    if (outcome.is === 'missing') throw new VisavisError('NOT_FOUND', 'there is no such file of yours', { details })
    throw new VisavisError('CONFLICT', 'the file belongs to another message', { details })
  }

  /** The message did not come about and never will: its files belong to none again. */
  async release(channel: string, ids: readonly string[], person: string, messageKey: string): Promise<void> {
    if (ids.length === 0) return
    const { records, pending } = channelKeys(channel)
    await scripts.release(this.#client, [records, pending], [channel, person, messageKey, Date.now(), ...ids])
  }

  /** Files go, whoever they belong to: those of a message that is deleted. Repeating it is harmless. */
  async remove(channel: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    const { records, byKey, pending, doomed } = channelKeys(channel)
    const members = await scripts.remove(this.#client, [records, byKey, pending, doomed], [channel, ...ids])
    await this.#deleteDoomed(doomed, members)
  }

  /** How many files a channel has. */
  async count(channel: string): Promise<number> {
    return (await this.list(channel)).length
  }

  /**
   * Everything of a channel goes: records, files, and what is still on its way. Repeating it is harmless.
   * @returns how many files went.
   */
  async forget(channel: string): Promise<number> {
    const { records, byKey, pending, doomed } = channelKeys(channel)
    const count = await scripts.forget(this.#client, [records, byKey, pending, doomed], [channel])
    const left = await outageAware(this.#client.smembers(doomed))
    await this.#deleteDoomed(
      doomed,
      left.filter((member) => partsOf(member).channel === channel),
    )
    return count
  }

  /** When a person has sent files, for the limit. */
  async forgetSender(person: string): Promise<void> {
    await outageAware(this.#client.unlink(uploadsKey(person)))
  }

  /** Every file of a channel, oldest first: for exports. */
  async list(channel: string): Promise<StoredAttachment[]> {
    const stored = await outageAware(this.#client.hgetall(channelKeys(channel).records))
    return Object.entries(stored)
      .map(([id, json]) => decodeRecord(id, json))
      .filter((record) => record.state !== 'uploading')
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  }

  /**
   * A file with its bytes. Whoever asks reads the stream to its end or destroys it.
   * @param reader who it is for, if it is for one person: what belongs to no message yet is only its sender's.
   * @throws VisavisError NOT_FOUND.
   */
  async open(channel: string, id: string, reader?: string): Promise<{ attachment: StoredAttachment; bytes: Readable }> {
    const attachment = await this.#find(channel, id, reader)
    return { attachment, bytes: await this.#options.files.open(id) }
  }

  /**
   * A link by which a reader can fetch a file for a while. That they may see it is for the caller to know.
   * @throws VisavisError NOT_FOUND.
   */
  async link(
    channel: string,
    id: string,
    { person, region }: { readonly person: string; readonly region: string },
  ): Promise<{ url: string; expiresAt: number }> {
    await this.#find(channel, id, person)
    const expiresAt = Date.now() + this.#options.linkMs
    const secret = await linkSecret(this.#client)
    return { url: urlOf({ channel, id, reader: person, region, expiresAt }, secret), expiresAt }
  }

  /** @throws VisavisError FORBIDDEN for a link that is over, or was not made here as it is. */
  async checkLink(link: Link, signature: string): Promise<void> {
    if (isValid(link, signature, await linkSecret(this.#client), Date.now())) return
    throw new VisavisError('FORBIDDEN', 'the link is over, or not a link of this service')
  }

  /**
   * Removes what has belonged to no message for a day, and the files of whatever was given up or removed before a node
   * stopped. Safe on every node at once.
   * @returns how many files went.
   * @throws the first failure, when everything else was done; the next sweep tries again.
   */
  async sweep(now = Date.now()): Promise<number> {
    const sweeps = await Promise.allSettled(attachmentTags.map((tag) => this.#sweepShard(tag, now - unattachedMs)))
    let swept = 0
    for (const each of sweeps) {
      if (each.status === 'rejected') throw each.reason
      swept += each.value
    }
    return swept
  }

  async #sweepShard(tag: string, before: number): Promise<number> {
    const { pending, doomed } = shardKeys(tag)
    for (;;) {
      const due = await outageAware(this.#client.zrangebyscore(pending, '-inf', `(${before}`, 'LIMIT', 0, sweepBatch))
      for (const member of due) {
        const { channel, id } = partsOf(member)
        const { records, byKey } = channelKeys(channel)
        await scripts.expire(this.#client, [records, byKey, pending, doomed], [id, member, before])
      }
      if (due.length < sweepBatch) break
    }
    return this.#deleteDoomed(doomed, await outageAware(this.#client.smembers(doomed)))
  }

  async #find(channel: string, id: string, reader: string | undefined): Promise<StoredAttachment> {
    const json = await outageAware(this.#client.hget(channelKeys(channel).records, id))
    const record = json === null ? undefined : decodeRecord(id, json)
    const hidden = record?.state === 'uploaded' && reader !== undefined && record.by !== reader
    if (record === undefined || record.state === 'uploading' || hidden) {
      throw new VisavisError('NOT_FOUND', 'there is no such file')
    }
    return record
  }

  async #admit(person: string, id: string): Promise<void> {
    const most = this.#options.uploadsPerHour
    const retryAfterMs = await scripts.admit(this.#client, [uploadsKey(person)], [id, Date.now(), hourMs, most])
    if (retryAfterMs === 0) return
    throw new VisavisError('RATE_LIMITED', `a person sends at most ${most} files in an hour`, { retryAfterMs })
  }

  /** What came to nothing by no fault of theirs does not count against a person. */
  async #giveBack(person: string, id: string): Promise<void> {
    await this.#client.zrem(uploadsKey(person), id).catch((err) => {
      this.#options.log.debug({ err, person }, 'an upload that failed counts all the same')
    })
  }

  /** The bytes become a durable file, if they may. Nothing is left of it otherwise. */
  async #keep(id: string, body: AsyncIterable<Uint8Array>) {
    const { files, maxBytes, scan } = this.#options
    await using draft = await files.draft(id)
    const received = await receive(body, draft, { maxBytes })
    await scan?.(draft.stream())
    await draft.keep()
    return received
  }

  /** What cannot be said now is found by the sweep. */
  async #abandon(channel: string, id: string): Promise<void> {
    await this.remove(channel, [id]).catch((err) => {
      this.#options.log.debug({ err, channel, attachment: id }, 'an upload that failed stays until it is swept')
    })
  }

  /** @returns how many files went. @throws the first failure, when all were tried. */
  async #deleteDoomed(doomed: string, members: readonly string[]): Promise<number> {
    const failures: unknown[] = []
    const gone: string[] = []
    for (const member of members) {
      try {
        await this.#options.files.remove(partsOf(member).id)
        gone.push(member)
      } catch (error) {
        failures.push(error)
      }
    }
    if (gone.length > 0) await outageAware(this.#client.srem(doomed, ...gone))
    if (failures.length > 0) throw failures[0]
    return gone.length
  }
}

const gone = () => new VisavisError('GONE', 'the channel was removed while the file came')
