/** Tokens: signed by the identity provider (or development sign-in), verified here. RFC 8725: one algorithm, every claim required. */
import fastifyJwt from '@fastify/jwt'
import { Ajv } from 'ajv'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { VisavisError } from '../protocol/index.ts'
import { Identity as IdentitySchema } from '../protocol/session.ts'
import type { Identity } from './identity.ts'

const Claims = Type.Object({
  sub: IdentitySchema.properties.person,
  role: IdentitySchema.properties.role,
  name: IdentitySchema.properties.name,
  region: IdentitySchema.properties.region,
  exp: Type.Integer(),
})
const isClaims = new Ajv({ strict: true }).compile<Type.Static<typeof Claims>>(Claims)

/** Tolerated difference between the issuer's clock and ours. */
const clockToleranceMs = 30_000
const lifetimeMs = 12 * 60 * 60 * 1_000

export interface TokenOptions {
  readonly secret: string
  readonly issuer: string
  readonly audience: string
}

export interface Tokens {
  /** @throws VisavisError UNAUTHENTICATED without saying which check failed. */
  verify(token: string): { identity: Identity; expiresAt: number }
  /** For development sign-in only. */
  sign(identity: Identity): { token: string; expiresAt: number }
}

export async function registerTokens(server: FastifyInstance, options: TokenOptions): Promise<Tokens> {
  await server.register(fastifyJwt, {
    secret: options.secret,
    sign: { algorithm: 'HS256', iss: options.issuer, aud: options.audience },
    verify: {
      algorithms: ['HS256'],
      allowedIss: options.issuer,
      allowedAud: options.audience,
      requiredClaims: ['sub', 'exp', 'iss', 'aud'],
      clockTolerance: clockToleranceMs,
      cache: false,
    },
  })
  return {
    verify(token) {
      const claims = decode(server, token)
      const { sub: person, role, name, region, exp } = claims
      return { identity: { person, role, name, region }, expiresAt: exp * 1_000 }
    },
    sign({ person, role, name, region }) {
      const expiresAt = Math.floor((Date.now() + lifetimeMs) / 1_000) * 1_000
      const token = server.jwt.sign({ sub: person, role, name, region, exp: expiresAt / 1_000 })
      return { token, expiresAt }
    },
  }
}

function decode(server: FastifyInstance, token: string): Type.Static<typeof Claims> {
  const refused = (cause?: unknown) => new VisavisError('UNAUTHENTICATED', 'the token was refused', { cause })
  let claims: unknown
  try {
    claims = server.jwt.verify(token)
  } catch (error) {
    throw refused(error)
  }
  if (!isClaims(claims)) throw refused()
  return claims
}
