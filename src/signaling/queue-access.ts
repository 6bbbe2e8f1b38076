/** Whose queue a jobseeker's callback belongs to, and who may see and keep it, as the record of people says. */
import { type Act, isColleague, may } from '../auth/grants.ts'
import type { Identity } from '../auth/identity.ts'
import type { Conversations, Enrolment, Person } from '../enrolment/enrolment.ts'
import { type Callback, VisavisError } from '../protocol/index.ts'
import type { Owner } from '../queue/base.ts'
import type { Queue } from '../queue/queue.ts'
import type { Caller } from './handlers.ts'

export type QueueAccess = ReturnType<typeof createQueueAccess>

export function createQueueAccess({ queue, enrolment }: { queue: Queue; enrolment: Enrolment }) {
  const look = async (region: string, person: string) =>
    standing(await enrolment.conversations({ region, person, role: 'jobseeker' }, Date.now()))
  return {
    /** Undefined while no advisor is named. */
    async currentOwner(region: string, person: string): Promise<Asking | undefined> {
      return ownerIn(await look(region, person))
    },

    /** As the session of a jobseeker knows it: a moment after it was changed it may still be who it was. */
    knownOwner({ conversations, counterparts }: Caller): Asking | undefined {
      return ownerIn(standing({ conversations: [...conversations.values()], counterparts }))
    },

    /** Who stands in for the advisor of a jobseeker at the moment. */
    async standIns(region: string, person: string): Promise<string[]> {
      return (await look(region, person)).standIns
    },

    /** @throws VisavisError NOT_FOUND, also for a stranger's, so that ids cannot be probed. */
    async require(identity: Identity, act: Act, id: string): Promise<Callback> {
      const callback = await queue.callbacks.get(identity.region, id)
      const { self, subject, covers } = await enrolment.access(identity, callback.jobseeker)
      const [advisor, calls] = await Promise.all([
        subject?.advisor === undefined ? undefined : enrolment.person(identity.region, subject.advisor),
        identity.role === 'advisor' ? queue.offers.calls(identity.region, identity.person) : [],
      ])
      const circumstances = { now: Date.now(), self, covers, advisor, calls }
      // Whoever has it in their queue, or is offered it, sees it, whosever jobseeker it is.
      const theirs =
        act === 'viewQueue' &&
        [callback.advisor, callback.holder?.id].includes(identity.person) &&
        subject !== undefined
      if (theirs || (subject !== undefined && may(identity, act, subject, circumstances))) return callback
      throw new VisavisError('NOT_FOUND', `there is no callback ${id}`)
    },

    /** Somebody to whom this supervisor may give a callback. @throws VisavisError NOT_FOUND. */
    async colleague(identity: Identity, id: string): Promise<Owner> {
      const [self, to] = await enrolment.persons(identity.region, [identity.person, id])
      if (to === undefined || !isColleague(identity, to, self)) {
        throw new VisavisError('NOT_FOUND', `there is no advisor ${id} to give it to`)
      }
      return { advisor: to.id, team: to.team }
    },
  }
}

interface Asking {
  readonly jobseeker: Person
  readonly advisor: Owner
}

/** The conversation of a jobseeker, and who stands in for their advisor. */
function standing({ conversations, counterparts }: Pick<Conversations, 'conversations' | 'counterparts'>) {
  const [conversation] = conversations
  return { ...conversation, standIns: counterparts.filter((id) => id !== conversation?.advisor?.id) }
}

/** @throws VisavisError CONFLICT. */
export function named(asking: Asking | undefined): Asking {
  if (asking === undefined) throw new VisavisError('CONFLICT', 'no advisor is named yet')
  return asking
}

function ownerIn({ jobseeker, advisor, standIns }: ReturnType<typeof standing>): Asking | undefined {
  if (jobseeker === undefined || advisor === undefined) return undefined
  return { jobseeker, advisor: { advisor: advisor.id, team: advisor.team, covered: standIns.length > 0 } }
}
