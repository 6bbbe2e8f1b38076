/** The conversation of a jobseeker with its files, as the parts of an export. */
import type { Attachments, StoredAttachment } from './attachments/attachments.ts'
import { type Channels, type Since, service } from './chat/channels.ts'
import type { Enrolment, Person } from './enrolment/enrolment.ts'
import { VisavisError } from './protocol/index.ts'
import { fileEntryName } from './rights/entry-name.ts'
import { conversationPage, type PageOptions, type ShownMessage } from './rights/page.ts'
import { gathered, jsonPart, linesPart, type Part } from './rights/part.ts'

export interface ConversationOptions {
  readonly channels: Channels
  readonly attachments: Attachments
  readonly enrolment: Enrolment
  readonly page: PageOptions
  /** Takes what the manifest is to say. */
  readonly found: { wholeUpTo?: object; readonly removedMeanwhile: string[] }
}

/** Messages read at a time. */
const pageSize = 200

export async function* conversationParts(person: Person, options: ConversationOptions): AsyncGenerator<Part> {
  const { channels, attachments, enrolment, page, found } = options
  const channel = person.id
  const names = namesOf(person.region, enrolment)
  const stand = await channels.since(channel, channel, undefined, 0)
  found.wholeUpTo = { channel, position: stand.position, newest: stand.newest }
  const messages = () => shown(messagesUpTo(channels, channel, stand.newest), { channels, channel, names })

  yield jsonPart('conversation.json', () => standingOf(stand, { channels, channel, names }))
  yield linesPart('messages.ndjson', messages())
  yield { name: 'index.html', content: gathered(conversationPage(messages(), { ...page, own: channel })) }
  for (const attachment of await filesOf(attachments, channel)) {
    const name = fileEntryName(attachment.id, attachment.name)
    const bytes = await opened(attachments, channel, attachment)
    if (bytes === undefined) {
      found.removedMeanwhile.push(name)
      continue
    }
    try {
      // Pictures, PDF and office documents are compressed as they are.
      yield { name, content: bytes, compress: attachment.mediaType === 'text/plain' }
    } finally {
      bytes.destroy()
    }
  }
  yield linesPart('attachments.ndjson', recordsOf(attachments, channel))
}

/** Ascending, and none that came later. */
async function* messagesUpTo(channels: Channels, channel: string, newest: number) {
  for (let after = 0; after < newest; ) {
    const { messages } = await channels.history(channel, { after, limit: pageSize })
    for (const message of messages) if (message.offset <= newest) yield message
    const last = messages.at(-1)?.offset
    if (last === undefined) return
    after = last
  }
}

interface Reading {
  readonly channels: Channels
  readonly channel: string
  readonly names: Names
}

async function* shown(
  messages: ReturnType<typeof messagesUpTo>,
  { channels, channel, names }: Reading,
): AsyncGenerator<ShownMessage> {
  for await (const { from, attachments, ...message } of messages) {
    const versions = message.editedAt === undefined ? [] : await channels.versions(channel, message.offset)
    yield {
      ...message,
      from: await names(from),
      ...(attachments === undefined
        ? {}
        : { attachments: attachments.map((one) => ({ ...one, file: fileEntryName(one.id, one.name) })) }),
      ...(versions.length === 0 ? {} : { versions }),
    }
  }
}

async function standingOf(stand: Since, { channels, channel, names }: Reading) {
  const markers = await Promise.all(
    [...stand.markers].map(async ([id, marker]) => ({ person: await names(id), ...marker })),
  )
  const pinned = (await channels.pinned(channel)).map(({ offset }) => offset)
  const { position, newest, oldest, unread, unreadFrom, waitingSince } = stand
  return { channel, position, oldest, newest, pinned, markers, unread, unreadFrom, waitingSince }
}

/** What an advisor has sent and not yet made part of a message, only they may see. */
const filesOf = async (attachments: Attachments, channel: string): Promise<StoredAttachment[]> =>
  (await attachments.list(channel)).filter(({ state, by }) => state === 'attached' || by === channel)

/** As they are on record: who sent what, when, and which message it belongs to. */
async function* recordsOf(attachments: Attachments, channel: string): AsyncGenerator<StoredAttachment> {
  yield* await filesOf(attachments, channel)
}

/** Undefined for one whose message was deleted meanwhile. */
async function opened(attachments: Attachments, channel: string, { id }: StoredAttachment) {
  try {
    return (await attachments.open(channel, id)).bytes
  } catch (error) {
    if (error instanceof VisavisError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

type Names = (id: string) => Promise<{ readonly id: string; readonly name: string }>

/** Each person is looked up once. Whose record is gone has no name but their id. */
function namesOf(region: string, enrolment: Enrolment): Names {
  const known = new Map<string, Promise<{ id: string; name: string }>>()
  const look = async (id: string) => {
    if (id === service) return { id, name: 'Visavis' }
    const person = await enrolment.person(region, id)
    return { id, name: person?.name ?? id }
  }
  return (id) => {
    const before = known.get(id)
    if (before !== undefined) return before
    const found = look(id)
    known.set(id, found)
    return found
  }
}
