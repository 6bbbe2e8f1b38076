/**
 * *Pure.* What is known of one channel: an unbroken run of messages up to the newest, whatever the order, repetition or
 * loss in which they became known; and the person's own messages that are not stored yet.
 */
import type { Attachment, Message, Position } from '../src/protocol/index.ts'

/** A message of this person that the server has not confirmed. */
export interface Unsent {
  readonly key: string
  readonly text: string
  /** The earlier message that it answers. */
  readonly replyTo?: number
  readonly attachments?: readonly Attachment[]
  /** When it was written, by the server's clock (ms since the epoch). */
  readonly at: number
  readonly state: 'sending' | 'failed'
  /** Why it failed. */
  readonly error?: Error
}

export interface ChannelLog {
  /** Empty while the channel is. */
  readonly epoch: string
  /** The newest offset known to exist. */
  readonly head: number
  /** Ascending, without gaps. The last one is the newest unless `missingAfter` says otherwise. */
  readonly messages: readonly Message[]
  /** Whether older messages exist than those loaded. */
  readonly more: boolean
  /** Messages before this one are gone for good: 1 until the first are. */
  readonly retainedFrom: number
  /** Beyond a gap, by offset; they join `messages` when it is filled. */
  readonly beyond: ReadonlyMap<number, Message>
  readonly unsent: readonly Unsent[]
  /** Whether a first page was loaded: until then messages wait in `beyond`. */
  readonly loaded: boolean
}

/** An answer of chat.history. */
export interface Page {
  readonly messages: readonly Message[]
  readonly position: Position
  readonly newest: number
  readonly more: boolean
  readonly retainedFrom?: number | undefined
}

export const emptyLog: ChannelLog = {
  epoch: '',
  head: 0,
  messages: [],
  more: false,
  retainedFrom: 1,
  beyond: new Map(),
  unsent: [],
  loaded: false,
}

/** The offset after which messages are missing; undefined when nothing is. Before the first page nothing is asked for. */
export function missingAfter(log: ChannelLog): number | undefined {
  if (!log.loaded) return undefined
  const last = lastOffset(log)
  return last < log.head ? last : undefined
}

/** The last offset of the unbroken run, or of what is gone. */
export const lastOffset = ({ messages, retainedFrom }: ChannelLog): number =>
  messages.at(-1)?.offset ?? retainedFrom - 1

/** A message became known, live or as the answer to a send. */
export function withMessage(log: ChannelLog, message: Message, epoch: string): ChannelLog {
  const current = inEpoch(log, epoch)
  if (current.loaded && message.offset <= lastOffset(current)) return withoutUnsent(current, message.key)
  const beyond = new Map(current.beyond).set(message.offset, message)
  return joined({ ...current, beyond, head: Math.max(current.head, message.offset) })
}

/** A message is not what it was. What is not loaded will be read as it is. */
export function withChanged(log: ChannelLog, message: Message): ChannelLog {
  const known = log.messages.find(({ offset }) => offset === message.offset)
  const waiting = log.beyond.get(message.offset)
  if (waiting !== undefined && isNewer(message, waiting))
    return { ...log, beyond: new Map(log.beyond).set(message.offset, message) }
  if (known === undefined || !isNewer(message, known)) return log
  return { ...log, messages: log.messages.map((other) => (other === known ? message : other)) }
}

/** A page may have told of a later change already. */
const isNewer = (message: Message, known: Message): boolean =>
  known.deletedAt === undefined && (message.editedAt ?? 0) >= (known.editedAt ?? 0)

/**
 * What happened since is not told: what is known may have changed or be of a stream that was lost. Everything but the
 * unsent is forgotten.
 */
export const withSnapshot = (log: ChannelLog, { epoch, offset }: Position): ChannelLog => ({
  ...emptyLog,
  epoch,
  head: offset,
  unsent: log.unsent,
})

