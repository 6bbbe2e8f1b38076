/** Looks for words in the raw bytes of all files of a folder, as UTF-8, UTF-16 and base64, whatever they belong to. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Where one was found: `<file>: <word>`. */
export async function traces(folder: string, words: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    // It may go while the others are read.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    found.push(...wordsIn(bytes, words).map((word) => `${relative(folder, path)}: ${word}`))
  }
  return found.sort()
}

export const wordsIn = (bytes: Buffer, words: readonly string[]): string[] =>
  words.filter((word) => spellings(word).some((spelling) => bytes.includes(spelling)))

/** In base64 the word may begin at any of three places; what is cut off at both ends depends on its neighbours. */
function spellings(word: string): Buffer[] {
  const inBase64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(word)]).toString('base64')
    return Buffer.from(text.replace(/=+$/, '').slice(shift === 0 ? 0 : shift + 1, -1))
  })
  return [Buffer.from(word), Buffer.from(word, 'utf16le'), ...inBase64]
}
