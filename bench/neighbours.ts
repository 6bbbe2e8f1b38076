/** What other programs on the machine took while a scenario ran: with much of it, its figures are theirs. */
import { readFile } from 'node:fs/promises'

/** Clock ticks of /proc are 10 ms on every Linux. */
const secondsPerTick = 0.01
/** Of one core: below it a neighbour hardly matters. */
const worthTelling = 0.15

interface Times {
  /** Of the whole machine, s of CPU that somebody used. */
  readonly busy: number
  /** Of this process and of all below it that have ended. */
  readonly own: number
  readonly at: number
}

async function times(): Promise<Times> {
  const [machine, self] = await Promise.all([readFile('/proc/stat', 'utf8'), readFile('/proc/self/stat', 'utf8')])
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.*)$/m.exec(machine)?.[1]?.split(' ').map(Number) ?? []
  const fields = self
    .slice(self.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const own = [11, 12, 13, 14].reduce((sum, n) => sum + (fields[n] ?? 0), 0)
  const busy = user + nice + system + irq + softirq + steal
  return { busy: busy * secondsPerTick, own: own * secondsPerTick, at: performance.now() }
}

/** Begins to watch. @returns what to say at the end, when there is something. */
export async function watchNeighbours(): Promise<() => Promise<string[]>> {
  const before = await times()
  return async () => {
    const after = await times()
    const others = after.busy - before.busy - (after.own - before.own)
    const cores = others / ((after.at - before.at) / 1_000)
    if (cores < worthTelling) return []
    return [`other programs used ${cores.toFixed(1)} of a core meanwhile: measure again on a machine that is idle`]
  }
}
