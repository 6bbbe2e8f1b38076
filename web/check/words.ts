/** The texts of the check. */
import { type CheckKey, enCheck } from '../language/en-check.ts'
import { frCheck } from '../language/fr-check.ts'
import { texts } from '../language/language.ts'

export const c = texts<CheckKey>({ en: enCheck, fr: frCheck })

export type { CheckKey }
