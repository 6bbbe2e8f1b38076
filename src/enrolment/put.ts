/** Why somebody cannot be enrolled or changed as asked. Pure. */
import { VisavisError } from '../protocol/index.ts'
import { isReserved, type Person } from './person.ts'

export interface PutResult {
  readonly changed: boolean
  /** Somebody new. */
  readonly created: boolean
}

/** What is wrong with a person whoever else there is. @throws VisavisError BAD_REQUEST. */
export function checkPerson({ id, role, advisor }: Person): void {
  if (isReserved(id)) {
    throw new VisavisError('BAD_REQUEST', `${id} is a name of load benchmarks`, { details: { path: '/id' } })
  }
  if (role !== 'jobseeker' && advisor !== undefined) {
    throw new VisavisError('BAD_REQUEST', `only a jobseeker has an advisor, not a ${role}`, {
      details: { path: '/advisor' },
    })
  }
}

const conflict = (id: string, message: string) => new VisavisError('CONFLICT', message, { details: { person: id } })

/** By the words of lua/put.lua; `elsewhere` is found before it. */
export const refusals = {
  noAdvisor: ({ advisor, region }: Person) =>
    new VisavisError('NOT_FOUND', `there is no advisor ${advisor} in ${region}`),
  followed: ({ id }: Person) => conflict(id, `advisor ${id} still has a portfolio`),
  elsewhere: ({ id }: Person) => conflict(id, `${id} is enrolled in another region`),
  left: ({ id }: Person) => conflict(id, `${id} has left the scheme`),
  leaving: ({ id }: Person) => conflict(id, `${id} is still leaving the scheme; try again in a moment`),
  erasing: ({ id }: Person) => conflict(id, `${id} is being erased; try again when that is complete`),
}
