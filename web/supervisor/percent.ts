/** A share as people of the page's language write it. */
import { language } from '../language/language.ts'

export const percent = (share: number): string =>
  new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 0 }).format(share)
