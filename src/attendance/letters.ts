/**
 * Text as it stands on paper, in whatever script. *Pure.* Libraries of PDF place words from left to right; those of Arabic, Hebrew
 * and their like stand the other way round, with numbers and Latin words among them as they are.
 */

const rightToLeft = String.raw`[[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]--[\u06f0-\u06f9\p{P}]]`
const digit = String.raw`[0-9\u0660-\u0669\u06f0-\u06f9]`
const leftToRight = String.raw`[\p{L}--${rightToLeft}]`

/** From the first letter of such a script to the last one or a number, with no letter of another script between. */
const stretches = new RegExp(String.raw`${rightToLeft}(?:[^${leftToRight}]*[${rightToLeft}${digit}])?\p{M}*`, 'gv')
/** Words with their marks; numbers, also times and dates; anything else by itself. */
const pieces = new RegExp(
  String.raw`${rightToLeft}[${rightToLeft}\p{M}\u200c\u200d]*|${digit}(?:[.,:\/]?${digit})*|.`,
  'gsv',
)
const mirrored: Readonly<Record<string, string>> = {
  ...{ '(': ')', ')': '(', '[': ']', ']': '[', '{': '}', '}': '{' },
  ...{ '<': '>', '>': '<', '«': '»', '»': '«', '‹': '›', '›': '‹' },
}
/** The library takes these for letters of their script, and would turn them. */
const turned = /[\u06f0-\u06f9]+/gu
const backwards = (piece: string): string => piece.replace(turned, (number) => [...number].reverse().join(''))

/** The pieces of one line from left to right: one, unless something in it reads from right to left. */
export function visualOrder(line: string): string[] {
  const found: string[] = []
  let after = 0
  for (const { 0: inner, index } of line.matchAll(stretches)) {
    const end = index + inner.length
    // A bracket that was opened within is closed within.
    const opening = mirrored[line[end] ?? ''] ?? ''
    const isOpen = opening !== '' && inner.split(opening).length > inner.split(line[end] ?? '').length
    const stretch = isOpen ? inner + line[end] : inner
    const inside = stretch.match(pieces) ?? []
    found.push(line.slice(after, index), ...inside.toReversed().map((piece) => mirrored[piece] ?? piece))
    after = index + stretch.length
  }
  return [...found, line.slice(after)].filter((piece) => piece !== '').map(backwards)
}

/** What is not seen, and could make what is seen read otherwise than it was written. */
const unseen = /[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff]/gu
/** Whatever else is white is one space; lines of notes are one line. */
const white = /[^\S\u00a0\u202f]+/gu

/** What stands for letters that the fonts do not have. */
export const missingLetter = '\u25a1'

/** @param has whether the fonts have it (a code point). */
export const printable = (text: string, has: (codePoint: number) => boolean): string =>
  text
    .normalize('NFC')
    .replace(unseen, '')
    .replace(white, ' ')
    .replace(/./gsu, (letter) => (has(letter.codePointAt(0) ?? 0) ? letter : missingLetter))
