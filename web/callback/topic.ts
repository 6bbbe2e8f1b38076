/** *Pure.* Topics and languages of callbacks in words. Regions name their own: one that we have no word for is told as it is. */
import { type Key, language, t } from '../language/language.ts'

const words: Readonly<Record<string, Key>> = {
  general: 'topicGeneral',
  appointment: 'topicAppointment',
  training: 'topicTraining',
  'job-search': 'topicJobSearch',
  benefits: 'topicBenefits',
}

export function topicName(topic: string): string {
  const word = words[topic]
  if (word !== undefined) return t(word)
  const text = topic.replaceAll('-', ' ')
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}

export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(language.value, { type: 'language' }).of(code) ?? code
  } catch {
    // Regions may use words that are no language tags.
    return code
  }
}
