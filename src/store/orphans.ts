/**
 * A node killed with -9 leaves its Redis alive. The next start ends it rather than adopting it: an adopted server is
 * no child (nobody hears it die or reads its log), and it runs the old program with the old settings. Ending costs
 * nothing that was acknowledged, since a write is confirmed only when it is in the file the next server reads.
 */
import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import type { Logger } from 'pino'

const politeMs = 10_000
const everyMs = 10

/**
 * The servers that work in a folder, found by their current directory, which a server has from its first moment and
 * keeps (a pid file would miss one that was started just before the kill, and may name a stranger after it).
 * Linux only, like mediasoup's worker and the pinned runtime; elsewhere none is found.
 */
export async function redisServersIn(folder: string): Promise<number[]> {
  const home = await realpath(folder)
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map(async (pid) => (await isRedisServer(pid, home)) && pid))
  return found.filter((pid) => pid !== false)
}

/** @throws when one of them cannot be ended. Call only while holding the folder's lock. */
export async function endOrphans(folder: string, log: Logger): Promise<void> {
  const home = await realpath(folder)
  for (const pid of await redisServersIn(folder)) {
    log.warn({ pid }, 'a Redis was left behind by a node that was killed; ending it')
    const started = performance.now()
    let killed = false
    end(pid, 'SIGTERM')
    while (await isRedisServer(pid, home)) {
      if (!killed && performance.now() - started > politeMs) {
        end(pid, 'SIGKILL')
        killed = true
      }
      if (performance.now() - started > 2 * politeMs) throw new Error(`the old Redis (process ${pid}) cannot be ended`)
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  }
}

/** It may have ended by itself meanwhile. */
function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** An ended process that nobody has reaped has no current directory any more, so it does not count. */
async function isRedisServer(pid: number, home: string): Promise<boolean> {
  try {
    if ((await readlink(`/proc/${pid}/cwd`)) !== home) return false
    return /^(redis|valkey)-/.test(await readFile(`/proc/${pid}/comm`, 'utf8'))
  } catch {
    return false
  }
}
