/** All that one measurement came to: what the report, the certificate and the terminal show. */
import type { Machine } from '../machine.ts'
import type { Demand } from './demand.ts'
import type { Measurement } from './measure.ts'
import type { CapacityOptions } from './options.ts'
import type { Verdict } from './verdict.ts'

export interface Findings {
  readonly options: CapacityOptions
  readonly demand: Demand
  readonly measurement: Measurement
  readonly verdict: Verdict
  readonly about: {
    readonly commit: string
    /** Of the product. */
    readonly version: string
    /** That looked; undefined: none did. */
    readonly browser: string | undefined
    readonly machine: Machine
    /** Of the machine that measured, with its name. */
    readonly fingerprint: string
    readonly minutes: number
    /** ms since the epoch. */
    readonly at: number
  }
}
