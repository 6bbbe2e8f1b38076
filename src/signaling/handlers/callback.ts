import type { Enrolment } from '../../enrolment/enrolment.ts'
import { VisavisError } from '../../protocol/index.ts'
import type { Callbacks } from '../../queue/callbacks.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export interface CallbackHandlersOptions {
  readonly callbacks: Callbacks
  readonly enrolment: Enrolment
  /** Something may be waiting that was not before. */
  readonly wake: () => void
}

export function callbackHandlers({
  callbacks,
  enrolment,
  wake,
}: CallbackHandlersOptions): Handlers<MethodsOf<'callback'>> {
  return {
    async 'callback.request'({ identity }, { key, medium, phone, reason }) {
      const { region, person } = identity
      if (medium === 'phone' && phone === undefined) {
        throw new VisavisError('BAD_REQUEST', 'a callback by phone needs a phone number', {
          details: { path: '/phone' },
        })
      }
      const jobseeker = await enrolment.person(region, person)
      if (jobseeker?.advisor === undefined) throw new VisavisError('CONFLICT', 'no advisor is named yet')
      const { advisor, name } = jobseeker
      const request = { jobseeker: person, jobseekerName: name, advisor, key, medium, reason }
      const made = await callbacks.request(region, phone === undefined ? request : { ...request, phone })
      wake()
      return made
    },
    async 'callback.list'({ identity }) {
      const { region, person, role } = identity
      if (role === 'advisor') return callbacks.ofAdvisor(region, person)
      return { callbacks: await callbacks.ofJobseeker(region, person), offers: [] }
    },
    async 'callback.accept'({ identity }, { callback, token }) {
      return { callback: await callbacks.accept(identity.region, identity.person, callback, token) }
    },
    async 'callback.complete'({ identity }, { callback, ...outcome }) {
      const completed = await callbacks.complete(identity.region, identity.person, callback, outcome)
      wake()
      return { callback: completed }
    },
    async 'callback.cancel'({ identity }, { callback }) {
      const cancelled = await callbacks.cancel(identity.region, identity.person, callback)
      wake()
      return { callback: cancelled }
    },
  }
}
