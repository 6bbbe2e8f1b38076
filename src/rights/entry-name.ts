/** Names of files in an export. Pure. */

/** What a file system takes for a name is 255 bytes. */
const mostBytes = 200
/** Separators, what Windows forbids, and whatever nobody sees or turns the direction of writing. */
const unsafe = /[/\\<>:"|?*%]|[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

/**
 * `files/<id>-<name>`, whatever the name is: never another folder, never two lines. The id makes it unique; an ending stays
 * when the name has to be cut.
 */
export function fileEntryName(id: string, name: string): string {
  const clean = name
    .toWellFormed()
    .replace(unsafe, '_')
    .replace(/[. ]+$/u, '')
  const prefix = `${id.replace(/[^A-Za-z0-9_-]/g, '_')}-`
  const [, stem = clean, ending = ''] = /^(.+)(\.[^. ]{1,16})$/u.exec(clean) ?? []
  const room = mostBytes - Buffer.byteLength(prefix) - Buffer.byteLength(ending)
  return `files/${prefix}${cut(stem, room)}${ending}`
}

/** At most so many bytes of UTF-8, and no part of a character. */
function cut(text: string, bytes: number): string {
  let short = ''
  let used = 0
  for (const character of text) {
    used += Buffer.byteLength(character)
    if (used > bytes) break
    short += character
  }
  return short
}
