/**
 * Pure: what a callback queue should do, in the plainest way: a list, the table of src/queue/callback.ts, and tokens.
 * Every act gives the state the callback has then, or the code of the error.
 */
import type { CallbackState, ErrorCode } from '../../src/protocol/index.ts'
import { mayMove } from '../../src/queue/callback.ts'

export interface ModelCallback {
  readonly id: string
  readonly jobseeker: string
  readonly advisor: string
  readonly requestedAt: number
  state: CallbackState
  token: number
  /** Whether the lease of the newest offer is over. */
  lapsed: boolean
  missedOffers: number
  steps: number
}

export class Model {
  readonly callbacks: ModelCallback[] = []

  openOf(jobseeker: string): ModelCallback | undefined {
    return this.callbacks.find((callback) => callback.jobseeker === jobseeker && mayMove(callback.state, 'cancelled'))
  }

  requested(made: Pick<ModelCallback, 'id' | 'jobseeker' | 'advisor' | 'requestedAt'>): void {
    this.callbacks.push({ ...made, state: 'waiting', token: 0, lapsed: false, missedOffers: 0, steps: 1 })
  }

  /** Open ones of an advisor, in the order in which they are offered. */
  queueOf(advisor: string): ModelCallback[] {
    return this.callbacks
      .filter((callback) => callback.advisor === advisor && mayMove(callback.state, 'cancelled'))
      .sort((a, b) => a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : 1))
  }

  offer(advisor: string, { lapsed }: { lapsed: boolean }): ModelCallback | undefined {
    const queue = this.queueOf(advisor)
    if (queue.some(({ state }) => state !== 'waiting')) return undefined
    const [first] = queue
    if (first === undefined) return undefined
    this.#move(first, 'offered')
    first.token += 1
    first.lapsed = lapsed
    return first
  }

  accept(advisor: string, callback: ModelCallback, token: number): CallbackState | ErrorCode {
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state === 'active') return 'active'
    if (!mayMove(callback.state, 'active')) return 'CONFLICT'
    return callback.lapsed ? 'GONE' : this.#move(callback, 'active')
  }

  complete(advisor: string, callback: ModelCallback, token: number): CallbackState | ErrorCode {
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state === 'done') return 'done'
    return mayMove(callback.state, 'done') ? this.#move(callback, 'done') : 'CONFLICT'
  }

  cancel(jobseeker: string, callback: ModelCallback): CallbackState | ErrorCode {
    if (callback.jobseeker !== jobseeker) return 'NOT_FOUND'
    if (callback.state === 'cancelled') return 'cancelled'
    return mayMove(callback.state, 'cancelled') ? this.#move(callback, 'cancelled') : 'CONFLICT'
  }

  release(advisor: string): number {
    const held = this.queueOf(advisor).filter(({ state }) => state === 'offered')
    for (const callback of held) this.#move(callback, 'waiting')
    return held.length
  }

  sweep(): number {
    const over = this.callbacks.filter(({ state, lapsed }) => state === 'offered' && lapsed)
    for (const callback of over) {
      this.#move(callback, 'waiting')
      callback.missedOffers += 1
    }
    return over.length
  }

  #refused(advisor: string, callback: ModelCallback, token: number): ErrorCode | undefined {
    if (callback.advisor !== advisor) return 'NOT_FOUND'
    return token !== callback.token || callback.state === 'waiting' ? 'GONE' : undefined
  }

  #move(callback: ModelCallback, to: CallbackState): CallbackState {
    if (!mayMove(callback.state, to)) throw new Error(`the model itself moved from ${callback.state} to ${to}`)
    callback.state = to
    callback.steps += 1
    return to
  }
}
