import { mayChangeReply, mayUseReplies } from '../../auth/grants.ts'
import type { Enrolment, Person } from '../../enrolment/enrolment.ts'
import { type ReplyScope, VisavisError } from '../../protocol/index.ts'
import type { Owner, Replies } from '../../replies/replies.ts'
import type { Caller, Handlers, MethodsOf } from '../handlers.ts'

export interface ReplyHandlersOptions {
  readonly replies: Replies
  readonly enrolment: Enrolment
  /** What the variables of a region stand for. */
  readonly regions: readonly RegionOfReplies[]
}

export interface RegionOfReplies {
  readonly id: string
  readonly name: string
  readonly timeZone: string
}

/** Which replies are asked for. */
interface Asked {
  readonly scope: ReplyScope
  readonly team?: string
}

export function replyHandlers({ replies, enrolment, regions }: ReplyHandlersOptions): Handlers<MethodsOf<'reply'>> {
  const standing = async ({ identity }: Caller, asked: Asked) => {
    const self = await enrolment.person(identity.region, identity.person)
    return { identity, self, owner: ownerOf(identity, self, asked) }
  }
  /** @throws VisavisError FORBIDDEN. @returns whose they are, and who made this one. */
  const requireChange = async (caller: Caller, { id, ...asked }: Asked & { readonly id: string }) => {
    const { identity, self, owner } = await standing(caller, asked)
    const before = owner === undefined ? undefined : await replies.get(owner, id)
    if (owner === undefined || !mayChangeReply(identity, owner, self, before?.author)) {
      throw new VisavisError('FORBIDDEN', `this ${identity.role} may not change that reply`)
    }
    return { owner, author: before?.author ?? identity.person }
  }
  return {
    async 'reply.list'(caller, { after, ...asked }) {
      const { identity, self, owner } = await standing(caller, asked)
      const region = regions.find(({ id }) => id === identity.region)
      const { id, name, timeZone } = region ?? { id: identity.region, name: identity.region, timeZone: 'UTC' }
      const told = { region: { id, name, timeZone } }
      if (owner === undefined) return { replies: [], ...told }
      if (!mayUseReplies(identity, owner, self)) {
        throw new VisavisError('FORBIDDEN', `this ${identity.role} may not use those replies`)
      }
      const page = await replies.list(owner, after)
      return { ...page, replies: [...page.replies], ...told }
    },
    async 'reply.put'(caller, { id, scope, team, title, text, updatedAt }) {
      const { owner, author } = await requireChange(caller, { id, scope, ...(team === undefined ? {} : { team }) })
      return replies.put(owner, { id, title, text, author, updatedBy: caller.identity.person, updatedAt })
    },
    async 'reply.remove'(caller, { id, updatedAt, ...asked }) {
      const { owner, author } = await requireChange(caller, { id, ...asked })
      return { removed: await replies.remove(owner, { id, author, updatedAt }) }
    },
  }
}

/** Undefined for a team's, of somebody who is in none and names none. Whether they are theirs is decided by the grants. */
function ownerOf(
  { region, person }: Caller['identity'],
  self: Person | undefined,
  { scope, team = self?.team }: Asked,
): Owner | undefined {
  if (scope === 'own') return { scope, region, person }
  return team === undefined ? undefined : { scope, region, team }
}
