/** *Pure.* The settings of a region as a form has them: each in a unit people use, and only what was changed is sent. */
import type { RegionSettings } from '../../client/supervision.ts'
import type { SupervisorKey } from './words.ts'

type Amount = Exclude<keyof RegionSettings, 'topics' | 'languages'>

export interface AmountField {
  readonly name: Amount
  readonly label: SupervisorKey
  readonly unit?: SupervisorKey
  /** How much of the setting one of the unit is. */
  readonly each: number
  /** In the unit, as the server has them. */
  readonly least: number
  readonly most: number
}

const minuteMs = 60_000
const hour = 60
const day = 24 * hour
const dayMs = day * minuteMs

const minutes = (name: Amount & SupervisorKey, least: number, most: number): AmountField => ({
  ...{ name, label: name, unit: 'unitMinutes', each: minuteMs, least, most },
})

export const groups: readonly { readonly title: SupervisorKey; readonly fields: readonly AmountField[] }[] = [
  {
    title: 'groupWaits',
    fields: [
      minutes('ownWaitMs', 0, 7 * day),
      minutes('coverWaitMs', 0, 7 * day),
      minutes('teamWaitMs', 0, 7 * day),
      minutes('declineMs', 1, 7 * day),
      minutes('maxWaitMs', 1, 60 * day),
    ],
  },
  {
    title: 'groupPriority',
    fields: [
      minutes('ownStartMs', 0, day),
      minutes('coverStartMs', 0, day),
      minutes('teamStartMs', 0, day),
      minutes('priorityMs', 0, day),
    ],
  },
  {
    title: 'groupService',
    fields: [
      minutes('serviceLevelMs', 1, 30 * day),
      minutes('handlingMs', 1, 8 * hour),
      minutes('longestCallMs', 5, day),
    ],
  },
  {
    title: 'groupWindows',
    fields: [
      minutes('windowMs', 15, 12 * hour),
      { name: 'windowDays', label: 'windowDays', unit: 'unitDays', each: 1, least: 0, most: 30 },
    ],
  },
  {
    title: 'groupAttempts',
    fields: [
      { name: 'attempts', label: 'attemptsMost', each: 1, least: 1, most: 10 },
      minutes('spacingMs', 1, 7 * day),
      minutes('busySpacingMs', 1, 7 * day),
      { name: 'numberWaitMs', label: 'numberWaitMs', unit: 'unitDays', each: dayMs, least: 1 / 24, most: 60 },
    ],
  },
]

export type Written = Readonly<Record<keyof RegionSettings, string>>

const amounts = groups.flatMap(({ fields }) => fields)

export function writtenOf(settings: RegionSettings): Written {
  const entries = amounts.map(({ name, each }) => [name, String(settings[name] / each)])
  return {
    ...(Object.fromEntries(entries) as Record<Amount, string>),
    topics: settings.topics.join(', '),
    languages: settings.languages.join(', '),
  }
}

/** What differs from before; undefined when something written is no value at all. */
export function changesOf(before: Written, written: Written): Partial<RegionSettings> | undefined {
  const changed = amounts.filter(({ name }) => written[name].trim() !== before[name])
  if (!changed.every((field) => isAmount(field, written[field.name]))) return undefined
  const words = (['topics', 'languages'] as const).filter((name) => written[name] !== before[name])
  if (words.some((name) => wordsOf(written[name]).length === 0)) return undefined
  return {
    ...Object.fromEntries(changed.map(({ name, each }) => [name, Math.round(Number(written[name]) * each)])),
    ...Object.fromEntries(words.map((name) => [name, wordsOf(written[name])])),
  }
}

export function isAmount({ each, least, most }: AmountField, text: string): boolean {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most) return false
  return each !== 1 || Number.isInteger(value)
}

const wordsOf = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))]
