/** Carries out what client/continuity.ts decides: keeps its clocks, and calls whoever acts. */
import { type Act, allowedMs, beginning, type Continuity, climb, type Happening, steadyMs } from './continuity.ts'

export interface LadderOptions {
  /** Whether the servers told at the join can relay. */
  readonly hasRelay: () => boolean
  /** Whether a rung can be tried at all: without signaling its clock stands still. */
  readonly isPossible: () => boolean
  readonly act: (act: Exclude<Act, 'none'>) => void
  readonly onChange: () => void
}

/** How often a clock that stands still is looked at (ms). */
const againMs = 1_000

export class Ladder {
  readonly #options: LadderOptions
  #state: Continuity = beginning
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(options: LadderOptions) {
    this.#options = options
  }

  get state(): Continuity {
    return this.#state
  }

  happened(happening: Happening): void {
    if (this.#closed) return
    const before = this.#state
    const { state, act } = climb(before, happening, { hasRelay: this.#options.hasRelay() })
    this.#state = state
    // A clock runs on when nothing has changed: what is lost twice is not lost for longer.
    if (act !== 'none' || state.flows !== before.flows || state.rung !== before.rung) this.#setClock()
    if (act !== 'none') this.#options.act(act)
    this.#options.onChange()
  }

  /** The rung begins only now, for example because a join took long. */
  begins(): void {
    if (!this.#closed && !this.#state.flows) this.#setClock()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #setClock(waitMs?: number): void {
    clearTimeout(this.#timer)
    const { rung, flows } = this.#state
    if (rung === 'steady') return
    const due = () => {
      if (flows) this.happened('steady')
      else if (this.#options.isPossible()) this.happened('late')
      else this.#setClock(againMs)
    }
    this.#timer = setTimeout(due, waitMs ?? (flows ? steadyMs : allowedMs[rung]))
  }
}
