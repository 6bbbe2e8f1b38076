/** Why somebody cannot be enrolled or changed as asked. Pure. */
import { VisavisError } from '../protocol/index.ts'
import { isReserved, type Person } from './person.ts'
import type { Bar } from './scripts.ts'

export interface PutResult {
  readonly changed: boolean
  /** Somebody new. */
  readonly created: boolean
}

/** What is wrong with a person whoever else there is. @throws VisavisError BAD_REQUEST. */
export function checkPerson({ id, role, advisor, followUp }: Person): void {
  if (isReserved(id)) {
    throw new VisavisError('BAD_REQUEST', `${id} is a name of load benchmarks`, { details: { path: '/id' } })
  }
  if (role !== 'jobseeker' && advisor !== undefined) {
    throw new VisavisError('BAD_REQUEST', `only a jobseeker has an advisor, not a ${role}`, {
      details: { path: '/advisor' },
    })
  }
  if (role !== 'jobseeker' && followUp !== undefined) {
    throw new VisavisError('BAD_REQUEST', `only a jobseeker has a kind of follow-up, not a ${role}`, {
      details: { path: '/followUp' },
    })
  }
}

const conflict = (id: string, message: string) => new VisavisError('CONFLICT', message, { details: { person: id } })

const barred = (bar: Bar, message: (person: Person) => string) => (person: Person) =>
  new VisavisError('CONFLICT', message(person), { details: { person: person.id, bar } })

/** Why the scheme is not open to somebody, by the words of lua/places.lua. */
export const bars = {
  reinforced: barred('reinforced', ({ id }) => `${id} is in reinforced follow-up, to which the scheme is not open`),
  closed: barred('closed', ({ region }) => `${region} is closed: nobody new joins the scheme`),
  pilot: barred('pilot', ({ id, region }) => `${region} is a pilot, and ${id} is in none of its teams`),
  certificate: barred('certificate', ({ region }) => `the capacity certificate of ${region} has expired`),
  capacity: barred('capacity', ({ region }) => `${region} follows as many jobseekers as it is certified for`),
  ceiling: barred('ceiling', ({ advisor }) => `advisor ${advisor} follows as many jobseekers as the region allows`),
} satisfies Record<Bar, (person: Person) => VisavisError>

/** By the words of lua/put.lua; `elsewhere` is found before it. */
export const refusals = {
  noAdvisor: ({ advisor, region }: Person) =>
    new VisavisError('NOT_FOUND', `there is no advisor ${advisor} in ${region}`),
  followed: ({ id }: Person) => conflict(id, `advisor ${id} still has a portfolio`),
  elsewhere: ({ id }: Person) => conflict(id, `${id} is enrolled in another region`),
  left: ({ id }: Person) => conflict(id, `${id} has left the scheme`),
  leaving: ({ id }: Person) => conflict(id, `${id} is still leaving the scheme; try again in a moment`),
  erasing: ({ id }: Person) => conflict(id, `${id} is being erased; try again when that is complete`),
  ...bars,
}
