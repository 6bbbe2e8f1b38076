/** Canned replies: texts that advisors keep at hand, each their own and those of their team. */
import { maxMessageLength } from './chat.ts'
import { event, method } from './define.ts'
import { list, object, oneOf, optional, PersonId, RegionId, ReplyId, type Static, Text, Timestamp } from './schema.ts'
import { Type } from './type.ts'

/** `own`: of one advisor. `team`: of all advisors of a team in a region, and its supervisor. */
export const ReplyScope = oneOf('own', 'team')
export type ReplyScope = Static<typeof ReplyScope>

export const maxReplies = 200

export const Reply = object({
  id: ReplyId,
  scope: ReplyScope,
  title: Text(120),
  text: Text(maxMessageLength),
  /** Who made it: of a team's replies only they and the supervisor change it. */
  author: PersonId,
  /** Grows with every change. */
  updatedAt: Timestamp,
  updatedBy: PersonId,
})
export type Reply = Static<typeof Reply>

const Team = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'only for a supervisor of the whole region; everybody else means their own team',
})
const ReadAt = Type.Integer({ minimum: 0, description: '`updatedAt` of the version that was read' })

export const replyMethods = {
  'reply.list': method({
    summary:
      'Canned replies of this advisor, or of their team, a page at a time; and what the variables of their region are. Whoever is in no team gets none of a team.',
    roles: ['advisor', 'supervisor'],
    params: object({ scope: ReplyScope, team: optional(Team), after: optional(ReplyId) }),
    result: object({
      replies: list(Reply, maxReplies),
      /** What to ask `after` for; absent on the last page. */
      next: optional(ReplyId),
      region: object({ id: RegionId, name: Text(120), timeZone: Text(64) }),
    }),
    cost: 2,
  }),
  'reply.put': method({
    summary: `Stores a canned reply, new (without \`updatedAt\`) or changed. The same content again changes nothing. CONFLICT when somebody has changed or removed it since it was read (\`details.reply\` is the newest, absent when it is gone), or for more than ${maxReplies}. Variables: \`{{jobseeker.name}}\`, \`{{advisor.name}}\`, \`{{date}}\`, \`{{time}}\`, \`{{region.name}}\`, and \`{{?}}\` for what is filled in by hand; another one is a BAD_REQUEST whose \`details.variable\` names it.`,
    roles: ['advisor', 'supervisor'],
    params: object({
      id: ReplyId,
      scope: ReplyScope,
      team: optional(Team),
      title: Text(120),
      text: Text(maxMessageLength),
      updatedAt: optional(ReadAt),
    }),
    result: object({ reply: Reply, changed: Type.Boolean() }),
    errors: ['CONFLICT'],
    audit: {
      record: 'acts',
      subject: { kind: 'reply', path: 'params.id' },
      details: ['params.scope', 'result.changed'],
    },
  }),
  'reply.remove': method({
    summary:
      'Removes a canned reply. One that is gone already is no error; CONFLICT, with the newest as `details.reply`, when somebody has changed it since it was read.',
    roles: ['advisor', 'supervisor'],
    params: object({ id: ReplyId, scope: ReplyScope, team: optional(Team), updatedAt: ReadAt }),
    result: object({
      /** False when it was gone. */ removed: Type.Boolean(),
    }),
    errors: ['CONFLICT'],
    audit: {
      record: 'acts',
      subject: { kind: 'reply', path: 'params.id' },
      details: ['params.scope', 'result.removed'],
    },
  }),
}

export const replyEvents = {
  'reply.changed': event({
    summary:
      'A canned reply was stored or removed: told to every device of its advisor, or of its team. Whoever was not connected lists them again.',
    data: object({
      id: ReplyId,
      scope: ReplyScope,
      /** Of the version stored, or of the one removed. */
      updatedAt: Timestamp,
      /** Absent when it was removed. */
      reply: optional(Reply),
    }),
  }),
}
