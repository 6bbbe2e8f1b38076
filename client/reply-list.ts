/** *Pure.* Canned replies as they become known: by a list, by events and by answers, in any order. */
import type { DataOf, Reply } from '../src/protocol/index.ts'

export interface ReplyList {
  /** By scope and id. */
  readonly replies: ReadonlyMap<string, Reply>
  /** Of those removed: `updatedAt` of the version that was. */
  readonly removed: ReadonlyMap<string, number>
}

export const noReplies: ReplyList = { replies: new Map(), removed: new Map() }

type Named = Pick<Reply, 'id' | 'scope'>
const nameOf = ({ scope, id }: Named): string => `${scope}/${id}`

/** The newest version of a reply is the one that counts, and one that was removed stays away. */
export function withReply(list: ReplyList, reply: Reply): ReplyList {
  const name = nameOf(reply)
  const known = Math.max(list.replies.get(name)?.updatedAt ?? 0, list.removed.get(name) ?? 0)
  return reply.updatedAt <= known ? list : { ...list, replies: new Map(list.replies).set(name, reply) }
}

export function withoutReply(list: ReplyList, removed: Named & Pick<Reply, 'updatedAt'>): ReplyList {
  const name = nameOf(removed)
  const known = list.replies.get(name)
  const replies = new Map(list.replies)
  // It may have been made anew before this was heard.
  if (known !== undefined && known.updatedAt <= removed.updatedAt) replies.delete(name)
  const last = Math.max(list.removed.get(name) ?? 0, removed.updatedAt)
  return { replies, removed: new Map(list.removed).set(name, last) }
}

export const withEvent = (list: ReplyList, { reply, ...removed }: DataOf<'reply.changed'>): ReplyList =>
  reply === undefined ? withoutReply(list, removed) : withReply(list, reply)

export const inOrder = ({ replies }: ReplyList): readonly Reply[] =>
  [...replies.values()].sort((a, b) => a.title.localeCompare(b.title, 'fr') || (a.id < b.id ? -1 : 1))
