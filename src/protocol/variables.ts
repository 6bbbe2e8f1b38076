/** What may stand in double braces in a canned reply. Pure, and without imports: the SDK bundles this file. */

/** Each stands for what its name says when the reply is used. */
export const variables = ['jobseeker.name', 'advisor.name', 'date', 'time', 'region.name'] as const
export type Variable = (typeof variables)[number]

/** `{{?}}`: a place that whoever uses the reply fills in by hand. */
export const byHand = '?'

/** Something in double braces, with its place in the text (UTF-16 code units). */
export interface Mark {
  readonly name: string
  readonly start: number
  /** The first one after it. */
  readonly end: number
}

/** Whatever has a brace inside is plain text. */
const inBraces = /\{\{([^{}]*)\}\}/g

export const marksOf = (text: string): readonly Mark[] =>
  Array.from(text.matchAll(inBraces), ({ 0: mark, 1: name = '', index }) => ({
    name,
    start: index,
    end: index + mark.length,
  }))

export const isVariable = (name: string): name is Variable => (variables as readonly string[]).includes(name)

/** The name of the first mark that stands for nothing; undefined when all are known. */
export const unknownVariable = (text: string): string | undefined =>
  marksOf(text).find(({ name }) => name !== byHand && !isVariable(name))?.name
