/** The server with one thing changed, for twins: a copy of the sources, started as the real ones are. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @param change the file, and a text in it, which must be there, with what it becomes. @returns its src/main.ts. */
export async function spoiltCheckout(
  t: { teardown(end: () => Promise<void>): void },
  change: { readonly file: string; readonly text: string; readonly becomes: string },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vv-spoilt-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  for (const name of ['src', 'config', 'client', 'docs', 'web', 'package.json']) {
    await cp(join(root, name), join(folder, name), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const file = join(folder, change.file)
  const before = await readFile(file, 'utf8')
  if (!before.includes(change.text)) throw new Error(`${change.file} has no "${change.text}": the twin changes nothing`)
  await writeFile(file, before.replace(change.text, change.becomes))
  return join(folder, 'src/main.ts')
}
