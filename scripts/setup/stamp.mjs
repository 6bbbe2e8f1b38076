// Stamps: a file that says from which inputs something was made. Written last and in one move, so a missing or
// different stamp always means "make it again".
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A hash over the names, contents and executable bits of files and of everything in folders. Missing ones count too. */
export function hashOf(root, paths) {
  const hash = createHash('sha256')
  for (const path of paths) addTo(hash, root, path)
  return hash.digest('hex')
}

function addTo(hash, root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stat) {
    hash.update(`missing ${path}\n`)
    return
  }
  if (stat.isDirectory()) {
    for (const name of readdirSync(join(root, path)).sort()) addTo(hash, root, join(path, name))
    return
  }
  const content = readFileSync(join(root, path))
  hash.update(`file ${path} ${stat.mode & 0o111 ? 'x' : '-'} ${content.length}\n`).update(content)
}

export function isStamped(file, value) {
  try {
    return readFileSync(file, 'utf8') === value
  } catch {
    return false
  }
}

export function stamp(file, value) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, value)
  renameSync(`${file}.${process.pid}`, file)
}
