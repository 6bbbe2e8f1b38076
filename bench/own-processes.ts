/**
 * What a benchmark itself costs its machine: the CPU time of all processes that it has started, and that these have started, whoever is
 * their parent by now. The media worker of a generator that was ended is an orphan, and ours all the same.
 */
import { readdirSync, readFileSync } from 'node:fs'

export interface Process {
  readonly pid: number
  readonly parent: number
  /** Since the start of the machine, in ticks: an id may be given again, the two together are not. */
  readonly startedAt: string
  readonly cpuUs: number
}

/** Clock ticks of /proc are 10 ms on every Linux. */
const usPerTick = 10_000

/** *Pure.* One /proc/<pid>/stat; undefined for what is none. */
export function readStat(text: string): Process | undefined {
  // The second field, the name, may contain spaces: fields are counted after its closing parenthesis.
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  const [pid, parent, user, system] = [Number.parseInt(text, 10), ...[1, 11, 12].map((n) => Number(fields[n]))]
  const startedAt = fields[19]
  if (end < 0 || pid === undefined || parent === undefined || startedAt === undefined) return undefined
  return { pid, parent, startedAt, cpuUs: ((user ?? 0) + (system ?? 0)) * usPerTick }
}

/** All that run now. The cost grows with their number: 200 take some 5 ms. */
function running(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      return readStat(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? []
    } catch {
      return []
    }
  })
}

export class OwnProcesses {
  readonly #root: number
  readonly #look: () => readonly Process[]
  /** By id and start. What has ended stays. */
  readonly #seen = new Map<string, number>()

  /** @param look for tests: what runs. */
  constructor(root = process.pid, look: () => readonly Process[] = running) {
    this.#root = root
    this.#look = look
  }

  /**
   * @returns µs, so far. What has ended counts as it was last seen, and what began and ended between two looks does not: so look every
   * half second.
   */
  cpuUs(): number {
    const found = this.#look()
    const below = Map.groupBy(found, ({ parent }) => parent)
    const own = found.filter((one) => one.pid === this.#root || this.#seen.has(nameOf(one)))
    const taken = new Set(own)
    // Whoever is added while it is walked through is walked through as well.
    for (const { pid } of taken) for (const child of below.get(pid) ?? []) taken.add(child)
    for (const one of taken) this.#seen.set(nameOf(one), one.cpuUs)
    return [...this.#seen.values()].reduce((sum, us) => sum + us, 0)
  }
}

const nameOf = ({ pid, startedAt }: Process): string => `${pid} ${startedAt}`
