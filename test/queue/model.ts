/**
 * Pure: what a callback queue should do, in the plainest way: a list that is searched from end to end, the table of
 * src/queue/callback.ts, and tokens. The clock is an argument. Every act gives the state the callback has then, or the code
 * of the error.
 */
import type { RegionSettings } from '../../src/protocol/callback-settings.ts'
import type { CallbackState, ErrorCode } from '../../src/protocol/index.ts'
import { isOpen, mayMove } from '../../src/queue/callback.ts'
import { lineOf, scopesOf, type Taker, teamKey } from '../../src/queue/matching.ts'

export interface ModelCallback {
  readonly id: string
  readonly jobseeker: string
  advisor: string
  team: string | undefined
  readonly topic: string
  readonly requestedAt: number
  state: CallbackState
  readyAt: number
  priority: number
  /** From when on the cover, the team and the region may take it. */
  at: readonly [cover: number, team: number, region: number]
  token: number
  leasedTo: string | undefined
  holder: string | undefined
  /** Whether the lease of the newest offer is over. */
  lapsed: boolean
  declined: Set<string>
  attempts: string[]
  missedOffers: number
  steps: number
}

export interface ModelAdvisor extends Taker {
  topics?: readonly string[]
  state: 'ready' | 'busy' | 'away'
}

const idle: Pick<ModelCallback, 'state' | 'priority' | 'token' | 'lapsed' | 'missedOffers' | 'steps'> = {
  state: 'waiting',
  priority: 0,
  token: 0,
  lapsed: false,
  missedOffers: 0,
  steps: 1,
}

export class Model {
  readonly callbacks: ModelCallback[] = []
  readonly settings: RegionSettings
  readonly advisors: Map<string, ModelAdvisor>
  paused = false

  constructor(settings: RegionSettings, advisors: readonly ModelAdvisor[]) {
    this.settings = settings
    this.advisors = new Map(advisors.map((advisor) => [advisor.advisor, { ...advisor }]))
  }

  openOf(jobseeker: string, topic: string): ModelCallback | undefined {
    return this.callbacks.find((one) => one.jobseeker === jobseeker && one.topic === topic && isOpen(one.state))
  }

  requested(
    made: Pick<ModelCallback, 'id' | 'jobseeker' | 'advisor' | 'topic' | 'requestedAt' | 'readyAt'> & {
      readonly team?: string | undefined
    },
  ): ModelCallback {
    const { ownWaitMs, teamWaitMs } = this.settings
    const cover = made.readyAt + ownWaitMs
    const team = cover + this.#coverWaitMs(made.advisor)
    const region = made.team === undefined ? team : team + teamWaitMs
    const callback: ModelCallback = {
      ...idle,
      ...made,
      team: made.team,
      at: [cover, team, region],
      leasedTo: undefined,
      holder: undefined,
      declined: new Set(),
      attempts: [],
    }
    if (callback.readyAt > callback.requestedAt) callback.state = 'scheduled'
    this.callbacks.push(callback)
    return callback
  }

