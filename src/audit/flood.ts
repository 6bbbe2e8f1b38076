/**
 * How many refusals of one source are recorded, so that nobody can fill the log by being refused. Pure: time is an argument.
 * What is not recorded is counted, and told with the source's next entry.
 */

/** Refusals recorded at once, and regained per second. */
const burst = 50
const perSecond = 1
/** Sources looked at apart from each other; more share one budget. */
const mostSources = 10_000

interface Source {
  left: number
  at: number
  unrecorded: number
}

export class Flood {
  readonly #sources = new Map<string, Source>()

  /** @returns how many refusals of this source went unrecorded before this one, or undefined when this one must, too. */
  admit(source: string, now: number): number | undefined {
    const known = this.#find(source, now)
    known.left = Math.min(burst, known.left + ((now - known.at) / 1_000) * perSecond)
    known.at = now
    if (known.left < 1) {
      known.unrecorded += 1
      return undefined
    }
    known.left -= 1
    const { unrecorded } = known
    known.unrecorded = 0
    return unrecorded
  }

  #find(source: string, now: number): Source {
    const known = this.#sources.get(source)
    if (known !== undefined) return known
    if (this.#sources.size >= mostSources) this.#forget(now)
    const name = this.#sources.size >= mostSources ? '' : source
    const shared = this.#sources.get(name)
    if (shared !== undefined) return shared
    const made = { left: burst, at: now, unrecorded: 0 }
    this.#sources.set(name, made)
    return made
  }

  /** Those whose budget is whole again and who have nothing to tell. */
  #forget(now: number): void {
    for (const [source, { at, unrecorded }] of this.#sources)
      if (unrecorded === 0 && now - at > (burst / perSecond) * 1_000) this.#sources.delete(source)
  }
}
