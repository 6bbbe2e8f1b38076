/**
 * *Pure.* What a node gives to somebody whose room another node holds: it opens one connection there, for this room, as the
 * session they have already. Signed with a secret that all nodes share, and good at one node for some seconds.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Role } from '../protocol/index.ts'

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

/** No token of an identity provider begins so: it would have to be JSON in base64. */
const prefix = 'ticket.'

export const isTicket = (token: string): boolean => token.startsWith(prefix)

export function signTicket(ticket: Ticket, secret: string): string {
  const said = Buffer.from(JSON.stringify(ticket)).toString('base64url')
  return `${prefix}${said}.${signatureOf(said, secret)}`
}

/** @returns undefined for what was not signed with this secret, is for another node, or is over. */
export function readTicket(token: string, secret: string, node: string, now: number): Ticket | undefined {
  const [said = '', signature = '', more] = token.slice(prefix.length).split('.')
  if (more !== undefined || !sameText(signature, signatureOf(said, secret))) return undefined
  // Only a node writes what is signed so.
  const ticket = JSON.parse(Buffer.from(said, 'base64url').toString()) as Ticket
  return ticket.node === node && now < ticket.expiresAt ? ticket : undefined
}

const signatureOf = (said: string, secret: string): string =>
  createHmac('sha256', secret).update(`ticket ${said}`).digest('base64url')

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
