/** *Pure.* How much time media workers have left, from what they have used so far. */

export interface Usage {
  readonly pid: number
  readonly cpuSeconds: number
}

export class FreeCpu {
  #before: { readonly at: number; readonly used: ReadonlyMap<number, number> } | undefined
  #free = 0

  /**
   * @param at when it was asked (ms).
   * @returns cores left since the time before; a worker that was not there then counts as idle.
   */
  measure(usage: readonly Usage[], at: number): number {
    const before = this.#before
    const seconds = before === undefined ? 0 : (at - before.at) / 1_000
    // Asked twice at once: the span is too short to say anything.
    if (before !== undefined && seconds < 0.1) return this.#free
    const busy = usage.map(({ pid, cpuSeconds }) => {
      const was = before?.used.get(pid)
      return was === undefined || seconds === 0 ? 0 : Math.min(1, Math.max(0, (cpuSeconds - was) / seconds))
    })
    this.#before = { at, used: new Map(usage.map(({ pid, cpuSeconds }) => [pid, cpuSeconds])) }
    this.#free = busy.reduce((sum, share) => sum + 1 - share, 0)
    return this.#free
  }
}
