/** Sign-in at the agency's own site: its cookie says there who somebody is, and its answer is a token for here. */
import { type Role, VisavisError } from '../../client/index.ts'
import { pages } from './place.ts'

interface Whose {
  readonly person: string
  readonly name: string
  readonly role: Role
  /** ms since the epoch */
  readonly expiresAt: number
}

/** Undefined when nobody is signed in there. @throws VisavisError UNAVAILABLE. */
export async function agencyToken(tokenUrl: string): Promise<string | undefined> {
  const response = await asked(tokenUrl, { credentials: 'include', cache: 'no-store' })
  if (response.status === 401) return undefined
  const { token } = (await answerOf(response)) as { token?: unknown }
  if (typeof token === 'string') return token
  throw new VisavisError('UNAVAILABLE', `${tokenUrl} was answered without a token`)
}

/** @throws VisavisError UNAUTHENTICATED when the server refuses the token, UNAVAILABLE. */
export async function whoseIs(token: string): Promise<Whose> {
  const response = await asked(`${pages}api/signed-in`, { headers: { authorization: `Bearer ${token}` } })
  if (response.status === 401) throw new VisavisError('UNAUTHENTICATED', 'the token of the agency was refused')
  return (await answerOf(response)) as Whose
}

/** Where one signs in, and comes back from. */
export function signInAt(signInUrl: string): string {
  const url = new URL(signInUrl)
  url.searchParams.set('return', pages)
  return url.href
}

async function asked(url: string, how: RequestInit): Promise<Response> {
  return fetch(url, how).catch((cause: unknown) => {
    throw new VisavisError('UNAVAILABLE', `${url} cannot be reached`, { cause })
  })
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) throw new VisavisError('UNAVAILABLE', `${response.url} was answered with ${response.status}`)
  return response.json().catch((cause: unknown) => {
    throw new VisavisError('UNAVAILABLE', `${response.url} was answered with no JSON`, { cause })
  })
}
