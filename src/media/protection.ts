/**
 * *Pure.* When pictures give way so that the sound gets through, and when they may come back.
 *
 * | state  | what is sent           | enters                       | leaves                                             |
 * |--------|------------------------|------------------------------|----------------------------------------------------|
 * | open   | everything             | the beginning, a good trial  | strained for `strainMs` → held                     |
 * | held   | the sound alone        | a strained line              | its wait is over and nothing is lost → trying      |
 * | trying | the smallest picture   | after a wait                 | strained → held, for longer; `trialMs` over → open |
 *
 * A line that carries no pictures does not tell how much it could carry, so coming back is a trial. Each trial in vain
 * doubles the wait for the next one, so that a person on a poor line sees a picture come and go ever more rarely.
 */

/** What a look at the line has shown. */
export interface Strain {
  /** Less than the sound and the smallest picture need is estimated to get through. Means nothing while held. */
  readonly starved: boolean
  /** So much is lost that the sound suffers. */
  readonly lossy: boolean
}

export interface Protection {
  readonly state: 'open' | 'held' | 'trying'
  /** Since when (ms), without a break; undefined while all is well. */
  readonly strainedSince: number | undefined
  /** When the state was entered (ms). */
  readonly since: number
  /** Holds since the line was last good for long. */
  readonly holds: number
}

/** A dip that is over within this time is left to mediasoup, which sends smaller layers meanwhile. */
export const strainMs = 2_500
/** How long a trial is. */
export const trialMs = 8_000
const wait = { firstMs: 8_000, longestMs: 60_000 }
/** Open for so long: the next hold is a first one again. */
export const steadyMs = 60_000

export const waitMs = (holds: number): number => Math.min(wait.longestMs, wait.firstMs * 2 ** Math.max(0, holds - 1))

export const unprotected = (now: number): Protection => ({
  state: 'open',
  strainedSince: undefined,
  since: now,
  holds: 0,
})

export function protect(before: Protection, { starved, lossy }: Strain, now: number): Protection {
  const strained = lossy || (starved && before.state !== 'held')
  const strainedSince = strained ? (before.strainedSince ?? now) : undefined
  const is = { ...before, strainedSince }
  const enter = (state: Protection['state'], holds = before.holds): Protection => ({
    ...{ state, holds, since: now, strainedSince: undefined },
  })
  const lasted = now - before.since
  if (before.state === 'held') return !strained && lasted >= waitMs(before.holds) ? enter('trying') : is
  const steady = before.state === 'open' && lasted >= steadyMs
  const hold = () => enter('held', (steady ? 0 : before.holds) + 1)
  // The estimate of a line that was idle needs a while to grow: only what is lost ends a trial early.
  const judged = before.state === 'open' || lossy || lasted >= trialMs
  if (strainedSince !== undefined && now - strainedSince >= strainMs && judged) return hold()
  if (before.state === 'trying' && lasted >= trialMs && !strained) return enter('open')
  return is
}

/** Bits per second: the sound takes about 45 000 with its headers, the smallest picture 75 000 at the least. */
const leastBitrate = 120_000
/** Opus repairs single losses from the next packet; beyond this the repairs are lost as well. */
const mostLoss = 0.2

/** @param availableBps undefined while nobody knows. */
export const strainOf = (availableBps: number | undefined, loss: number): Strain => ({
  starved: availableBps !== undefined && availableBps < leastBitrate,
  lossy: loss >= mostLoss,
})
