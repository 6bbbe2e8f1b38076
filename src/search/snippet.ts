/** *Pure.* The part of a message that shows why it was found, as plain text with the found words apart. */
import { matchAt, type Term } from './query.ts'
import { type Word, wordsOf } from './words.ts'

export interface SnippetPart {
  readonly text: string
  readonly match: boolean
}

/** UTF-16 units of the message that are shown, and of those before the first word found. */
const longest = 160
const before = 40

export function snippetOf(text: string, terms: readonly Term[]): SnippetPart[] {
  const words = wordsOf(text)
  const found = new Set<Word>()
  for (const at of words.keys()) {
    for (const term of terms) {
      for (const word of words.slice(at, at + matchAt(words, at, term))) found.add(word)
    }
  }
  const [first] = words.filter((word) => found.has(word))
  const [start, end] = frame(text, words, first?.start ?? 0)

  const parts: SnippetPart[] = []
  const add = (part: string, match: boolean) => {
    const shown = part.replace(/\s+/gu, ' ')
    if (shown !== '') parts.push({ text: shown, match })
  }
  let at = start
  let pending = start > 0 ? '…' : ''
  for (const word of words) {
    if (!found.has(word) || word.start < start || word.start >= end) continue
    add(pending + text.slice(at, word.start), false)
    at = Math.min(word.end, end)
    add(text.slice(word.start, at), true)
    pending = ''
  }
  add(`${pending}${text.slice(at, end)}${end < text.length ? '…' : ''}`, false)
  return parts
}

/** From where to where: around the word at `shown`, and through no word unless it is that one. */
function frame(text: string, words: readonly Word[], shown: number): [start: number, end: number] {
  if (text.length <= longest) return [0, text.length]
  const wanted = Math.min(Math.max(0, shown - before), text.length - longest)
  const start = wanted === 0 ? 0 : Math.min(shown, words.find((word) => word.start >= wanted)?.start ?? wanted)
  const limit = start + longest
  if (limit >= text.length) return [wholeCharacter(text, start), text.length]
  const cut = words.find((word) => word.start < limit && word.end > limit)
  const whole = words.findLast((word) => word.end <= limit)
  if (cut === undefined || cut.start <= shown || whole === undefined) return [start, wholeCharacter(text, limit)]
  return [start, whole.end]
}

/** Not between the halves of a surrogate pair. */
const wholeCharacter = (text: string, at: number): number => (/[\uD800-\uDBFF]/.test(text[at - 1] ?? '') ? at - 1 : at)
