/** The mediasoup workers of this process, and the end of one: those that rooms are on started first, the spare one last. */
import { readFile } from 'node:fs/promises'
import { until } from './until.ts'

export async function mediaWorkers(): Promise<number[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
  const pids = children.trim().split(' ').map(Number)
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_, n) => names[n]?.includes('mediasoup-worker'))
}

/** kill -9 of the one that has run longest. @returns when, in ms since the epoch. */
export async function killMediaWorker(): Promise<number> {
  const [pid] = await until(async () => {
    const found = await mediaWorkers()
    return found.length > 0 && found
  })
  if (pid === undefined) throw new Error('no worker runs')
  process.kill(pid, 'SIGKILL')
  return Date.now()
}
