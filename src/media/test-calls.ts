/** The test calls of a node: one for each person, and no more at a time than the rooms beside them bear. */
import type { types } from 'mediasoup'
import { type ResultOf, VisavisError } from '../protocol/index.ts'
import { gone } from './failures.ts'
import { TestCall } from './test-call.ts'
import type { MediaWorker } from './worker.ts'

export interface TestCallsOptions {
  /** Where a call may be made now. @throws VisavisError UNAVAILABLE. */
  readonly place: () => Promise<{ readonly worker: MediaWorker; readonly router: types.Router }>
  /** At a time on this node. */
  readonly most: number
  readonly longestMs?: number
}

/** Who makes one. */
export interface Tester {
  readonly session: string
  readonly person: string
}

/** A call takes some 15 s; this is for devices on which everything is slow. */
const defaultLongestMs = 45_000
/** After so long one of those who are testing is done. */
const retryAfterMs = 3_000

export class TestCalls implements Disposable {
  readonly #options: TestCallsOptions
  readonly #calls = new Map<string, TestCall>()
  /** Those that wait for their router: they count as well. */
  #opening = 0
  #refused = 0

  constructor(options: TestCallsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#calls.size
  }

  /** How often somebody was asked to try again. */
  get refused(): number {
    return this.#refused
  }

  /**
   * One that the same person has under way ends.
   * @throws VisavisError UNAVAILABLE while there are as many as may be.
   */
  async start({ session, person }: Tester): Promise<Omit<ResultOf<'check.start'>, 'iceServers'>> {
    const { place, most, longestMs = defaultLongestMs } = this.#options
    for (const call of [...this.#calls.values()]) if (call.person === person) call.close()
    if (this.#calls.size + this.#opening >= most) {
      this.#refused += 1
      throw new VisavisError('UNAVAILABLE', 'others are testing; try again', { retryAfterMs })
    }
    this.#opening += 1
    const placed = await place().finally(() => {
      this.#opening -= 1
    })
    const onClosed = () => void this.#calls.delete(call.id)
    const call: TestCall = new TestCall({ ...placed, session, person, longestMs, onClosed })
    this.#calls.set(call.id, call)
    return { call: call.id, longestMs, rtpCapabilities: call.rtpCapabilities }
  }

  /** @throws VisavisError GONE for one that has ended, or is another session's. */
  of(session: string, id: string): TestCall {
    const call = this.#calls.get(id)
    if (call?.session !== session) throw gone('the test call has ended')
    return call
  }

  /** Harmless when it has ended. */
  end(session: string, id: string): void {
    if (this.#calls.get(id)?.session === session) this.#calls.get(id)?.close()
  }

  /** The connection of a session is gone: what it tested cannot be told any more. */
  leave(session: string): void {
    for (const call of [...this.#calls.values()]) if (call.session === session) call.close()
  }

  [Symbol.dispose](): void {
    for (const call of [...this.#calls.values()]) call.close()
  }
}
