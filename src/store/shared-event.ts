/**
 * Pure: events of several people, each stored once (lua/shared-event.lua). The first line has who they are, the second what all of
 * them are told, the third what only some are; then comes what else was told at the same time:
 *
 * ```
 * & "<person>" <offset> <epoch> <event> <+ or -> "<another>" …
 * {"callback":{…}
 * ,"offer":{…}
 * ```
 */

/** What one of them is told. */
export interface Told {
  readonly person: string
  readonly offset: number
  readonly name: string
  /** The finished frame for clients. */
  readonly frame: string
}

const mark = '& '
const wordsEach = 5
const linesEach = 3

export const isShared = (text: string): boolean => text.startsWith(mark)

/** @throws Error when the text is no such event: only our own scripts write there. */
export function toldBy(text: string): Told[] {
  const lines = text.split('\n')
  if (lines.length % linesEach !== 0) throw notShared()
  return Array.from({ length: lines.length / linesEach }, (_, n) => {
    const [head = '', data = '', more = ''] = lines.slice(n * linesEach, (n + 1) * linesEach)
    return toldOf(head, data, more)
  }).flat()
}

function toldOf(head: string, data: string, more: string): Told[] {
  const words = head.slice(mark.length).split(' ')
  if (!isShared(head) || words.length % wordsEach !== 0) throw notShared()
  return Array.from({ length: words.length / wordsEach }, (_, n) => {
    const [quoted = '', offset = '', epoch = '', name = '', which = ''] = words.slice(n * wordsEach)
    const person = quoted.slice(1, -1)
    const at = { person, epoch, offset: Number(offset) }
    return { person, offset: at.offset, name, frame: frame(name, `${data}${which === '+' ? more : ''}`, at) }
  })
}

const notShared = () => new Error('not an event of several people')

/** The frame of one of them. @throws Error when they are none of those who are told. */
export function frameFor(person: string, text: string): string {
  if (!isShared(text)) return text
  const told = toldBy(text).find((one) => one.person === person)
  if (told === undefined) throw new Error('an event of others stands in a feed')
  return told.frame
}

/** An entry of a feed that says where its text is found (lua/shared-event.lua). */
export interface Elsewhere {
  readonly name: string
  readonly hash: string
  /** Of the beginning of the data, after a line break, and of the rest of it. */
  readonly fields: readonly [beginning: string, rest: string]
  readonly more: string
}

/** Undefined for a text that says itself what is told. */
export function elsewhere(text: string): Elsewhere | undefined {
  if (!text.startsWith('@ ')) return undefined
  const end = text.indexOf('\n')
  const [, name = '', field = '', hash = ''] = text.slice(0, end).split(' ')
  return { name, hash, fields: [field, `${field.slice(0, field.indexOf('/'))}/b`], more: text.slice(end + 1) }
}

/** Where an event stands in the feed of somebody. */
export interface FeedPlace {
  readonly person: string
  readonly epoch: string
  readonly offset: number
}

/** The frame of what was found there. */
export function frameOf({ name, more }: Elsewhere, found: readonly [string, string], at: FeedPlace): string {
  const [entry, rest] = found
  return frame(name, `${entry.slice(entry.indexOf('\n') + 1)}${rest}${more}`, at)
}

/** @param data without its last brace. */
const frame = (name: string, data: string, { person, epoch, offset }: FeedPlace): string =>
  `{"event":"${name}","data":${data}},"stream":"person:${person}","position":{"epoch":"${epoch}","offset":${offset}}}`
