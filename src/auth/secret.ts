/** The signing secret of development sign-in: made once per data folder, so that tokens outlive a restart. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export async function developmentSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'development-secret')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  // `wx` fails if the file exists: of two starts at once one writes and both read the same.
  await writeFile(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' }).catch(ignoreExisting)
  return readFile(file, 'utf8')
}

const ignoreExisting = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EEXIST') throw error
}
