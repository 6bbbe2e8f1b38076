/** What texts of notices have in common: names, lists and times as people write them. Pure. */
import type { Reader } from './kind.ts'

const locales = { fr: 'fr-FR', en: 'en-GB' } as const
const longestName = 80
const mostNames = 5

/** Marks that turn the direction of the text around a name. */
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** A name as one line of visible text. */
export function plainName(name: string): string {
  const visible = name
    .toWellFormed()
    .replace(directions, '')
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .trim()
  const characters = [...visible]
  return characters.length <= longestName ? visible : `${characters.slice(0, longestName - 1).join('')}…`
}

/** "Anne, Bruno and 3 others": each once, in their order. */
export function namesOf(names: readonly string[], { language }: Reader): string {
  const each = [...new Set(names.map(plainName).filter((name) => name !== ''))]
  const shown = each.length <= mostNames ? each : each.slice(0, mostNames - 1)
  const others = each.length - shown.length
  const rest = others === 0 ? [] : [language === 'fr' ? `${others} autres personnes` : `${others} others`]
  return new Intl.ListFormat(locales[language]).format([...shown, ...rest])
}

/** "3 mars 2027 à 14:05" */
export const momentOf = (at: number, { language, timeZone }: Reader): string =>
  new Intl.DateTimeFormat(locales[language], { timeZone, dateStyle: 'long', timeStyle: 'short' }).format(at)

/** "14:35" */
export const timeOf = (at: number, { language, timeZone }: Reader): string =>
  new Intl.DateTimeFormat(locales[language], { timeZone, timeStyle: 'short' }).format(at)
