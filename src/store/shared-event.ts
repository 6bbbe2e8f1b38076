/**
 * Pure: one event of several people, stored once (lua/shared-event.lua). The first line has who they are, the second what all of
 * them are told, the third what only some are:
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

export const isShared = (text: string): boolean => text.startsWith(mark)

/** @throws Error when the text is no such event: only our own scripts write there. */
export function toldBy(text: string): Told[] {
  const first = text.indexOf('\n')
  const second = text.indexOf('\n', first + 1)
  if (!isShared(text) || first < 0 || second < 0) throw new Error('not an event of several people')
  const words = text.slice(mark.length, first).split(' ')
  if (words.length % wordsEach !== 0) throw new Error('not an event of several people')
  const data = text.slice(first + 1, second)
  const more = text.slice(second + 1)
  return Array.from({ length: words.length / wordsEach }, (_, n) => {
    const [quoted = '', offset = '', epoch = '', name = '', which = ''] = words.slice(n * wordsEach)
    const person = quoted.slice(1, -1)
    const place = `"stream":"person:${person}","position":{"epoch":"${epoch}","offset":${offset}}`
    const frame = `{"event":"${name}","data":${data}${which === '+' ? more : ''}},${place}}`
    return { person, offset: Number(offset), name, frame }
  })
}

/** The frame of one of them. @throws Error when they are none of those who are told. */
export function frameFor(person: string, text: string): string {
  if (!isShared(text)) return text
  const told = toldBy(text).find((one) => one.person === person)
  if (told === undefined) throw new Error('an event of others stands in a feed')
  return told.frame
}
