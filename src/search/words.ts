/**
 * *Pure.* What a word is, the same for indexing, asking and marking: letters and digits without case, accents or ligatures.
 * Scripts that put no spaces between words (Chinese, Thai …) give one word per character, and an emoji is a word.
 */

export interface Word {
  /** As it is compared. */
  readonly folded: string
  /** In the text, UTF-16 units. */
  readonly start: number
  readonly end: number
}

/** Longer words are compared by their beginning. */
const longestWord = 64

const unspaced = String.raw`[[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]&&[\p{L}\p{N}]]`
/** U+02B0 to U+02FF are apostrophes and the like that count as letters. */
const spaced = String.raw`[[\p{L}\p{N}]--${unspaced}--[\u02B0-\u02FF]]`
/** Marks, and what is not seen (soft hyphens, directions), within a word; a zero width space divides words. */
const inner = String.raw`[[\p{M}\p{Cf}]--[\u200B]]`
/** Below U+2300 are signs such as ©, which belong to no conversation as words. */
const emoji = String.raw`\p{RI}\p{RI}|[\p{Extended_Pictographic}&&[\u{2300}-\u{1FAFF}]]`
const wordPattern = new RegExp(String.raw`${unspaced}\p{M}*|${spaced}(?:${inner}*${spaced})*\p{M}*|${emoji}`, 'gv')

const ascii = /^[\x20-\x7e]*$/
/** Accents of letters; vowel signs of Indian scripts are not among them, for they make another word. */
const accents = /[[\p{sc=Zinh}\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}]&&\p{M}]/gv
const noWordCharacter = /[^\p{L}\p{N}\p{M}]|[\u02B0-\u02FF\u0640]/gu
/** Letters that no Unicode decomposition takes apart. */
const letters: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  þ: 'th',
  ς: 'σ',
}
const special = new RegExp(`[${Object.keys(letters).join('')}]`, 'g')
const beginsLikeWord = /^[\p{L}\p{N}]/u

export function wordsOf(text: string): Word[] {
  const words: Word[] = []
  for (const match of text.matchAll(wordPattern)) {
    const folded = fold(match[0])
    if (folded !== '') words.push({ folded, start: match.index, end: match.index + match[0].length })
  }
  return words
}

/** A word as it is compared; empty when nothing of it is left. */
export function fold(word: string): string {
  if (ascii.test(word)) return word.toLowerCase().slice(0, longestWord)
  if (!beginsLikeWord.test(word)) return word
  // Upper case first, since only it takes ß and the like apart.
  const cased = word.normalize('NFKD').replace(accents, '').toUpperCase().toLowerCase()
  const folded = cased
    .normalize('NFKD')
    .replace(accents, '')
    .replace(special, (letter) => letters[letter] ?? letter)
    .replace(noWordCharacter, '')
  return folded.slice(0, longestWord).toWellFormed()
}
