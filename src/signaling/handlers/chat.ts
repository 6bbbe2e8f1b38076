import type { Attachments } from '../../attachments/attachments.ts'
import type { Channels, Draft } from '../../chat/channels.ts'
import type { Conversation, Enrolment } from '../../enrolment/enrolment.ts'
import { VisavisError } from '../../protocol/index.ts'
import type { Caller, Handlers, MethodsOf } from '../handlers.ts'
import { summaryOf } from '../recovery.ts'

export interface ChatHandlerOptions {
  readonly channels: Channels
  readonly attachments: Attachments
  readonly enrolment: Enrolment
  /** How soon a jobseeker is to have an answer. */
  readonly answerWithinMs: number
  /** A message was deleted: its files may go now. */
  readonly onDeleted: () => void
  /** A jobseeker whose advisor cannot answer has written. */
  readonly onUnfollowed: (jobseeker: string) => void
  /** Somebody of a region has written; told again when they repeat it. */
  readonly onPublished: (region: string) => void
  /** A jobseeker who has waited since then (ms) has their answer. Told once; it may be lost with this node. */
  readonly onAnswer: (
    jobseeker: Conversation['jobseeker'],
    wait: { readonly since: number; readonly at: number },
  ) => void
}

export function chatHandlers(
  options: ChatHandlerOptions,
): Handlers<Exclude<MethodsOf<'chat'>, 'chat.search' | 'chat.due'>> {
  const { channels, attachments, enrolment, answerWithinMs, onDeleted, onUnfollowed, onPublished, onAnswer } = options
  const publish = async ({ jobseeker, advisor }: Conversation, draft: Draft) => {
    const { answers, ...published } = await channels.publish(jobseeker.id, draft)
    onPublished(jobseeker.region)
    if (answers !== undefined) onAnswer(jobseeker, { since: answers, at: published.at })
    if (draft.from === jobseeker.id && (advisor === undefined || advisor.disabled)) onUnfollowed(jobseeker.id)
    return published
  }
  return {
    async 'chat.channels'({ identity: { person }, conversations }) {
      const summaries = await Promise.all(
        [...conversations.values()].map(async (conversation) => {
          const stand = await channels.since(conversation.jobseeker.id, person, undefined, 0)
          return summaryOf(person, conversation, stand, answerWithinMs)
        }),
      )
      return { channels: summaries }
    },
    async 'chat.publish'(caller, { channel, key, text, replyTo, attachments: ids = [] }) {
      const conversation = caller.requireConversation(channel)
      const from = caller.identity.person
      if (text === '' && ids.length === 0)
        throw new VisavisError('BAD_REQUEST', 'a message has a text or attachments', { details: { path: '/text' } })
      const reply = replyTo === undefined ? {} : { replyTo }
      if (ids.length === 0) return publish(conversation, { from, key, text, ...reply })
      const claimed = await attachments.claim(channel, ids, from, key)
      try {
        return await publish(conversation, { from, key, text, ...reply, attachments: claimed })
      } catch (error) {
        // Refused for good: they may go with another message. Otherwise the same request comes again.
        if (error instanceof VisavisError && !error.retryable) await attachments.release(channel, ids, from, key)
        throw error
      }
    },
    async 'chat.edit'(caller, { channel, key, offset, text }) {
      caller.requireConversation(channel)
      return channels.edit(channel, { who: caller.identity.person, key, offset }, text)
    },
    async 'chat.delete'(caller, { channel, key, offset }) {
      caller.requireConversation(channel)
      const removed = await channels.remove(channel, { who: caller.identity.person, key, offset })
      onDeleted()
      return removed
    },
    async 'chat.settle'(caller, { channel, offset }) {
      caller.requireConversation(channel)
      await channels.settle(channel, offset)
      return {}
    },
    async 'chat.pin'(caller, { channel, key, offset, pinned }) {
      caller.requireConversation(channel)
      return channels.pin(channel, { who: caller.identity.person, key, offset }, pinned)
    },
    async 'chat.pinned'(caller, { channel }) {
      caller.requireConversation(channel)
      return { messages: await channels.pinned(channel) }
    },
    async 'chat.versions'(caller, { channel, offset }) {
      caller.requireConversation(channel)
      return { versions: await channels.versions(channel, offset) }
    },
    async 'chat.members'(caller, { channel }) {
      const conversation = caller.requireConversation(channel)
      const { markers } = await channels.since(channel, caller.identity.person, undefined, 0)
      return { members: await membersOf(conversation, [...markers.keys()], caller, enrolment) }
    },
    async 'chat.typing'(caller, { channel }) {
      caller.requireConversation(channel)
      await channels.typing(channel, caller.identity.person)
      return {}
    },
    async 'chat.history'(caller, { channel, ...page }) {
      caller.requireConversation(channel)
      return channels.history(channel, page)
    },
    async 'chat.read'(caller, { channel, offset, key }) {
      caller.requireConversation(channel)
      return channels.read(channel, caller.identity.person, offset, key)
    },
    async 'chat.receive'(caller, { channel, offset }) {
      caller.requireConversation(channel)
      return channels.receive(channel, caller.identity.person, offset)
    },
    async 'chat.markUnread'(caller, { channel, offset, key }) {
      caller.requireConversation(channel)
      await channels.markUnread(channel, { who: caller.identity.person, key, offset })
      return {}
    },
  }
}

/** Everybody who has left a mark in the channel, and who may do so now. */
async function membersOf(
  { jobseeker, advisor }: Conversation,
  marked: readonly string[],
  { identity }: Caller,
  enrolment: Enrolment,
) {
  const { region } = identity
  const { counterparts } = await enrolment.conversations(
    { region, person: jobseeker.id, role: 'jobseeker' },
    Date.now(),
  )
  const ids = [...new Set([jobseeker.id, ...(advisor === undefined ? [] : [advisor.id]), ...counterparts, ...marked])]
  const people = await enrolment.persons(region, ids)
  const relation = (id: string) => {
    if (id === jobseeker.id) return 'jobseeker'
    if (id === advisor?.id) return 'advisor'
    return counterparts.includes(id) ? 'cover' : 'former'
  }
  return people
    .filter((person) => person !== undefined)
    .map(({ id, name }) => ({ id, name, is: relation(id) }) as const)
}