  /** Open ones of an advisor's queue, the oldest first. */
  queueOf(advisor: string): ModelCallback[] {
    return this.callbacks
      .filter((callback) => callback.advisor === advisor && isOpen(callback.state))
      .sort((a, b) => a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : 1))
  }

  heldBy(advisor: string): ModelCallback[] {
    return this.callbacks.filter(({ holder }) => holder === advisor)
  }

  /** The lines in which it stands at a moment. */
  linesOf({ advisor, team, at }: ModelCallback, now: number): string[] {
    const lines = [lineOf.own(advisor), lineOf.cover(advisor), lineOf.team(teamKey(team)), lineOf.region('')]
    return lines.slice(0, 1 + at.filter((time) => time <= now).length)
  }

  /** Whether an advisor may take it: the step includes them, their skills fit, and they have not declined it. */
  isEligible(advisor: ModelAdvisor, callback: ModelCallback, now: number): boolean {
    if (callback.state !== 'waiting' || callback.declined.has(advisor.advisor)) return false
    if (advisor.topics !== undefined && !advisor.topics.includes(callback.topic)) return false
    return this.#headStart(advisor, callback, now) !== undefined
  }

  isFree(advisor: ModelAdvisor): boolean {
    return advisor.state === 'ready' && this.heldBy(advisor.advisor).length === 0 && !this.paused
  }

  /** The one that comes first for an advisor. */
  first(advisor: ModelAdvisor, now: number): ModelCallback | undefined {
    const rank = (callback: ModelCallback) => this.#place(callback) - (this.#headStart(advisor, callback, now) ?? 0)
    return this.callbacks
      .filter((callback) => this.isEligible(advisor, callback, now))
      .sort((a, b) => rank(a) - rank(b) || this.#tie(advisor, a, now).localeCompare(this.#tie(advisor, b, now)))[0]
  }

  offer(id: string, now: number, { lapsed = false } = {}): ModelCallback | undefined {
    const advisor = this.advisors.get(id)
    const first = advisor !== undefined && this.isFree(advisor) ? this.first(advisor, now) : undefined
    if (first === undefined) return undefined
    this.#move(first, 'offered')
    first.token += 1
    first.lapsed = lapsed
    first.holder = id
    first.leasedTo = id
    return first
  }

  pick(id: string, callback: ModelCallback, now: number): CallbackState | ErrorCode {
    const advisor = this.advisors.get(id)
    if (callback.state !== 'waiting') return 'CONFLICT'
    if (advisor === undefined || this.#headStart(advisor, callback, now) === undefined) return 'NOT_FOUND'
    if (this.heldBy(id).length > 0) return 'CONFLICT'
    callback.token += 1
    callback.lapsed = true
    callback.holder = id
    callback.leasedTo = id
    return this.#move(callback, 'active')
  }

  accept(advisor: string, callback: ModelCallback, token: number): CallbackState | ErrorCode {
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state === 'active') return 'active'
    if (!mayMove(callback.state, 'active')) return 'CONFLICT'
    return callback.lapsed ? 'GONE' : this.#move(callback, 'active')
  }

  decline(advisor: string, callback: ModelCallback, token: number): CallbackState | ErrorCode {
    const mine = token === callback.token && callback.leasedTo === advisor
    if (mine && callback.declined.has(advisor)) return callback.state
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state !== 'offered') return 'CONFLICT'
    if (callback.lapsed) return 'GONE'
    callback.declined.add(advisor)
    callback.holder = undefined
    return this.#move(callback, 'waiting')
  }

  /** Nobody answered: it is tried again much later, or given up. */
  attemptInVain(advisor: string, callback: ModelCallback, token: number): CallbackState | ErrorCode {
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state !== 'active') return 'CONFLICT'
    callback.attempts.push('no-answer')
    callback.holder = undefined
    callback.declined.clear()
    return this.#move(callback, callback.attempts.length >= this.settings.attempts ? 'unreachable' : 'scheduled')
  }

  complete(advisor: string, callback: ModelCallback, token: number): CallbackState | ErrorCode {
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state === 'done') return 'done'
    if (!mayMove(callback.state, 'done')) return 'CONFLICT'
    callback.holder = undefined
    callback.attempts.push('reached')
    return this.#move(callback, 'done')
  }

  cancel(jobseeker: string, callback: ModelCallback): CallbackState | ErrorCode {
    if (callback.jobseeker !== jobseeker) return 'NOT_FOUND'
    if (callback.state === 'cancelled') return 'cancelled'
    if (!mayMove(callback.state, 'cancelled')) return 'CONFLICT'
    callback.holder = undefined
    callback.declined.clear()
    return this.#move(callback, 'cancelled')
  }

  /** As soon as possible, which is at a moment that Redis told. */
  reschedule(jobseeker: string, callback: ModelCallback, readyAt: number): CallbackState | ErrorCode {
    if (callback.jobseeker !== jobseeker) return 'NOT_FOUND'
    if (!isOpen(callback.state)) return 'CONFLICT'
    callback.holder = undefined
    callback.declined.clear()
    callback.readyAt = readyAt
    const { ownWaitMs, teamWaitMs } = this.settings
    const cover = readyAt + ownWaitMs
    const team = cover + this.#coverWaitMs(callback.advisor)
    callback.at = [cover, team, callback.team === undefined ? team : team + teamWaitMs]
    return this.#move(callback, 'waiting')
  }

  raise(callback: ModelCallback, priority: number): CallbackState | ErrorCode {
    if (!isOpen(callback.state)) return 'CONFLICT'
    if (callback.priority === priority) return callback.state
    callback.priority = priority
    callback.steps += 1
    return callback.state
  }

  release(advisor: string): number {
    const held = this.heldBy(advisor).filter(({ state }) => state === 'offered')
    for (const callback of held) this.#giveBack(callback)
    return held.length
  }

  sweep(): number {
    const over = this.callbacks.filter(({ state, lapsed }) => state === 'offered' && lapsed)
    for (const callback of over) {
      const advisor = this.advisors.get(callback.holder ?? '')
      if (advisor?.state === 'ready') advisor.state = 'away'
      callback.missedOffers += 1
      this.#giveBack(callback)
    }
    return over.length
  }

  #giveBack(callback: ModelCallback): void {
    callback.holder = undefined
    this.#move(callback, 'waiting')
  }

  #place({ readyAt, priority }: ModelCallback): number {
    return readyAt - priority * this.settings.priorityMs
  }

  #coverWaitMs(advisor: string): number {
    const covered = [...this.advisors.values()].some(({ covers = [] }) => covers.includes(advisor))
    return covered ? this.settings.coverWaitMs : 0
  }

  /** By the first line in which both are; undefined when there is none. */
  #headStart(advisor: ModelAdvisor, callback: ModelCallback, now: number): number | undefined {
    const lines = this.linesOf(callback, now)
    const starts = scopesOf(advisor, this.settings).filter(({ line }) => lines.includes(line))
    return starts.length === 0 ? undefined : Math.max(...starts.map(({ headStartMs }) => headStartMs))
  }

  /** Of two with the same rank: the order of the lines by which they have it, of topics and of ids. */
  #tie(advisor: ModelAdvisor, callback: ModelCallback, now: number): string {
    const lines = this.linesOf(callback, now)
    const most = this.#headStart(advisor, callback, now)
    const scope = scopesOf(advisor, this.settings).findIndex(
      ({ line, headStartMs }) => lines.includes(line) && headStartMs === most,
    )
    return `${scope} ${callback.topic} ${String(this.#place(callback)).padStart(15, '0')} ${callback.id}`
  }

  #refused(advisor: string, callback: ModelCallback, token: number): ErrorCode | undefined {
    if (token !== callback.token || callback.leasedTo !== advisor) return 'GONE'
    return callback.state === 'waiting' || callback.state === 'scheduled' ? 'GONE' : undefined
  }

  #move(callback: ModelCallback, to: CallbackState): CallbackState {
    if (!mayMove(callback.state, to)) throw new Error(`the model itself moved from ${callback.state} to ${to}`)
    callback.state = to
    callback.steps += 1
    return to
  }
}
