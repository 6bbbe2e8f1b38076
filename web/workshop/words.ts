/** The texts of workshops, beyond those that every page has. */
import { enWorkshop, type WorkshopKey } from '../language/en-workshop.ts'
import { frWorkshop } from '../language/fr-workshop.ts'
import { texts } from '../language/language.ts'

export const w = texts<WorkshopKey>({ en: enWorkshop, fr: frWorkshop })

export type { WorkshopKey }
