/** What other programs on the machine took while a scenario ran: with much of it, its figures are theirs. */
import { readFileSync } from 'node:fs'
import { OwnProcesses } from './own-processes.ts'

/** Clock ticks of /proc are 10 ms on every Linux. */
const usPerTick = 10_000
/** Of one core: below it a neighbour hardly matters. */
const worthTelling = 0.15
const everyMs = 500

/** CPU time that somebody used on this machine, µs. What the host has taken away counts: we did not have it. */
export function busyUs(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? []
  return (user + nice + system + irq + softirq + steal) * usPerTick
}

/** Begins to watch. @returns what to say at the end, when there is something. */
export async function watchNeighbours(): Promise<() => Promise<string[]>> {
  const own = new OwnProcesses()
  const others = () => busyUs() - own.cpuUs()
  const [before, startedAt] = [others(), performance.now()]
  const timer = setInterval(() => own.cpuUs(), everyMs).unref()
  return async () => {
    clearInterval(timer)
    const cores = (others() - before) / ((performance.now() - startedAt) * 1_000)
    if (cores < worthTelling) return []
    return [`other programs used ${cores.toFixed(1)} of a core meanwhile: measure again on a machine that is idle`]
  }
}
