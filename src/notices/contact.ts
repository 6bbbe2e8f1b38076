/** Where and how somebody hears of what waits for them: what they have chosen counts before what the agency says. Pure. */
import type { Digest, Language, Preferences, Quiet } from '../protocol/index.ts'

/** As it is stored. The inner texts are JSON of their own, which the scripts only compare. */
export interface StoredContact {
  readonly email?: string
  /** Preferences the agency has given. */
  readonly agency?: string
  /** OwnChoice of the person. */
  readonly own?: string
  /** By the link in a mail: digest is `off`, whatever else is said. */
  readonly unsubscribed?: true
}

export interface OwnChoice {
  readonly language?: Language
  readonly digest?: Digest
  /** False: none, although the agency may say so. */
  readonly quiet?: Quiet | false
}

export interface Contact extends Preferences {
  /** Absent while the agency has given none. */
  readonly email?: string
}

const byDefault: Preferences = { language: 'fr', digest: 'each' }

export function contactOf({ email, agency = '{}', own = '{}', unsubscribed }: StoredContact): Contact {
  const said = JSON.parse(agency) as Partial<Preferences>
  const chosen = JSON.parse(own) as OwnChoice
  const quiet = chosen.quiet ?? said.quiet
  return {
    language: chosen.language ?? said.language ?? byDefault.language,
    digest: unsubscribed === true ? 'off' : (chosen.digest ?? said.digest ?? byDefault.digest),
    ...(quiet === undefined || quiet === false ? {} : { quiet }),
    ...(email === undefined ? {} : { email }),
  }
}
