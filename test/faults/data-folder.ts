/** A data folder of a test, and the Redis processes that work in it. */
import { mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export async function dataFolder(t: { teardown(end: () => Promise<void>): void }): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'visavis-fault-')))
  t.teardown(async () => {
    await endRedis(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return folder
}

/** Whatever was left behind in a folder is ended by its id. */
export async function endRedis(folder: string): Promise<void> {
  for (const pid of await redisOwners(folder)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      // It has ended by itself meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** Process ids of the Redis servers whose working directory lies in the folder. */
export async function redisOwners(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const owners = await Promise.all(
    pids.map(async (pid) => {
      const [directory, name] = await Promise.all([
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
        readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
      ])
      const inside = directory === folder || directory.startsWith(`${folder}/`)
      return inside && /^(redis|valkey)-server/.test(name) ? [Number(pid)] : []
    }),
  )
  return owners.flat()
}
