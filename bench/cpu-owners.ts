/**
 * Whose the CPU time of a machine is: of all processes that a benchmark has started, and that these have started, whoever is their
 * parent by now; of the kernel's own threads; or of other programs. The media worker of a generator that was ended is an orphan, and
 * ours all the same.
 */
import { readdirSync, readFileSync } from 'node:fs'

export interface Process {
  readonly pid: number
  readonly parent: number
  /** As the kernel cuts it, to 15 letters. */
  readonly name: string
  /** Since the start of the machine, in ticks: an id may be given again, the two together are not. */
  readonly startedAt: string
  readonly cpuUs: number
  /** Of its children that have ended, and of theirs. */
  readonly childrenUs: number
}

export type Owner = 'own' | 'kernel' | 'other'

/** Since some time before the first look: only the difference of two looks says something. */
export interface Owned {
  readonly ownUs: number
  readonly kernelUs: number
  /** By the name of the program. */
  readonly others: ReadonlyMap<string, number>
  /** Whether all of the machine is to be seen from here: a container sees its own processes alone. */
  readonly isWhole: boolean
}

/** Clock ticks of /proc are 10 ms on every Linux. */
const usPerTick = 10_000
/** The parent of the kernel's threads, and who takes in orphans. */
const [kernelPid, initPid] = [2, 1]

/** *Pure.* One /proc/<pid>/stat; undefined for what is none. */
export function readStat(text: string): Process | undefined {
  // The second field, the name, may contain spaces: fields are counted after its closing parenthesis.
  const [begin, end] = [text.indexOf('('), text.lastIndexOf(')')]
  const fields = text.slice(end + 2).split(' ')
  const ticks = (...places: number[]) => places.reduce((sum, n) => sum + Number(fields[n]), 0)
  const [pid, parent, startedAt] = [Number.parseInt(text, 10), ticks(1), fields[19]]
  if (end < 0 || startedAt === undefined) return undefined
  const name = text.slice(begin + 1, end)
  return { pid, parent, name, startedAt, cpuUs: ticks(11, 12) * usPerTick, childrenUs: ticks(13, 14) * usPerTick }
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

export class CpuOwners {
  readonly #root: number
  readonly #look: () => readonly Process[]
  #owners = new Map<string, Owner>()
  #alive = new Map<string, Process>()
  /** Of what has ended, and of what nobody saw while it ran. */
  readonly #ended = { own: 0, kernel: 0, others: new Map<string, number>() }

  /** @param look for tests: what runs. */
  constructor(root = process.pid, look: () => readonly Process[] = running) {
    this.#root = root
    this.#look = look
  }

  /**
   * What has ended counts as it was last seen, with whatever its parent was told of it besides: so look every half second, and
   * little is lost.
   */
  look(): Owned {
    const found = this.#look()
    const now = new Map(found.map((one) => [keyOf(one), one]))
    const gone = [...this.#alive.values()].filter((one) => !now.has(keyOf(one)))
    const owners = this.#ownersOf(found)
    for (const one of gone) this.#end(this.#owners.get(keyOf(one)) ?? 'other', one.name, one.cpuUs)
    // Before the first look children may have ended long ago.
    for (const one of found) {
      const before = this.#alive.get(keyOf(one))
      if (before === undefined) continue
      const unseenUs = one.childrenUs - before.childrenUs - reaped(one.pid, gone)
      if (unseenUs > 0) this.#end(owners.get(keyOf(one)) ?? 'other', one.name, unseenUs)
    }
    this.#alive = now
    this.#owners = owners
    return this.#sum(found.some(({ pid, name }) => pid === kernelPid && name === 'kthreadd'))
  }

  #ownersOf(found: readonly Process[]): Map<string, Owner> {
    const below = Map.groupBy(found, ({ parent }) => parent)
    const own = new Set(found.filter((one) => one.pid === this.#root || this.#owners.get(keyOf(one)) === 'own'))
    // Whoever is added while it is walked through is walked through as well.
    for (const { pid } of own) for (const child of below.get(pid) ?? []) own.add(child)
    const isKernels = ({ pid, parent }: Process) => pid === kernelPid || parent === kernelPid
    return new Map(found.map((one) => [keyOf(one), own.has(one) ? 'own' : isKernels(one) ? 'kernel' : 'other']))
  }

  #end(owner: Owner, name: string, us: number): void {
    if (owner === 'other') this.#ended.others.set(name, (this.#ended.others.get(name) ?? 0) + us)
    else this.#ended[owner] += us
  }

  #sum(isWhole: boolean): Owned {
    const others = new Map(this.#ended.others)
    let { own: ownUs, kernel: kernelUs } = this.#ended
    for (const [key, { name, cpuUs }] of this.#alive) {
      const owner = this.#owners.get(key)
      if (owner === 'own') ownUs += cpuUs
      else if (owner === 'kernel') kernelUs += cpuUs
      else others.set(name, (others.get(name) ?? 0) + cpuUs)
    }
    return { ownUs, kernelUs, others, isWhole }
  }
}

/** What a parent was told of children that were seen while they ran, and of theirs: that much is known already. */
function reaped(pid: number, gone: readonly Process[]): number {
  const below = Map.groupBy(gone, ({ parent }) => parent)
  const ids = new Set(gone.map((one) => one.pid))
  const of = (parent: number): number =>
    (below.get(parent) ?? []).reduce((sum, one) => sum + one.cpuUs + one.childrenUs + of(one.pid), 0)
  // Whose parent ended as well may have been taken in before it ended itself.
  const orphans = pid === initPid ? gone.filter(({ parent }) => ids.has(parent)) : []
  return of(pid) + orphans.reduce((sum, { cpuUs, childrenUs }) => sum + cpuUs + childrenUs, 0)
}

const keyOf = ({ pid, startedAt }: Process): string => `${pid} ${startedAt}`
