/** The language of the page: remembered, switched at once, told to the browser. */
import { computed, effect, signal } from '@preact/signals'
import { en, type Key } from './en.ts'
import { fill } from './fill.ts'
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
const dictionary = computed(() => dictionaries[language.value])

effect(() => {
  document.documentElement.lang = language.value
})

export function chooseLanguage(code: Language): void {
  localStorage.setItem(storageKey, code)
  language.value = code
}

/** The text of a key in the page's language; `{name}` in it is replaced by `values.name`. */
export const t = (key: Key, values: Readonly<Record<string, string | number>> = {}): string =>
  fill(dictionary.value[key], values)

export type { Key }
