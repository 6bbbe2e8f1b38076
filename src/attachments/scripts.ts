/** The transitions of files as typed functions. */
import { script } from '../store/script.ts'
import { decodeRecord, type StoredAttachment } from './record.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const nothing = () => {}

/** What is answered for a key is there: its record is never one that is still on its way. */
const stored = (id: string, json: string): StoredAttachment => decodeRecord(id, json) as StoredAttachment

type ChannelKeys = [records: string, byKey: string, pending: string, doomed: string]
type UnattachedKeys = [records: string, pending: string]

export const answered = script<[records: string, byKey: string], [personAndKey: string], StoredAttachment | undefined>(
  file('answered'),
  (reply) => {
    if (reply === null) return undefined
    const [id, json] = reply as [string, string]
    return stored(id, json)
  },
)

/** @returns 0, or after how many ms one more may come. */
export const admit = script<[uploads: string], [id: string, now: number, windowMs: number, most: number], number>(
  file('admit'),
  Number,
)

/** @returns whether anything may be sent there. */
export const begin = script<
  [...UnattachedKeys, erased: string],
  [id: string, record: string, member: string, now: number, channel: string],
  boolean
>(file('begin'), (reply) => reply === 1)

export type Completed =
  /** `repeated`: another attempt with the same key was first, and this one's file is doomed. */
  { readonly is: 'stored' | 'repeated'; readonly attachment: StoredAttachment } | { readonly is: 'gone' }

export const complete = script<
  ChannelKeys,
  [id: string, record: string, personAndKey: string, member: string, now: number],
  Completed
>(file('complete'), (reply) => {
  const [is, id, json] = reply as [Completed['is'], string, string]
  return is === 'gone' ? { is } : { is, attachment: stored(id, json) }
})

export type Claimed =
  /** Their records, in the order of the ids. */
  | { readonly is: 'claimed'; readonly records: readonly string[] }
  | { readonly is: 'missing' | 'taken'; readonly id: string }

export const claim = script<
  UnattachedKeys,
  [channel: string, person: string, messageKey: string, ...ids: string[]],
  Claimed
>(file('claim'), (reply) => {
  const [is, ...rest] = reply as [Claimed['is'], ...string[]]
  return is === 'claimed' ? { is, records: rest } : { is, id: rest[0] ?? '' }
})

export const release = script<
  UnattachedKeys,
  [channel: string, person: string, messageKey: string, now: number, ...ids: string[]],
  void
>(file('release'), nothing)

/** @returns `<channel>/<id>` of those whose files are to be deleted. */
export const remove = script<ChannelKeys, [channel: string, ...ids: string[]], readonly string[]>(
  file('remove'),
  (reply) => reply as string[],
)

/** @returns how many files there were. */
export const forget = script<ChannelKeys, [channel: string], number>(file('forget'), Number)

/** @returns whether it is doomed. */
export const expire = script<ChannelKeys, [id: string, member: string, before: number], boolean>(
  file('expire'),
  (reply) => reply === 1,
)
