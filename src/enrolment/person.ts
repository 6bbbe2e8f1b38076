/** A person as the record has them. Pure. */
import type { Role } from '../protocol/index.ts'

export interface Person {
  readonly id: string
  readonly role: Role
  readonly name: string
  readonly region: string
  readonly team?: string
  /** For a jobseeker: the advisor who follows them. */
  readonly advisor?: string
  /** May not sign in and is in no portfolio; keeps their place in the record. */
  readonly disabled: boolean
  /** `reinforced`: an intensive follow-up in the agency, to which the scheme is not open. Absent: any other. */
  readonly followUp?: 'reinforced'
  /** They have yet to join on record: until then they are in no portfolio and may not sign in to talk. */
  readonly awaiting?: boolean
  /** When they left the scheme (ms); they are in no portfolio and may not sign in. Absent for who is enrolled. */
  readonly leftAt?: number
  /** The id of their erasure, while it is under way; they are disabled, too. */
  readonly erasure?: string
}

/**
 * Nobody may be called so: rooms of these names belong to load benchmarks, which operators may enter; and the service itself
 * has a name where it says something in a channel.
 */
export const isReserved = (id: string): boolean => id.startsWith('synthetic-') || id === 'visavis'

/** Whether the person may take part in anything. */
export const isEnrolled = ({ disabled, leftAt, awaiting }: Pick<Person, 'disabled' | 'leftAt' | 'awaiting'>): boolean =>
  !disabled && leftAt === undefined && awaiting !== true

/** Whether callbacks may be with them: an advisor who takes part. */
export const isAtWork = (person: Person | undefined): boolean => person?.role === 'advisor' && isEnrolled(person)

/** One order of fields and no absent ones, so that the same person is the same text; and text that has a UTF-8. */
export const canonical = ({ id, role, name, region, team, advisor, followUp, disabled }: Person): Person => ({
  id,
  role,
  name: name.toWellFormed(),
  region,
  ...(team === undefined ? {} : { team: team.toWellFormed() }),
  ...(advisor === undefined ? {} : { advisor }),
  ...(followUp === undefined ? {} : { followUp }),
  disabled,
})

export const decodePerson = (json: string): Person => JSON.parse(json) as Person
