/** Who is signed in, in this tab only: two tabs may be two people. The token never leaves sessionStorage but for the server. */
import { developmentToken, type Role } from '../../client/index.ts'
import { agencyToken, whoseIs } from './agency.ts'
import { pages } from './place.ts'

const storageKey = 'visavis.signed-in'
/** Of what a tab keeps for whoever is signed in, and nobody after them. */
const personalPrefix = 'visavis.of/'
const outMark = '?out'
/** A token that ends sooner than this is replaced before it is used. */
const freshForMs = 60_000

export interface SignedIn {
  readonly person: string
  readonly name: string
  readonly role: Role
}

interface Stored extends SignedIn {
  readonly token: string
  /** ms since the epoch */
  readonly expiresAt: number
  /** Where the agency's own site gives tokens; absent for sample people. */
  readonly tokenUrl?: string
}

export async function signIn({ person, name, role }: SignedIn): Promise<void> {
  const stored: Stored = { person, name, role, ...(await developmentToken(pages, person)) }
  keep(stored)
}

/** Whoever is signed in at the agency's own site; undefined when nobody is. */
export async function signInByAgency(tokenUrl: string): Promise<SignedIn | undefined> {
  const stored = await ofAgency(tokenUrl)
  if (stored !== undefined) keep(stored)
  return stored
}

async function ofAgency(tokenUrl: string): Promise<Stored | undefined> {
  const token = await agencyToken(tokenUrl)
  if (token === undefined) return undefined
  const { person, name, role, expiresAt } = await whoseIs(token)
  return { person, name, role, token, expiresAt, tokenUrl }
}

export function signedIn(): SignedIn | undefined {
  return read()
}

/** Under it this tab keeps something for this person, until they sign out. */
export const personalKey = (name: string): string => `${personalPrefix}${read()?.person ?? ''}/${name}`

/** Whoever is asked whether they mean to leave, and stays, is still signed in: it is the sign-in page that forgets them. */
export const signOut = (): void => location.assign(`${pages}${outMark}`)

/** On the sign-in page: if somebody has signed out, what the tab has kept for them goes with them. @returns whether one has. */
export function forgetSignedOut(): boolean {
  if (location.search !== outMark) return false
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(personalPrefix)) sessionStorage.removeItem(key)
  sessionStorage.removeItem(storageKey)
  history.replaceState(null, '', pages)
  return true
}

/** The same person, as a rule: what they were writing waits for them. */
export function signInAgain(): void {
  sessionStorage.removeItem(storageKey)
  location.assign(pages)
}

/** For the connection: the stored token, or a new one when it is about to run out. */
export async function currentToken(): Promise<string> {
  const stored = read()
  if (stored === undefined) return ''
  if (stored.expiresAt - Date.now() > freshForMs) return stored.token
  if (stored.tokenUrl === undefined) await signIn(stored)
  else await renew(stored, stored.tokenUrl)
  return read()?.token ?? ''
}

/** Only for the same person: another one who has signed in at the agency since does so here as well. */
async function renew({ person, role }: Stored, tokenUrl: string): Promise<void> {
  const renewed = await ofAgency(tokenUrl)
  if (renewed?.person === person && renewed.role === role) keep(renewed)
}

const keep = (stored: Stored): void => sessionStorage.setItem(storageKey, JSON.stringify(stored))

function read(): Stored | undefined {
  const text = sessionStorage.getItem(storageKey)
  return text === null ? undefined : (JSON.parse(text) as Stored)
}

export const pageOf = (role: Role): string => `${pages}${role}`
