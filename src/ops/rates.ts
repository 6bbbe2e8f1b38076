/** *Pure.* How fast counters rise between two looks at them. */

export class Rates {
  #before: { readonly at: number; readonly counts: ReadonlyMap<string, number> } | undefined

  /**
   * @param counts as they stand, by name. @param at when (ms).
   * @returns a second, since the look before; nothing of a counter that was not there then. One that began anew has risen from 0.
   */
  look(counts: ReadonlyMap<string, number>, at: number): ReadonlyMap<string, number> {
    const before = this.#before
    this.#before = { at, counts }
    const seconds = before === undefined ? 0 : (at - before.at) / 1_000
    if (before === undefined || seconds <= 0) return new Map()
    return new Map(
      [...counts].flatMap(([name, now]) => {
        const was = before.counts.get(name)
        return was === undefined ? [] : [[name, (now < was ? now : now - was) / seconds] as const]
      }),
    )
  }
}
