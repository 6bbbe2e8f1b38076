/**
 * *Pure.* What only the service can have said: links, tickets and invitations, each signed with a secret that all nodes share
 * (HMAC-SHA-256, RFC 2104). The purpose is signed along, so that none passes for one of another kind.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** @param said must tell by itself where each of its parts ends. */
export const signatureOf = (said: string, secret: string): string =>
  createHmac('sha256', secret).update(said).digest('base64url')

/** The text itself is compared: base64url leaves bits over, so other texts can stand for the same bytes. */
export const isSignature = (signature: string, said: string, secret: string): boolean =>
  isSameSecret(signature, signatureOf(said, secret))

/** Takes as long for a wrong secret as for the right one of that length. */
export function isSameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** No token of an identity provider begins so: it would have to be JSON in base64. */
export const isToken = (purpose: string, token: string): boolean => token.startsWith(`${purpose}.`)

/** `<purpose>.<claims>.<signature>` */
export function signToken(purpose: string, claims: unknown, secret: string): string {
  const said = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return `${purpose}.${said}.${signatureOf(`${purpose} ${said}`, secret)}`
}

/** @returns what was signed, for only the service writes it; undefined for a token that was not signed with this secret for this purpose. */
export function readToken(purpose: string, token: string, secret: string): unknown {
  const [, said = '', signature = '', more] = token.split('.')
  if (!isToken(purpose, token) || more !== undefined) return undefined
  if (!isSignature(signature, `${purpose} ${said}`, secret)) return undefined
  return JSON.parse(Buffer.from(said, 'base64url').toString())
}
