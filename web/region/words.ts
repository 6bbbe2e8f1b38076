/** The texts of how a region stands in the scheme. */
import { enRegion, type RegionKey } from '../language/en-region.ts'
import { frRegion } from '../language/fr-region.ts'
import { language, texts } from '../language/language.ts'
import { dayAndClock } from '../language/times.ts'
import type { Words } from './consequences.ts'

export const g = texts<RegionKey>({ en: enRegion, fr: frRegion })

export const asWords: Words = {
  listed: (names) => new Intl.ListFormat(language.value).format([...names]),
  moment: dayAndClock,
}
