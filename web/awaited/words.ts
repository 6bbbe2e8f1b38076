/** The texts of those who have yet to join. */
import { type AwaitedKey, enAwaited } from '../language/en-awaited.ts'
import { frAwaited } from '../language/fr-awaited.ts'
import { texts } from '../language/language.ts'

export const w = texts<AwaitedKey>({ en: enAwaited, fr: frAwaited })

export type { AwaitedKey }
