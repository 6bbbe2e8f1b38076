/** Whose a workshop is: its advisor's, and at the moment of whoever stands in for them. */
import { VisavisError } from '../protocol/index.ts'
import type { WorkshopRecord } from '../workshops/workshop.ts'
import type { Caller } from './handlers.ts'

type Who = Pick<Caller, 'identity' | 'conversations'>

/** The advisors for whom somebody may act: themselves, and those they stand in for. */
export function advisorsOf({ identity, conversations }: Who, now: number): string[] {
  if (identity.role !== 'advisor') return []
  const covered = [...conversations.values()].flatMap(({ coverUntil = 0, advisor }) =>
    coverUntil > now ? (advisor?.id ?? []) : [],
  )
  return [...new Set([identity.person, ...covered])]
}

export const isHost = (who: Who, { advisor }: WorkshopRecord, now: number): boolean =>
  advisorsOf(who, now).includes(advisor)

/** An unknown one is answered like a stranger's, so that ids cannot be probed. @throws VisavisError NOT_FOUND. */
export function requireHost<R extends WorkshopRecord>(who: Who, record: R | undefined, now: number): R {
  if (record === undefined || !isHost(who, record, now)) throw noWorkshop()
  return record
}

export const noWorkshop = () => new VisavisError('NOT_FOUND', 'there is no such workshop of yours')
