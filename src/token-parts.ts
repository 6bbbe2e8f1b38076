/** Whose tokens a node believes, built as its settings say: an identity provider's keys, or the secret of development. */
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { KeySet } from './auth/key-set.ts'
import { developmentSecret } from './auth/secret.ts'
import { createTokens, type Tokens } from './auth/tokens.ts'

export async function createTokenParts(config: Config, log: Logger): Promise<Tokens> {
  const keys =
    config.jwksUrl === undefined
      ? undefined
      : new KeySet({
          url: config.jwksUrl,
          refreshMs: config.jwksRefreshMs,
          maxStaleMs: config.jwksMaxStaleMs,
          log,
        })
  // So that the first person to sign in does not wait, and a wrong address shows in the log at once.
  void keys?.refresh()
  return createTokens({
    keys,
    secret: config.devSignIn ? (config.jwtSecret ?? (await developmentSecret(config.dataDir))) : undefined,
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
    clockSkewMs: config.jwtClockSkewMs,
    maxLifetimeMs: config.jwtMaxLifetimeMs,
    claims: { person: config.claimPerson, role: config.claimRole, name: config.claimName, region: config.claimRegion },
    log,
  })
}
