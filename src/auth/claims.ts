/** From the claims of a verified token to an identity. Pure: claim names, limits and the time are arguments. */
import { Role } from '../protocol/schema.ts'
import { Identity as IdentitySchema } from '../protocol/session.ts'
import { validatorOf } from '../protocol/validator.ts'
import type { Identity } from './identity.ts'

/**
 * Where the issuer puts what we need. A path with dots reaches into nested claims (`realm_access.roles`); a name with
 * a colon (`https://example.org/role`) is taken whole.
 */
export interface ClaimNames {
  readonly person: string
  readonly role: string
  readonly name: string
  readonly region: string
}

export interface ClaimRules {
  readonly claims: ClaimNames
  /** Tolerated difference between the issuer's clock and ours. */
  readonly clockSkewMs: number
  /** Longest time from issue to expiry. */
  readonly maxLifetimeMs: number
}

/** By whom and for whom tokens are made. */
export interface Meant {
  readonly issuer: string
  readonly audience: string
}

export interface Verified {
  readonly identity: Identity
  /** As the token says, in ms; the tolerance for the issuer's clock is not added. */
  readonly expiresAt: number
}

type Claims = Readonly<Record<string, unknown>>

const identityValidator = validatorOf<Identity>(IdentitySchema)
/** Nobody but this node makes guests (src/lobby). */
const roles = (Role as unknown as { enum: readonly string[] }).enum.filter((role) => role !== 'guest')

/**
 * A token of this issuer, for this audience, at this time (RFC 7519 §4.1).
 * @throws Error that says which claim is wrong.
 */
export function requireMeant(
  { iss, aud, sub, exp, nbf }: Claims,
  { issuer, audience, clockSkewMs }: Meant & Pick<ClaimRules, 'clockSkewMs'>,
  now: number,
): void {
  if (iss !== issuer) throw new Error('iss is another issuer')
  if (aud !== audience && !(Array.isArray(aud) && aud.includes(audience))) throw new Error('aud is another audience')
  if (sub === undefined) throw new Error('there is no sub')
  if (!isTime(exp)) throw new Error('exp is not a time')
  if (exp * 1_000 <= now - clockSkewMs) throw new Error('expired')
  if (nbf === undefined) return
  // 0 is what some providers say for "from the beginning".
  if (nbf !== 0 && !isTime(nbf)) throw new Error('nbf is not a time')
  if (nbf * 1_000 > now + clockSkewMs) throw new Error('not valid yet')
}

/** @throws Error that says which claim is wrong. What is for `requireMeant` to say is not looked at. */
export function readClaims(claims: Claims, rules: ClaimRules, now: number): Verified {
  const expiresAt = requireTimes(claims, rules, now)
  const { person, role, name, region } = rules.claims
  const identity = {
    person: claimAt(claims, person),
    role: oneRole(claimAt(claims, role)),
    name: claimAt(claims, name),
    region: claimAt(claims, region),
  }
  if (identity.role === 'guest') throw new Error('guest is no role of an identity provider')
  const isIdentity = identityValidator()
  if (!isIdentity(identity)) {
    throw new Error(
      `the claims make no identity: ${isIdentity.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join(', ')}`,
    )
  }
  return { identity, expiresAt }
}

function requireTimes({ exp, iat }: Claims, { clockSkewMs, maxLifetimeMs }: ClaimRules, now: number): number {
  if (!isTime(exp)) throw new Error('exp is not a time')
  if (iat !== undefined && !isTime(iat)) throw new Error('iat is not a time')
  const issuedAt = (iat ?? now / 1_000) * 1_000
  if (issuedAt > now + clockSkewMs) throw new Error('issued in the future')
  if (exp * 1_000 <= issuedAt) throw new Error('expired before it was issued')
  if (exp * 1_000 - issuedAt > maxLifetimeMs + clockSkewMs) throw new Error('lives longer than the settings allow')
  return Math.floor(exp * 1_000)
}

/** Seconds since 1970, within what a clock can show. */
const isTime = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 1e11

function claimAt(claims: Claims, path: string): unknown {
  const steps = path.includes(':') ? [path] : path.split('.')
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Claims)[step] : undefined,
    claims,
  )
}

/** Providers that give a list of roles put others into it; exactly one of it must be ours. */
function oneRole(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  const ours = value.filter((role) => roles.includes(role as string))
  return ours.length === 1 ? ours[0] : undefined
}
