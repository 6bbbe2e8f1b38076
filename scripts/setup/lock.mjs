// One set-up at a time. A kernel lock on an open file: it ends with the processes that hold it, so it cannot go stale.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { say } from './say.mjs'

/** Runs `work(fd)` while holding the lock; waits for whoever has it. `fd` may be passed on, see run()'s `hold`. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true })
  const fd = openSync(file, 'a')
  // Node cannot lock files. flock(1) locks the open file that it shares with us, so the lock outlives that command.
  const flock = (...options) =>
    spawnSync('flock', [...options, '3'], { stdio: ['ignore', 'ignore', 'inherit', fd] }).status
  try {
    if (flock('--nonblock') === 1) {
      say('another set-up is at work here: waiting for it')
      flock()
    }
    return await work(fd)
  } finally {
    closeSync(fd)
  }
}
