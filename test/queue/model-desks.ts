/** Pure: where the advisors of the model stand. */
import type { DeskState } from '../../src/protocol/callback.ts'
import type { Taker } from '../../src/queue/matching.ts'

export interface ModelAdvisor extends Taker {
  topics?: readonly string[]
  languages?: readonly string[]
  state: DeskState
  /** Of a wrap-up. */
  until?: number
}

/** How the advisors of a team work. */
export interface ModelTeam {
  readonly limit: number
  readonly wrapUpMs: number
}

const alone: ModelTeam = { limit: 1, wrapUpMs: 0 }
/** As src/queue/desks.ts has it. */
export const askEveryMs = 30_000

export class ModelDesks {
  readonly advisors: Map<string, ModelAdvisor>
  readonly teams = new Map<string, ModelTeam>()
  /** Who is connected, and who may not come back. */
  readonly here = new Set<string>()
  readonly barred = new Set<string>()
  /** When it is asked whether they are here. */
  readonly #asked = new Map<string, number>()
  /** Teams, and '' for the region. */
  readonly #paused = new Set<string>()

  constructor(advisors: readonly ModelAdvisor[]) {
    this.advisors = new Map(advisors.map((advisor) => [advisor.advisor, { ...advisor }]))
  }

  isCovered(advisor: string): boolean {
    return [...this.advisors.values()].some(({ covers = [] }) => covers.includes(advisor))
  }

  limitOf({ team = '' }: ModelAdvisor): number {
    return (this.teams.get(team) ?? alone).limit
  }

  pause(team: string, paused: boolean): void {
    if (paused) this.#paused.add(team)
    else this.#paused.delete(team)
  }

  isPaused({ team = '' }: ModelAdvisor): boolean {
    return this.#paused.has('') || this.#paused.has(team)
  }

  /** A wrap-up ends by the clock. */
  stateOf({ state, until = 0 }: ModelAdvisor, now: number): DeskState {
    return state === 'wrap-up' && until <= now ? 'ready' : state
  }

  set(advisor: string, state: DeskState, until?: number): void {
    const known = this.advisors.get(advisor)
    if (known !== undefined) Object.assign(known, { state, until })
  }

  wrapsUp(advisor: string, now: number): void {
    const known = this.advisors.get(advisor)
    const { wrapUpMs } = this.teams.get(known?.team ?? '') ?? alone
    if (known === undefined || wrapUpMs === 0 || this.stateOf(known, now) !== 'ready') return
    this.set(advisor, 'wrap-up', now + wrapUpMs)
  }

  /** Somebody did not answer. */
  missed(advisor: string, now: number): void {
    const known = this.advisors.get(advisor)
    if (known !== undefined && this.stateOf(known, now) === 'ready') this.set(advisor, 'away')
  }

  comes(advisor: string, now: number): void {
    this.here.add(advisor)
    this.#asked.set(advisor, now + askEveryMs)
    if (this.advisors.get(advisor)?.state === 'offline') this.set(advisor, 'ready')
  }

  leaves(advisor: string, now: number, graceMs: number): void {
    this.here.delete(advisor)
    this.#asked.set(advisor, now + graceMs)
  }

  /** What they are offered was taken from them: nobody asks any more. */
  released(advisor: string): void {
    this.#asked.delete(advisor)
  }

  /** Of whom it is time to ask. */
  over(now: number): string[] {
    return [...this.#asked].filter(([, at]) => at <= now).map(([advisor]) => advisor)
  }

  /** @returns whether they are gone. */
  departs(advisor: string, now: number): boolean {
    if (this.here.has(advisor) && !this.barred.has(advisor)) {
      this.#asked.set(advisor, now + askEveryMs)
      return false
    }
    this.#asked.delete(advisor)
    this.set(advisor, 'offline')
    return true
  }
}
