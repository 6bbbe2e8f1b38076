/** *Pure.* What an invitation link carries: which invitation it is, until when, and a signature over both. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export interface InvitationClaims {
  readonly region: string
  readonly invitation: string
  /** ms */
  readonly expiresAt: number
}

/** No token of an identity provider begins so: it would have to be JSON in base64. */
const prefix = 'invitation.'

export const isInvitationToken = (token: string): boolean => token.startsWith(prefix)

export function signInvitation({ region, invitation, expiresAt }: InvitationClaims, secret: string): string {
  const said = Buffer.from(JSON.stringify([region, invitation, expiresAt])).toString('base64url')
  return `${prefix}${said}.${signatureOf(said, secret)}`
}

/** @returns undefined for a token that was not signed with this secret, or is over. */
export function readInvitation(token: string, secret: string, now: number): InvitationClaims | undefined {
  const [said = '', signature = '', more] = token.slice(prefix.length).split('.')
  if (more !== undefined || !sameText(signature, signatureOf(said, secret))) return undefined
  const [region, invitation, expiresAt] = JSON.parse(Buffer.from(said, 'base64url').toString()) as [
    string,
    string,
    number,
  ]
  return now < expiresAt ? { region, invitation, expiresAt } : undefined
}

const signatureOf = (said: string, secret: string): string =>
  createHmac('sha256', secret).update(`invitation ${said}`).digest('base64url')

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
