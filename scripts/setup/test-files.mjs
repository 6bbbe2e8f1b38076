// Which files of tests there are.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './say.mjs'
import { root } from './set-up.mjs'

/**
 * @param paths files and folders, relative to the root
 * @throws SetupError for what is not there.
 * @returns the files, each once, in the order of their names
 */
export function testFiles(paths) {
  return [...new Set(paths.flatMap((path) => (isFolder(path) ? filesIn(path) : [path])))].sort()
}

function isFolder(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  if (found === undefined) throw new SetupError(`there is no ${path}`)
  return found.isDirectory()
}

const filesIn = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
