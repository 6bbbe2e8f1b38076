/** One node per data folder. Two Redis servers on one folder start without complaint and diverge silently. */

import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const busy = 5 // SQLITE_BUSY

/**
 * Holds the folder until disposed or until this process ends, however it ends.
 *
 * The lock is the kernel's (fcntl, taken for us by SQLite, since Node itself offers none), not a file with a process
 * id in it: it cannot be left behind by `kill -9`, a reused process id cannot fool it, two nodes that find a stale
 * file cannot both take it over, and it works between containers that share a volume. `node.pid` is for the message
 * and for people; nothing is decided by it.
 * @throws Error with one sentence when another node, of this process or any other, holds the folder.
 */
export function lockFolder(folder: string): Disposable {
  const pidFile = join(folder, 'node.pid')
  const lock = new DatabaseSync(join(folder, 'node.lock'), { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== busy) throw error
    throw new Error(`the data folder ${folder} is in use by another node (${owner(pidFile)})`)
  }
  writeFileSync(pidFile, `${process.pid} ${hostname()}\n`)
  let held = true
  return {
    [Symbol.dispose]() {
      if (!held) return
      held = false
      lock.close()
    },
  }
}

function owner(pidFile: string): string {
  try {
    const [pid, host] = readFileSync(pidFile, 'utf8').trim().split(' ')
    return `process ${pid} on ${host}`
  } catch {
    return 'it has not said which'
  }
}
