/** Who may do what to whom. Pure: every rule is a function of the identity and the subject, and of nothing else. */
import { VisavisError } from '../protocol/index.ts'
import type { Identity } from './identity.ts'

/** What a rule needs to know of a jobseeker. */
export interface Followed {
  readonly id: string
  readonly region: string
  /** The advisor who follows them; absent while none is named. */
  readonly advisor?: string | undefined
  readonly disabled: boolean
}

/** The rooms an operator may enter: made by load benchmarks, never of a person. */
export const isSyntheticRoom = (room: string): boolean => room.startsWith('synthetic-')

/** A jobseeker in their own channel and room, an advisor in those of their portfolio, and nobody else. */
export function mayConverse(identity: Identity, jobseeker: Followed): boolean {
  if (jobseeker.disabled || jobseeker.region !== identity.region) return false
  if (identity.role === 'jobseeker') return identity.person === jobseeker.id
  if (identity.role === 'advisor') return identity.person === jobseeker.advisor
  return false
}

/** A supervisor keeps the list of people of their own region. */
export const mayKeepPeople = (identity: Identity, region: string): boolean =>
  identity.role === 'supervisor' && identity.region === region

/**
 * @throws VisavisError FORBIDDEN. An unknown jobseeker is answered like a stranger's, so that ids cannot be probed.
 */
export function requireConversation<J extends Followed>(identity: Identity, jobseeker: J | undefined): J {
  if (jobseeker === undefined || !mayConverse(identity, jobseeker)) {
    throw new VisavisError('FORBIDDEN', `this ${identity.role} takes no part in that conversation`)
  }
  return jobseeker
}
