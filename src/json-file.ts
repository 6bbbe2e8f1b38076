/** Files that somebody names at the command line. */
import { readFile } from 'node:fs/promises'

/** @throws Error that names the file, when it cannot be read or holds no JSON. */
export async function readJson(name: string): Promise<unknown> {
  const text = await readFile(name, 'utf8')
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new Error(`${name} is no JSON`)
  }
}
