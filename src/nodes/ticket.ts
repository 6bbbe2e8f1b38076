/**
 * *Pure.* What a node gives to somebody whose room another node holds: it opens one connection there, for this room, as the
 * session they have already. Signed with a secret that all nodes share, and good at one node for some seconds.
 */
import type { Role } from '../protocol/index.ts'
import { isToken, readToken, signToken } from '../signed/signed.ts'

export interface Ticket {
  readonly identity: { readonly person: string; readonly role: Role; readonly name: string; readonly region: string }
  readonly session: string
  readonly room: string
  /** Where it is good. */
  readonly node: string
  /** When the token of the session expires (ms). */
  readonly sessionUntil: number
  /** Until when it can be used (ms). */
  readonly expiresAt: number
}

const purpose = 'ticket'

export const isTicket = (token: string): boolean => isToken(purpose, token)

export const signTicket = (ticket: Ticket, secret: string): string => signToken(purpose, ticket, secret)

/** @returns undefined for what was not signed with this secret, is for another node, or is over. */
export function readTicket(token: string, secret: string, node: string, now: number): Ticket | undefined {
  const ticket = readToken(purpose, token, secret) as Ticket | undefined
  return ticket?.node === node && now < ticket.expiresAt ? ticket : undefined
}
