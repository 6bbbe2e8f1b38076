/** The check of devices and network before a talk. What it finds is judged at once, and kept by the service. */
import { judge, type Measured } from '../src/protocol/check-rule.ts'
import type { CheckReport } from '../src/protocol/index.ts'
import type { CheckNetwork, CheckProgress } from './call-figures.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'

export type {
  Advice,
  CheckOutcome,
  DeviceState,
  Judged,
  Measured,
  NetworkMeasured,
  PathName,
  PathState,
  SpeakerState,
} from '../src/protocol/check-rule.ts'
export type { CheckNetwork, CheckProgress } from './call-figures.ts'
export { judge }

export interface NetworkCheckOptions {
  readonly onProgress?: (progress: CheckProgress) => void
  readonly signal?: AbortSignal
}

export class Checks {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /**
   * Makes a test call, which takes some ten seconds. Neither camera nor microphone are needed, and nothing of them is sent.
   * @throws VisavisError UNSUPPORTED when this browser has no WebRTC; CONFLICT after too many within the hour.
   */
  async measureNetwork({ onProgress = () => {}, signal }: NetworkCheckOptions = {}): Promise<CheckNetwork> {
    // Loaded on demand: it brings the library for media along.
    const { makeTestCall } = await import('./test-call.ts')
    return makeTestCall({ connection: this.#connection, onProgress, signal })
  }

  /** Hands in what was measured. @returns what follows from it. */
  async report(measured: Measured): Promise<CheckReport> {
    const { network, ...rest } = measured
    const told = { ...rest, ...(network === undefined ? {} : { network }) }
    const { report } = await this.#connection.call('check.report', { key: makeKey(), measured: told })
    return report
  }

  /** The newest report: one's own, or that of a jobseeker one follows. */
  async last(person?: string): Promise<CheckReport | undefined> {
    return (await this.#connection.call('check.last', person === undefined ? {} : { person })).report
  }
}
