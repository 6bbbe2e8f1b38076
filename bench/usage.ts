/** What processes cost, read from /proc. */
import { readFile } from 'node:fs/promises'
import { readStat } from './cpu-owners.ts'

/** Process ids by part, for example `{ server: [17], redis: [18] }`. */
export type Parts = Readonly<Record<string, readonly number[]>>

/** A number for each part. */
export type PerPart = Readonly<Record<string, number>>

/** CPU time used so far (user and system), µs. A process that is gone counts as nothing. */
export const cpuUs = (parts: Parts): Promise<PerPart> =>
  summed(parts, async (pid) => readStat(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))?.cpuUs ?? 0)

/** Memory held now, bytes. */
export const residentBytes = (parts: Parts): Promise<PerPart> =>
  summed(parts, async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024
  })

export const difference = (before: PerPart, after: PerPart): PerPart =>
  Object.fromEntries(Object.entries(after).map(([part, value]) => [part, value - (before[part] ?? 0)]))

async function summed(parts: Parts, read: (pid: number) => Promise<number>): Promise<PerPart> {
  const sums = Object.entries(parts).map(async ([part, pids]) => {
    const values = await Promise.all(pids.map(read))
    return [part, values.reduce((sum, value) => sum + value, 0)] as const
  })
  return Object.fromEntries(await Promise.all(sums))
}