/** Messages before this one were kept as long as their region keeps them. */
export function withRetained(log: ChannelLog, retainedFrom = 1): ChannelLog {
  if (retainedFrom <= log.retainedFrom) return log
  const messages = log.messages.filter(({ offset }) => offset >= retainedFrom)
  const beyond = new Map([...log.beyond].filter(([offset]) => offset >= retainedFrom))
  const more = log.more && (messages[0]?.offset ?? 0) > retainedFrom
  return joined({ ...log, messages, beyond, more, retainedFrom, head: Math.max(log.head, retainedFrom - 1) })
}

/** The newest page: what was loaded before is kept if the two meet, and forgotten otherwise. */
export function withNewest(log: ChannelLog, page: Page): ChannelLog {
  const current = withRetained(inEpoch(log, page.position.epoch), page.retainedFrom)
  const first = page.messages[0]?.offset
  // Empty, or an answer that live messages have overtaken.
  const isStale = current.loaded && (page.messages.at(-1)?.offset ?? 0) <= lastOffset(current)
  if (first === undefined || isStale) return joined({ ...current, loaded: true })
  const meets = current.loaded && current.messages.length > 0 && first <= lastOffset(current) + 1
  const kept = meets ? current.messages.filter(({ offset }) => offset < first) : []
  return joined({
    ...current,
    head: Math.max(current.head, page.newest),
    messages: [...kept, ...page.messages],
    more: kept.length > 0 ? current.more : page.more,
    loaded: true,
  })
}

/** Messages that follow the last one known. A page that does not join (a stale answer) changes nothing. */
export function withNewer(log: ChannelLog, page: Page): ChannelLog {
  const current = withRetained(inEpoch(log, page.position.epoch), page.retainedFrom)
  if (!current.loaded) return current
  const beyond = new Map(current.beyond)
  for (const message of page.messages) beyond.set(message.offset, message)
  const head = Math.max(current.head, page.newest)
  return joined({ ...current, beyond, head })
}

/** Messages that lie before the first one loaded. */
export function withOlder(log: ChannelLog, page: Page): ChannelLog {
  if (page.position.epoch !== log.epoch) return log
  const current = withRetained(log, page.retainedFrom)
  const first = current.messages[0]?.offset
  if (first === undefined) return current
  // Of an answer that was overtaken, what is gone by now is left out.
  const older = page.messages.filter(({ offset }) => offset < first && offset >= current.retainedFrom)
  if (older.length > 0 && older.at(-1)?.offset !== first - 1) return current
  const more = page.more && (older[0]?.offset ?? first) > current.retainedFrom
  return { ...current, messages: [...older, ...current.messages], more }
}

export const withUnsent = (log: ChannelLog, unsent: Unsent): ChannelLog => ({
  ...log,
  unsent: log.unsent.some(({ key }) => key === unsent.key)
    ? log.unsent.map((other) => (other.key === unsent.key ? unsent : other))
    : [...log.unsent, unsent],
})

export const withoutUnsent = (log: ChannelLog, key: string): ChannelLog => ({
  ...log,
  unsent: log.unsent.filter((unsent) => unsent.key !== key),
})

/**
 * Offsets of different epochs do not compare: a stream that was made anew replaces all that is known of the old one.
 * An empty channel has no epoch yet, and an answer that says so may be older than what is known.
 */
function inEpoch(log: ChannelLog, epoch: string): ChannelLog {
  if (log.epoch === epoch || epoch === '') return log
  if (log.epoch === '') return { ...log, epoch }
  return { ...emptyLog, epoch, unsent: log.unsent, loaded: log.loaded }
}

function joined(log: ChannelLog): ChannelLog {
  if (!log.loaded) return log
  const beyond = new Map(log.beyond)
  const messages = [...log.messages]
  let next = lastOffset(log) + 1
  for (let message = beyond.get(next); message !== undefined; message = beyond.get(next)) {
    messages.push(message)
    next += 1
  }
  for (const offset of beyond.keys()) if (offset < next) beyond.delete(offset)
  // Shown as unsent until the stored message itself can be shown.
  const stored = new Set(log.unsent.length === 0 ? [] : messages.map(({ key }) => key))
  return { ...log, messages, beyond, unsent: log.unsent.filter(({ key }) => !stored.has(key)) }
}
