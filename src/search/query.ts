/**
 * *Pure.* What somebody typed, as the words and phrases that must all be found. Nothing in it is syntax but quotation
 * marks: every input is a query.
 */
import { type Word, wordsOf } from './words.ts'

/** Words that follow each other; more than one for a quoted phrase and for `rendez-vous`. */
export interface Term {
  readonly words: readonly string[]
  /** Whether the last word may go on. */
  readonly prefix: boolean
}

const quotationMarks = /["«»“”„‟]/
/** French drops the vowel of small words before another: whoever asks for l'emploi means emploi. */
const elision = /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’‘ʼ´`′](?=.)/iu

/** No terms: nothing in the query is a word. */
export function parseQuery(query: string): Term[] {
  const parts = query.toWellFormed().split(quotationMarks)
  const terms: Term[] = []
  for (const [n, part] of parts.entries()) {
    const isLast = n === parts.length - 1
    // A quotation mark without its second one is none.
    if (n % 2 === 1 && !isLast) terms.push({ words: folded(wordsOf(part)), prefix: false })
    else terms.push(...plain(part, isLast))
  }
  const asked = terms.filter(({ words }) => words.length > 0)
  return [...new Map(asked.map((term) => [`${term.words.join(' ')}${term.prefix ? '*' : ''}`, term])).values()]
}

/** @param typing whether the last word may not be complete yet. */
function plain(text: string, typing: boolean): Term[] {
  const chunks = text.split(/\s+/u).filter((chunk) => wordsOf(chunk).length > 0)
  return chunks.map((chunk, n) => ({
    words: folded(withoutElision(chunk)),
    prefix: typing && n === chunks.length - 1,
  }))
}

function withoutElision(chunk: string): Word[] {
  const rest = wordsOf(chunk.replace(elision, ''))
  return rest.length > 0 ? rest : wordsOf(chunk)
}

const folded = (words: readonly Word[]): string[] => words.map((word) => word.folded)

/** How many words from `at` on are this term; 0 when they are not. */
export function matchAt(words: readonly Word[], at: number, term: Term): number {
  const last = term.words.length - 1
  const isMatch = term.words.every((asked, n) => {
    const found = words[at + n]?.folded
    return found !== undefined && (found === asked || (n === last && term.prefix && found.startsWith(asked)))
  })
  return isMatch ? term.words.length : 0
}
