/** What other programs on the machine took while a benchmark ran: with much of it, its figures are theirs. */
import { readFileSync } from 'node:fs'
import { CpuOwners, type Owned } from './cpu-owners.ts'

/** Clock ticks of /proc are 10 ms on every Linux. */
const usPerTick = 10_000
/** Of one core: below it a neighbour hardly matters. */
const worthTelling = 0.15
const mostNames = 3
const everyMs = 500

/** One for all of this process: whatever was started for an earlier run is ours still. */
const owners = new CpuOwners()

/** Since some time ago: only the difference of two says something. */
export interface MachineUse {
  /** CPU time that somebody used, µs, as the machine counts it: by whom it finds at work at each tick of its clock. */
  readonly busyUs: number
  /** That the host has taken away: we did not have it. */
  readonly stolenUs: number
  readonly owned: Owned
}

export function useOfMachine(): MachineUse {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? []
  return {
    busyUs: (user + nice + system + irq + softirq + steal) * usPerTick,
    stolenUs: steal * usPerTick,
    owned: owners.look(),
  }
}

export interface Shares {
  readonly busyUs: number
  /** Of programs that are no part of this, and what the host took away. */
  readonly othersUs: number
  /** Of the kernel's own threads: they write files and send packets for whoever asked. */
  readonly kernelUs: number
  /** Of no process that is to be seen: interrupts, and what the two ways to count differ by. */
  readonly nobodysUs: number
  /** Those that took most, the first first. */
  readonly names: readonly (readonly [string, number])[]
}

/**
 * *Pure.* Where all of the machine is to be seen, others are the programs that are seen there. What the machine counts is no measure of
 * them: kernel threads and interrupts work for the load as well. From within a container neighbours are to be seen in that alone.
 */
export function sharesBetween(before: MachineUse, now: MachineUse): Shares {
  const names = [...now.owned.others]
    .map(([name, us]) => [name, us - (before.owned.others.get(name) ?? 0)] as const)
    .filter(([, us]) => us > 0)
    .toSorted(([, a], [, b]) => b - a)
  const busyUs = now.busyUs - before.busyUs
  const kernelUs = now.owned.kernelUs - before.owned.kernelUs
  const ownUs = now.owned.ownUs - before.owned.ownUs
  const seenUs = names.reduce((sum, [, us]) => sum + us, 0) + now.stolenUs - before.stolenUs
  const restUs = Math.max(0, busyUs - ownUs - kernelUs)
  const othersUs = now.owned.isWhole ? seenUs : restUs
  return { busyUs, kernelUs, othersUs, nobodysUs: Math.max(0, restUs - othersUs), names }
}

/** Begins to watch. @returns what to say at the end, when there is something. */
export async function watchNeighbours(): Promise<() => Promise<string[]>> {
  const [before, startedAt] = [useOfMachine(), performance.now()]
  const timer = setInterval(() => owners.look(), everyMs).unref()
  return async () => {
    clearInterval(timer)
    return neighboursSaid(sharesBetween(before, useOfMachine()), (performance.now() - startedAt) * 1_000)
  }
}

/** *Pure.* For people. */
export function neighboursSaid({ othersUs, nobodysUs, names }: Shares, us: number): string[] {
  const who = names
    .slice(0, mostNames)
    .filter(([, used]) => used / us >= 0.01)
    .map(([name, used]) => `${name} ${(used / us).toFixed(2)}`)
  const [others, nobodys] = [othersUs / us, nobodysUs / us]
  return [
    ...(others < worthTelling
      ? []
      : [
          `other programs used ${others.toFixed(1)} of a core meanwhile${who.length === 0 ? '' : ` (${who.join(', ')})`}: measure again on a machine that is idle`,
        ]),
    ...(nobodys < worthTelling
      ? []
      : [`${nobodys.toFixed(1)} of a core was used that no process owns up to: interrupts, or how the kernel counts`]),
  ]
}
