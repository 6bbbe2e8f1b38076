/** The two ways to make load. Which one a figure comes from is said beside it. */
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Open loop: act number n is due n / `perSecond` seconds after the start, whether or not earlier ones are done; it is
 * told when it was due, so that a stall here or at the server counts as latency instead of thinning the load.
 */
export async function openLoop(perSecond: number, seconds: number, act: (n: number, dueAt: number) => void) {
  const startedAt = performance.now()
  const total = Math.round(perSecond * seconds)
  for (let n = 0; n < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1_000) + 1)
    for (; n < due; n += 1) act(n, startedAt + (n * 1_000) / perSecond)
    await delay(1)
  }
}

/** Closed loop: each lane acts again as soon as it is done, so the slower side sets the pace. */
export async function closedLoop(lanes: readonly (() => Promise<void>)[], seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000
  await Promise.all(
    lanes.map(async (act) => {
      while (performance.now() < end) await act()
    }),
  )
}
