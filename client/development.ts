/** Sign-in as a sample person, on servers with development sign-in. Elsewhere tokens come from the agency's own sign-in. */
import { VisavisError } from '../src/protocol/errors.ts'

export interface DevelopmentToken {
  readonly token: string
  /** ms since the epoch */
  readonly expiresAt: number
}

/** @throws VisavisError UNAVAILABLE when the server cannot be reached; NOT_FOUND when it has no such person. */
export async function developmentToken(url: string, person: string): Promise<DevelopmentToken> {
  const response = await fetch(`${url.replace(/^ws/, 'http').replace(/\/+$/, '')}/dev/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person }),
  }).catch((cause: unknown) => {
    throw new VisavisError('UNAVAILABLE', 'the server cannot be reached', { cause })
  })
  if (response.ok) return (await response.json()) as DevelopmentToken
  const code = response.status === 404 ? 'NOT_FOUND' : 'UNAVAILABLE'
  throw new VisavisError(code, `no token for ${person}: the server answered ${response.status}`)
}
