/** A line of a probe's log: how the service was for some seconds or minutes. Lines are chained like the entries of a record. *Pure.* */
import { canonical, digestOf } from '../protocol/canonical.ts'

export type Check = 'http' | 'websocket' | 'redis' | 'worker'

export interface Line {
  readonly n: number
  /** Hash of the line before; of the first one 64 zeros. */
  readonly prev: string
  readonly probe: string
  readonly target: string
  /** All checks between these moments (ms) came out alike. */
  readonly from: number
  readonly until: number
  readonly checks: number
  /** Empty: everything was well. */
  readonly failed: readonly Check[]
}

/** Where a log stands. */
export interface End {
  readonly n: number
  readonly hash: string
}

export const noLines: End = { n: 0, hash: '0'.repeat(64) }

export const hashOf = (line: Line): string => digestOf(canonical(line))

export const lineAfter = (end: End, line: Omit<Line, 'n' | 'prev'>): Line => ({ ...line, n: end.n + 1, prev: end.hash })

/** @returns undefined for what is no line: a torn one, when the probe was killed while it wrote. */
export function parseLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<Line> | null
    const isLine =
      [line?.n, line?.from, line?.until, line?.checks].every(Number.isSafeInteger) &&
      [line?.prev, line?.probe, line?.target].every((field) => typeof field === 'string') &&
      Array.isArray(line?.failed)
    return isLine ? (line as Line) : undefined
  } catch {
    return undefined
  }
}
