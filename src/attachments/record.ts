/**
 * What is known of a file. Pure.
 *
 * | state | enters | leaves |
 * | --- | --- | --- |
 * | uploading | announced, before a byte of it is stored | uploaded when it is whole and found harmless; gone when refused, broken off, or swept |
 * | uploaded | durable, and answered | attached by its message; gone when removed, or swept a day later |
 * | attached | claimed by a message | uploaded when released; gone with its message or its channel, or swept when a day later no message names it |
 *
 * What is gone has no record; its file is doomed (keys.ts) until it is deleted.
 */
import type { Attachment } from '../protocol/index.ts'

export type AttachmentState = 'uploading' | 'uploaded' | 'attached'

/** Known from the beginning. */
interface Announced {
  /** Who sent it. */
  readonly by: string
  /** The idempotency key of the upload. */
  readonly key: string
  /** When it was announced, and then when it was whole (ms). */
  readonly at: number
}

export interface Uploading extends Announced {
  readonly state: 'uploading'
}

/** A file that is there. */
export interface StoredAttachment extends Announced, Attachment {
  readonly state: 'uploaded' | 'attached'
  /** Hexadecimal. */
  readonly sha256: string
  /** The key of the message it belongs to. */
  readonly messageKey?: string
}

/** The id is the name of the field that it is stored under. */
export function decodeRecord(id: string, json: string): Uploading | StoredAttachment {
  const record = JSON.parse(json) as Uploading | Omit<StoredAttachment, 'id'>
  return record.state === 'uploading' ? record : { id, ...record }
}

/** What everybody in the channel may know of it. */
export const publicPart = ({ id, name, mediaType, bytes }: StoredAttachment): Attachment => ({
  id,
  name,
  mediaType,
  bytes,
})
