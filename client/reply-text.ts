/** *Pure.* What becomes of the text of a canned reply when it is used. */
import { byHand, isVariable, marksOf, type Variable } from '../src/protocol/variables.ts'

interface Named {
  readonly name: string
}

/** What the variables stand for. */
export interface ReplyValues {
  readonly jobseeker: Named
  readonly advisor: Named
  /** `visavis.replies.region` has it. */
  readonly region: Named
  /** The moment of `{{date}}` and `{{time}}` (ms since the epoch). */
  readonly now: number
}

/** A part of a text, as `setSelectionRange` takes it (UTF-16 code units). */
export interface ReplyPlace {
  readonly start: number
  readonly end: number
}

export interface FilledReply {
  readonly text: string
  /** Every `{{?}}` of the reply, in order: to be filled in by hand. One in a name that was inserted is none. */
  readonly places: readonly ReplyPlace[]
}

/**
 * Puts what they stand for in the place of variables, once: whatever is in a name stays as it is. The result may be longer
 * than a message can be. Throws a RangeError for an unknown time zone or a malformed locale.
 */
export function fill(text: string, values: ReplyValues, locale: string, timeZone: string): FilledReply {
  const places: ReplyPlace[] = []
  let filled = ''
  let done = 0
  for (const { name, start, end } of marksOf(text)) {
    const mark = text.slice(start, end)
    filled += text.slice(done, start)
    if (name === byHand) places.push({ start: filled.length, end: filled.length + mark.length })
    // One of a newer server, unknown here, is left to be seen.
    filled += isVariable(name) ? meaning[name](values, locale, timeZone) : mark
    done = end
  }
  return { text: filled + text.slice(done), places }
}

/** Every `{{?}}` of a text that is being written. */
export const placesOf = (text: string): readonly ReplyPlace[] =>
  marksOf(text)
    .filter(({ name }) => name === byHand)
    .map(({ start, end }) => ({ start, end }))

const meaning: Readonly<Record<Variable, (values: ReplyValues, locale: string, timeZone: string) => string>> = {
  'jobseeker.name': ({ jobseeker }) => jobseeker.name,
  'advisor.name': ({ advisor }) => advisor.name,
  'region.name': ({ region }) => region.name,
  date: ({ now }, locale, timeZone) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(now),
  time: ({ now }, locale, timeZone) => new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone }).format(now),
}
