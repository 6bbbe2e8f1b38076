/** Which worker gets the next room. Pure. */

/** What is known of a worker: the consumers of each of its rooms. A room being opened counts as one with none yet. */
export interface Load {
  readonly rooms: readonly { readonly consumers: number }[]
}

/**
 * Consumers a new room is expected to come to: two people, each receiving audio and video. A room counts as at least
 * this many, else a burst of new rooms, all still empty, would land on one worker.
 */
export const expectedConsumers = 4

/** Consumers a worker has or is about to have. A forwarded stream is what costs it time, not a room. */
export const weigh = (load: Load): number =>
  load.rooms.reduce((sum, { consumers }) => sum + Math.max(consumers, expectedConsumers), 0)

/** The index of the least loaded worker, the first of equals; undefined when there is none. */
export function leastLoaded(loads: readonly Load[]): number | undefined {
  let best: { index: number; weight: number } | undefined
  for (const [index, load] of loads.entries()) {
    const weight = weigh(load)
    if (best === undefined || weight < best.weight) best = { index, weight }
  }
  return best?.index
}
