/** *Pure.* What an invitation link carries: which invitation it is, until when, and a signature over both. */
import { isToken, readToken, signToken } from '../signed/signed.ts'

export interface InvitationClaims {
  readonly region: string
  readonly invitation: string
  /** ms */
  readonly expiresAt: number
}

const purpose = 'invitation'

export const isInvitationToken = (token: string): boolean => isToken(purpose, token)

export const signInvitation = ({ region, invitation, expiresAt }: InvitationClaims, secret: string): string =>
  signToken(purpose, [region, invitation, expiresAt], secret)

/** @returns undefined for a token that was not signed with this secret, or is over. */
export function readInvitation(token: string, secret: string, now: number): InvitationClaims | undefined {
  const claims = readToken(purpose, token, secret) as [string, string, number] | undefined
  if (claims === undefined) return undefined
  const [region, invitation, expiresAt] = claims
  return now < expiresAt ? { region, invitation, expiresAt } : undefined
}
