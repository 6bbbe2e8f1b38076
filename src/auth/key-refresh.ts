/** When the issuer's keys are fetched again. Pure: times are arguments, in ms of any one clock. */

export interface RefreshRules {
  /** Keys older than this are fetched again before they are used: how long a withdrawn key may still be accepted. */
  readonly refreshMs: number
  /** While the issuer is away: how old keys may become and still be used. */
  readonly maxStaleMs: number
  /** Between the starts of two fetches, whatever tokens arrive, so that nobody can make us hammer the issuer. */
  readonly cooldownMs: number
}

export interface RefreshState {
  /** Start of the last fetch that succeeded. */
  readonly fetchedAt: number | undefined
  /** Start of the last fetch. */
  readonly triedAt: number | undefined
  /** The last fetch failed. */
  readonly failing: boolean
}

/**
 * | step | the caller |
 * | --- | --- |
 * | `use` | goes on with the keys at hand |
 * | `use-and-refresh` | goes on, and fetches behind |
 * | `refresh` | fetches, then looks again |
 * | `wait` | waits `ms`, fetches, then looks again |
 * | `away` | gives up; it may be tried again in `ms` |
 */
export type Step =
  | { readonly do: 'use' | 'use-and-refresh' | 'refresh' }
  | { readonly do: 'wait' | 'away'; readonly ms: number }

/** From this share of `refreshMs` on, keys are fetched behind, so that in a busy hour nobody waits for them. */
const earlyShare = 0.8

/** @param known whether the key that a token names is among the keys at hand. */
export function nextStep(known: boolean, now: number, state: RefreshState, rules: RefreshRules): Step {
  const { fetchedAt, triedAt, failing } = state
  const ageMs = fetchedAt === undefined ? Number.POSITIVE_INFINITY : now - fetchedAt
  const pauseMs = triedAt === undefined ? 0 : Math.max(0, triedAt + rules.cooldownMs - now)
  if (known && ageMs < rules.refreshMs * earlyShare) return { do: 'use' }
  // In an outage nobody waits for an issuer that does not answer.
  if (known && (ageMs < rules.refreshMs || (failing && ageMs < rules.maxStaleMs))) {
    return { do: pauseMs === 0 ? 'use-and-refresh' : 'use' }
  }
  if (pauseMs === 0) return { do: 'refresh' }
  return failing ? { do: 'away', ms: pauseMs } : { do: 'wait', ms: pauseMs }
}
