/** *Pure.* Which node gets a room that nobody holds. */

export interface NodeLoad {
  readonly node: string
  /** It takes no new rooms. */
  readonly draining: boolean
  /** Time its workers have left, in cores, as it said itself. */
  readonly freeCpu: number
  readonly rooms: number
  /** Rooms that were given to it since it said that: what they cost does not show yet. */
  readonly promised: number
}

/** What a talk of two takes of a core (measured: about 130 of them fill one). */
export const cpuPerRoom = 1 / 130

/**
 * A node keeps what it is asked for unless another has this much more time left (cores): everybody who is sent elsewhere
 * opens a second connection, and figures this close are noise.
 */
export const worthMoving = 0.2

/** Time a node will have left when what was given to it has begun. */
export const expectedFree = ({ freeCpu, promised }: NodeLoad): number => freeCpu - promised * cpuPerRoom

/** @param self the node that is asked. @returns undefined when none takes new rooms. */
export function chooseNode(loads: readonly NodeLoad[], self: string): string | undefined {
  const open = loads.filter(({ draining }) => !draining)
  const best = open.toSorted(byRoomLeft)[0]
  const own = open.find(({ node }) => node === self)
  if (best === undefined || own === undefined) return best?.node
  return expectedFree(best) - expectedFree(own) > worthMoving ? best.node : self
}

/** Of equals the one with fewer rooms; the name decides between the rest, so that all nodes choose alike. */
const byRoomLeft = (a: NodeLoad, b: NodeLoad): number =>
  expectedFree(b) - expectedFree(a) || a.rooms + a.promised - b.rooms - b.promised || (a.node < b.node ? -1 : 1)
