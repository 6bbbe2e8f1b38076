import { VisavisError } from '../../protocol/index.ts'
import { type Act, placeOf, shownTo } from '../../workshops/workshop.ts'
import type { Workshops } from '../../workshops/workshops.ts'
import type { Caller, Handlers, MethodsOf } from '../handlers.ts'
import { advisorsOf, noWorkshop, requireHost } from '../workshop-hosts.ts'

export interface WorkshopHandlersOptions {
  readonly workshops: Workshops
  /** How long before a workshop begins its doors open (ms). */
  readonly leadMs: number
  /** The most places one can have on this service. */
  readonly mostSeats: number
  /** A workshop has changed on this node: whoever writes mails need not wait for their next look. */
  readonly wake: () => void
}

export function workshopHandlers(options: WorkshopHandlersOptions): Handlers<MethodsOf<'workshop'>> {
  const { workshops, leadMs, mostSeats, wake } = options

  const host = async (caller: Caller, id: string) =>
    requireHost(caller, await workshops.find(caller.identity.region, id), Date.now())
  const change = async ({ identity }: Caller, id: string, act: Act, key: string) => {
    const { region, person } = identity
    const record = await workshops.change(region, id, act, { by: person, key })
    wake()
    return { workshop: shownTo(record, person) }
  }
  const asHost = async (caller: Caller, id: string, act: Act, key: string) => {
    await host(caller, id)
    return change(caller, id, act, key)
  }

  return {
    async 'workshop.list'(caller) {
      const { region, person, role } = caller.identity
      const found =
        role === 'advisor'
          ? advisorsOf(caller, Date.now()).map((advisor) => workshops.ofAdvisor(region, advisor))
          : [workshops.ofJobseeker(region, person), workshops.open(region)]
      const records = new Map((await Promise.all(found)).flat().map((record) => [record.id, record]))
      const shown = [...records.values()]
        // Somebody who was sent out of an open one is not asked to sign up again.
        .filter((record) => placeOf(record, person)?.removed !== true)
        .map((record) => shownTo(record, person))
      return { workshops: shown.sort((a, b) => a.from - b.from).slice(0, mostShown), leadMs, mostSeats }
    },
    async 'workshop.create'({ identity }, draft) {
      if (draft.capacity > mostSeats)
        throw new VisavisError('BAD_REQUEST', `a workshop has at most ${mostSeats} places here`, {
          details: { path: '/capacity', most: mostSeats },
        })
      const { region, person: advisor, name: advisorName } = identity
      const { record, created } = await workshops.create(region, { ...draft, advisor, advisorName })
      return { workshop: shownTo(record, advisor), created }
    },
    async 'workshop.invite'(caller, { workshop, key, jobseekers }) {
      await host(caller, workshop)
      const people = jobseekers.map((id) => {
        const { jobseeker } = caller.requireConversation(id)
        return { person: jobseeker.id, name: jobseeker.name }
      })
      return change(caller, workshop, { type: 'invite', people }, key)
    },
    async 'workshop.signUp'(caller, { workshop, key }) {
      const { person, name } = caller.identity
      return change(caller, workshop, { type: 'signUp', who: { person, name } }, key)
    },
    async 'workshop.decline'(caller, { workshop, key }) {
      return change(caller, workshop, { type: 'decline', person: caller.identity.person }, key)
    },
    async 'workshop.present'(caller, { workshop, key, shownAs }) {
      const { person, region } = caller.identity
      const record = await workshops.find(region, workshop)
      if (record === undefined || placeOf(record, person) === undefined) throw noWorkshop()
      return change(caller, workshop, { type: 'present', person, shownAs: shownAs.toWellFormed() }, key)
    },
    async 'workshop.places'(caller, { workshop }) {
      const { places } = await host(caller, workshop)
      return { places: [...places] }
    },
    async 'workshop.remove'(caller, { workshop, key, seat }) {
      return asHost(caller, workshop, { type: 'remove', seat }, key)
    },
    async 'workshop.move'(caller, { workshop, key, from, lengthMs, reason }) {
      return asHost(caller, workshop, { type: 'move', from, lengthMs, reason: reason.toWellFormed() }, key)
    },
    async 'workshop.cancel'(caller, { workshop, key, reason }) {
      return asHost(caller, workshop, { type: 'cancel', reason: reason.toWellFormed() }, key)
    },
    async 'workshop.end'(caller, { workshop, key }) {
      return asHost(caller, workshop, { type: 'end' }, key)
    },
  }
}

/** As many as an answer holds. */
const mostShown = 500
