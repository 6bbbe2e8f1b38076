/** Where somebody wanted to go when they had to sign in first, by the link of a mail for instance. In this tab only. */
import type { Role } from '../../client/index.ts'
import { pages } from './place.ts'
import { pageOf } from './signed-in.ts'

const storageKey = 'visavis.wanted'

export const keepWanted = (): void => sessionStorage.setItem(storageKey, location.href)

/** There if it is a page of this role, else to their own; asked for once. */
export function takeWanted(role: Role): string {
  const wanted = sessionStorage.getItem(storageKey)
  sessionStorage.removeItem(storageKey)
  const own = [pageOf(role), ...(role === 'jobseeker' ? [`${pages}scheme`] : [])]
  const isOwn = wanted !== null && own.some((page) => pathOf(page) === pathOf(wanted))
  return isOwn ? wanted : pageOf(role)
}

const pathOf = (address: string): string => new URL(address, location.href).pathname
