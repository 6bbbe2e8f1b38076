/** The language of the page: remembered, switched at once, told to the browser. */
import { effect, signal } from '@preact/signals'
import { en, type Key } from './en.ts'
import { agree, fill } from './fill.ts'
import { fr } from './fr.ts'

const dictionaries = { fr, en }
export type Language = keyof typeof dictionaries
export const languages: readonly { readonly code: Language; readonly name: string }[] = [
  { code: 'fr', name: 'Français' },
  { code: 'en', name: 'English' },
]

const storageKey = 'visavis.language'
const isLanguage = (code: string | null | undefined): code is Language => code === 'fr' || code === 'en'

function preferred(): Language {
  const remembered = localStorage.getItem(storageKey)
  if (isLanguage(remembered)) return remembered
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'fr'
}

export const language = signal<Language>(preferred())

/** How times and numbers are written: as in Europe, as in the mails. */
export const locale = (): string => (language.value === 'en' ? 'en-GB' : 'fr-FR')

effect(() => {
  document.documentElement.lang = language.value
})

export function chooseLanguage(code: Language): void {
  localStorage.setItem(storageKey, code)
  language.value = code
}

/** A number as people of the page's language write it: 2 400, or 2,400. */
export const number = (value: number): string => new Intl.NumberFormat(locale()).format(value)

const written = (values: Readonly<Record<string, string | number>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? number(value) : value]),
  )

/**
 * For a part of the pages with texts of its own: the text of a key; `{name}` in it is replaced by `values.name`, and words
 * that go with a number are chosen by it (fill.ts).
 */
export const texts =
  <K extends string>(of: Readonly<Record<Language, Readonly<Record<K, string>>>>) =>
  (key: K, values: Readonly<Record<string, string | number>> = {}): string =>
    fill(agree(of[language.value][key], values, language.value), written(values))

/** The texts of every page. */
export const t = texts<Key>(dictionaries)

export type { Key }
