/** Keeps presence right over time: this node's sign of life, the end of graces, and the sessions of dead nodes. */
import type { Logger } from 'pino'
import { startLooks } from '../store/rounds.ts'
import type { Presence } from './presence.ts'

export interface WatchOptions {
  readonly presence: Presence
  readonly regions: readonly string[]
  /** The others gave this node up (it stood still, or was cut off): its connections must be made anew. */
  readonly onGivenUp: () => void
  readonly log: Logger
  readonly everyMs?: number
  /** A node that was silent for so long is dead. */
  readonly silenceMs?: number
}

/** Runs until disposed, on every node: each step is one atomic script and may be done twice. */
export function watchPresence(options: WatchOptions): AsyncDisposable {
  const { presence, regions, onGivenUp, log, everyMs = 1_000, silenceMs = 10_000 } = options
  let beaten = false
  /** Redis was away for all alike until then: nobody is dead who had no chance to say otherwise. */
  let trustFrom = performance.now() + silenceMs

  const round = async () => {
    const { givenUp, sinceMs, dead } = await presence.beat(silenceMs)
    if (givenUp && beaten) onGivenUp()
    beaten = true
    if (sinceMs > silenceMs / 2) trustFrom = performance.now() + silenceMs
    if (performance.now() >= trustFrom) {
      for (const node of dead) {
        log.warn({ node }, 'a node is dead; its sessions may be taken up elsewhere')
        await presence.bury(node, regions)
      }
    }
    for (const region of regions) await presence.expire(region)
  }
  // Begins at once: a node that never said that it lives is never missed, and its sessions would stay for good.
  return startLooks(round, { everyMs, log, failed: 'presence could not be looked at; trying again' })
}
