/** "Call me back", for whoever asks, whoever calls, and whoever supervises. */
import type { Identity } from '../../auth/identity.ts'
import type { Enrolment } from '../../enrolment/enrolment.ts'
import { type Callback, type ParamsOf, VisavisError } from '../../protocol/index.ts'
import type { Taker } from '../../queue/matching.ts'
import type { Taken } from '../../queue/offers.ts'
import type { Queue } from '../../queue/queue.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'
import { createQueueAccess, named } from '../queue-access.ts'
import { supervisorHandlers } from './callback-supervisor.ts'

export interface CallbackHandlersOptions {
  readonly queue: Queue
  readonly enrolment: Enrolment
  /** An advisor who is connected to this node. */
  readonly find: (advisor: string) => Taker | undefined
  /** Something may be waiting for them, or for anybody, that was not before. */
  readonly wake: (advisor?: string) => void
  /** What was offered, and where, for whoever counts. */
  readonly onOffer: (taken: Taken, region: string) => void
}

export function callbackHandlers(options: CallbackHandlersOptions): Handlers<MethodsOf<'callback'>> {
  const { queue, enrolment, find, wake, onOffer } = options
  const { callbacks, offers, desks, calls, policies, availability, supervision } = queue
  const access = createQueueAccess({ queue, enrolment })

  const taker = ({ person, name }: Identity): Taker => find(person) ?? { advisor: person, name }
  const hoursOf = async ({ region, person }: Identity) => {
    const hours = await availability.hours(region, person)
    return { ...(hours === undefined ? {} : { hours }), timeZone: queue.timeZone(region) }
  }
  /** The advisor has the callback whatever comes of it: without an answer they dial by hand. */
  const withCall = async (callback: Callback, token: number) => ({
    callback,
    call: await calls.begin(callback, token).catch(() => ({})),
  })

  return {
    ...supervisorHandlers({ ...options, access }),
    async 'callback.options'({ identity }) {
      const { advisor } = named(await access.currentOwner(identity.region, identity.person))
      return callbacks.options(identity.region, advisor)
    },
    async 'callback.request'(caller, asked) {
      const { region, person } = caller.identity
      requireNumber(asked)
      const current = access.currentOwner(region, person)
      // What the session knows spares a wait for the disk.
      const { jobseeker, advisor } = access.knownOwner(caller) ?? named(await current)
      const making = callbacks.request(region, {
        ...asked,
        ...advisor,
        jobseeker: person,
        jobseekerName: jobseeker.name,
      })
      // At once, so that the offer is made by the same run of the script, and waits for the disk together with the request.
      // When it is too early, the event of the request wakes whoever it concerns.
      wake(advisor.advisor)
      const [made, now] = await Promise.all([making, current])
      // It was so no more, and what follows from that may have looked for open requests before there was this one.
      if (now === undefined && made.created) await callbacks.cancel(region, person, made.callback.id)
      const { advisor: owner } = named(now)
      if (owner.advisor !== advisor.advisor) await supervision.follow(region, person, owner)
      return made
    },
    async 'callback.list'({ identity }) {
      const { region, person, role } = identity
      if (role === 'advisor') return callbacks.ofAdvisor(region, person)
      return { callbacks: await callbacks.ofJobseeker(region, person), offers: [] }
    },
    async 'callback.place'({ identity }, { callback: id }) {
      const callback = await access.require(identity, 'viewQueue', id)
      const standIns = await access.standIns(identity.region, callback.jobseeker)
      return callbacks.place(identity.region, callback.id, standIns)
    },
    async 'callback.history'({ identity }, { callback: id }) {
      await access.require(identity, 'viewQueue', id)
      const history = await callbacks.history(identity.region, id)
      if (identity.role !== 'jobseeker') return { history }
      return { history: history.map(({ note: _note, ...entry }) => entry) }
    },
    async 'callback.reschedule'({ identity }, asked) {
      const { region, person } = identity
      const callback = await callbacks.reschedule(region, person, asked)
      wake(callback.advisor)
      return { callback }
    },
    async 'callback.cancel'({ identity }, { callback: id }) {
      const { holder } = await callbacks.get(identity.region, id)
      const callback = await callbacks.cancel(identity.region, identity.person, id)
      // Whoever was offered it is free.
      if (holder !== undefined) wake(holder.id)
      return { callback }
    },
    async 'callback.accept'({ identity }, { callback: id, token }) {
      const { region, person } = identity
      const callback = await offers.accept(region, person, id, token)
      const { limit } = await policies.team(region, taker(identity).team)
      if (limit > 1) wake(person)
      return withCall(callback, token)
    },
    async 'callback.decline'({ identity }, declined) {
      const callback = await offers.decline(identity.region, identity.person, declined)
      // It may be anybody's turn.
      wake()
      return { callback }
    },
    async 'callback.choices'({ identity }) {
      return { callbacks: await offers.choices(identity.region, taker(identity)) }
    },
    async 'callback.pick'({ identity }, { callback: id }) {
      const { callback, offer } = await offers.pick(identity.region, taker(identity), id)
      return { ...(await withCall(callback, offer.token)), offer }
    },
    async 'callback.attempt'({ identity }, attempt) {
      const { region, person } = identity
      const callback = await offers.attempt(region, person, attempt)
      wake(person)
      return { callback }
    },
    async 'callback.complete'({ identity }, outcome) {
      const { callback, next } = await offers.completeAndOffer(identity.region, taker(identity), outcome)
      if (next !== undefined) onOffer(next, identity.region)
      return { callback }
    },
    async 'callback.desk'({ identity }) {
      const { region, person } = identity
      const [desk, { mode }] = await Promise.all([
        desks.get(region, person),
        policies.team(region, taker(identity).team),
      ])
      return { desk, mode }
    },
    async 'callback.setDesk'({ identity }, { state }) {
      const desk = await desks.set(identity.region, identity.person, state)
      wake(identity.person)
      return { desk }
    },
    async 'callback.hours'({ identity }) {
      return hoursOf(identity)
    },
    async 'callback.setHours'({ identity }, { hours }) {
      await availability.setHours(identity.region, identity.person, hours)
      wake(identity.person)
      return hoursOf(identity)
    },
  }
}

function requireNumber({ medium, phone }: ParamsOf<'callback.request'>): void {
  if (medium !== 'phone' || phone !== undefined) return
  throw new VisavisError('BAD_REQUEST', 'a callback by phone needs a phone number', { details: { path: '/phone' } })
}
