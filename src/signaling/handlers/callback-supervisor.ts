/** The methods of "call me back" that are a supervisor's. */
import { maySupervise } from '../../auth/grants.ts'
import type { Identity } from '../../auth/identity.ts'
import type { Enrolment } from '../../enrolment/enrolment.ts'
import { VisavisError } from '../../protocol/index.ts'
import type { Queue } from '../../queue/queue.ts'
import type { Handlers } from '../handlers.ts'
import type { QueueAccess } from '../queue-access.ts'

type SupervisorMethods =
  | 'callback.board'
  | 'callback.waiting'
  | 'callback.raise'
  | 'callback.reassign'
  | 'callback.pause'

export interface SupervisorHandlersOptions {
  readonly queue: Queue
  readonly enrolment: Enrolment
  readonly access: QueueAccess
  /** Something may be waiting for anybody that was not before. */
  readonly wake: () => void
}

const listed = 100

export function supervisorHandlers({
  queue,
  enrolment,
  wake,
  access,
}: SupervisorHandlersOptions): Handlers<SupervisorMethods> {
  const { supervision } = queue

  /** @throws VisavisError FORBIDDEN. @returns the team of the supervisor, if they have one. */
  const requireTeam = async (identity: Identity, team: string | undefined) => {
    const { region, person } = identity
    const self = await enrolment.person(region, person)
    if (maySupervise(identity, { region, team }, self)) return self?.team
    throw new VisavisError(
      'FORBIDDEN',
      `that is not of this supervisor’s ${self?.team === undefined ? 'region' : 'team'}`,
    )
  }

  return {
    async 'callback.board'({ identity: { region, person } }) {
      const self = await enrolment.person(region, person)
      return { board: await supervision.board(region, self?.team) }
    },
    async 'callback.waiting'({ identity }, { team }) {
      await requireTeam(identity, team === '' ? undefined : team)
      const callbacks = await supervision.ofTeam(identity.region, team === '' ? undefined : team, listed)
      return { callbacks }
    },
    async 'callback.raise'({ identity }, { callback: id, priority, reason }) {
      const callback = await access.require(identity, 'keepQueue', id)
      const by = identity.person
      const raised = await supervision.raise(identity.region, { id: callback.id, by, priority, reason })
      return { callback: raised }
    },
    async 'callback.reassign'({ identity }, { callback: id, to, reason }) {
      const { region, person: by } = identity
      const callback = await access.require(identity, 'keepQueue', id)
      const advisor = await access.colleague(identity, to)
      const reassigned = await supervision.reassign(region, { id: callback.id, by, to: advisor, reason, take: true })
      wake()
      return { callback: reassigned }
    },
    async 'callback.pause'({ identity }, { team, message }) {
      await requireTeam(identity, team)
      await supervision.pause(identity.region, { by: identity.person, team, message })
      wake()
      return {}
    },
  }
}
