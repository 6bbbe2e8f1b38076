/** The file of the index: how it is laid out, opened, and told to be of this version and whole. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** To be raised with every change of the tables or of what a word is. */
const formatVersion = 1
/** A deletion takes out the words that the text gives, so they must be those it gave: another Unicode, another index. */
const [unicodeMajor = 0, unicodeMinor = 0] = (process.versions.unicode ?? '').split('.').map(Number)
const version = formatVersion * 10_000 + unicodeMajor * 100 + unicodeMinor

const cacheKilobytes = 16_384
/** How long a thread waits for the other one's lock. */
const busyMs = 5_000

/**
 * `words` has no copy of the texts, and every word in it carries its conversation (`1z_bonjour`): what lies side by side in
 * the index is what one search reads. docs/decisions/0013 has the figures.
 */
const tables = `
  CREATE TABLE conversations (
    number INTEGER PRIMARY KEY,
    space TEXT NOT NULL,
    channel TEXT NOT NULL,
    epoch TEXT NOT NULL,     -- up to where the index has it; '' and 0: nothing yet
    position INTEGER NOT NULL,
    newest INTEGER NOT NULL, -- no document is later (ms)
    UNIQUE (space, channel)
  ) STRICT;
  CREATE TABLE documents (
    id INTEGER PRIMARY KEY,  -- place.ts
    at INTEGER NOT NULL,     -- when it was written (ms)
    late INTEGER NOT NULL,   -- how far the clock of its writer lay behind that of an earlier message (ms), mostly 0
    sender TEXT NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE TABLE erasures (pending INTEGER NOT NULL) STRICT; -- one row: whether copies of erased text may be left
  INSERT INTO erasures VALUES (0);
  CREATE VIRTUAL TABLE words USING fts5(text, content='', columnsize=0, tokenize="ascii tokenchars '_'");
  INSERT INTO words(words, rank) VALUES ('secure-delete', 1);
  PRAGMA user_version = ${version};
`

/** @throws what SQLite throws when there is no file, or none of this version. */
export function openForReading(file: string): DatabaseSync {
  return opened(new DatabaseSync(file, { readOnly: true, timeout: busyMs }), 'PRAGMA query_only = ON')
}

/** Makes the index if there is none. @throws what `isDamage` tells, for one that must be removed first. */
export function openForWriting(file: string): DatabaseSync {
  makeFolder(file)
  rmSync(copyOf(file), { force: true })
  const isNew = !existsSync(file)
  if (isNew) removeIndex(file)
  const database = opened(
    new DatabaseSync(file, { timeout: busyMs }),
    // NORMAL: what a power cut takes back is caught up; what it tears would have to be noticed first.
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON',
  )
  try {
    if (isNew) database.exec(`BEGIN IMMEDIATE; ${tables} COMMIT`)
    else check(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

export function removeIndex(file: string): void {
  for (const name of [file, `${file}-wal`, `${file}-shm`, copyOf(file)]) rmSync(name, { force: true })
}

/**
 * Writes all that is still there to a new file. SQLite overwrites what is deleted, but moving rows between pages leaves
 * copies of them, which it does not know of later (tried: one deleted conversation in twelve was still to be read).
 */
export function copyIndex(database: DatabaseSync, file: string): void {
  makeFolder(file)
  rmSync(copyOf(file), { force: true })
  database.prepare('VACUUM INTO ?').run(copyOf(file))
  const descriptor = openSync(copyOf(file), 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** Puts the copy in the place of the index, which nobody has open: the former one's log must not meet the new one. */
export function takeCopy(file: string): void {
  for (const name of [`${file}-wal`, `${file}-shm`]) rmSync(name, { force: true })
  renameSync(copyOf(file), file)
}

/** Somebody may have removed it. */
const makeFolder = (file: string): string | undefined => mkdirSync(dirname(file), { recursive: true, mode: 0o700 })

const copyOf = (file: string): string => `${file}.new`

/** Of another version, or without what belongs to it. */
class OtherIndex extends Error {}

const sqlError = 1 // SQLITE_ERROR: among others, a table that is not there
const damages: readonly unknown[] = [11, 26] // SQLITE_CORRUPT, SQLITE_NOTADB

/** Whether the file itself is at fault, and not the disk, a lock or our own code. */
export const isDamage = (error: unknown): boolean => error instanceof OtherIndex || damages.includes(codeOf(error))

function codeOf(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code & 0xff : undefined
}

function opened(database: DatabaseSync, pragmas: string): DatabaseSync {
  try {
    database.exec(`${pragmas}; PRAGMA cache_size = -${cacheKilobytes}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Looks at the version, which is written last, and at a little of each table: what else is wrong shows where it is read. */
function check(database: DatabaseSync): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() ?? {}
  if (found !== version) throw new OtherIndex(`the search index is of version ${found}, not ${version}`)
  try {
    database.exec('SELECT max(number) FROM conversations; SELECT max(id) FROM documents; SELECT pending FROM erasures')
    database.prepare('SELECT rowid FROM words WHERE words MATCH ?').get('"0_"')
  } catch (cause) {
    if (codeOf(cause) !== sqlError) throw cause
    throw new OtherIndex('the search index is not what its version says', { cause })
  }
}
