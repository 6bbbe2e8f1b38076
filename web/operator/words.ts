/** The texts of the operators' page, and figures as people of its language write them. */
import { enOperator, type OperatorKey } from '../language/en-operator.ts'
import { frOperator } from '../language/fr-operator.ts'
import { locale, texts } from '../language/language.ts'

export type { OperatorKey }
export const o = texts<OperatorKey>({ en: enOperator, fr: frOperator })

/** What limited a measurement, as far as this page knows the word. */
export const resource = (name: string): string => {
  const key = `resource.${name}`
  return Object.hasOwn(enOperator, key) ? o(key as OperatorKey) : name
}

const write = (value: number, options: Intl.NumberFormatOptions = {}): string =>
  // A figure and its unit stay on one line.
  new Intl.NumberFormat(locale(), options).format(value).replaceAll(' ', '\u00a0')

export const count = (value: number): string => write(value, { maximumFractionDigits: 0 })
/** Of messages: a few a second differ from none. */
export const rate = (value: number): string => write(value, { maximumFractionDigits: value < 10 ? 1 : 0 })
export const share = (value: number): string =>
  write(value, { style: 'percent', maximumFractionDigits: value < 0.1 ? 1 : 0 })
export const time = (ms: number): string =>
  ms < 10_000
    ? write(ms, { style: 'unit', unit: 'millisecond', maximumFractionDigits: 0 })
    : write(ms / 1_000, { style: 'unit', unit: 'second', maximumFractionDigits: 0 })

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
  const amount = value / 1_000 ** power
  const unit = units[power] ?? 'byte'
  // The short form of English has no plural for it.
  const unitDisplay = unit === 'byte' ? 'long' : 'short'
  return write(amount, { style: 'unit', unit, unitDisplay, maximumFractionDigits: power > 1 && amount < 100 ? 1 : 0 })
}

export const clockWithSeconds = (at: number): string =>
  new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(at)
