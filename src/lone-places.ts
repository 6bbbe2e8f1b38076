/** Where rooms are on the only node of a Redis: here. Nobody is asked; and what any node promises of its rooms. */
import type { Rooms } from './media/rooms.ts'
import { FreeCpu } from './nodes/free-cpu.ts'
import { VisavisError } from './protocol/index.ts'
import type { NodeLoad } from './protocol/operator.ts'
import type { RoomPlaces } from './signaling/room-places.ts'

/** A node as its operator sees it. */
export interface ShownNode {
  readonly name: string
  readonly url: string | undefined
  readonly rooms: number
  readonly participants: number
  readonly freeCpu: number
  readonly draining: boolean
  readonly silentMs: number
  /** Undefined until it has been looked at. */
  readonly load: NodeLoad | undefined
}

export interface Places extends RoomPlaces, AsyncDisposable {
  readonly nodes: () => Promise<ShownNode[]>
  /** @throws VisavisError NOT_FOUND when there is no node of this name. */
  readonly drain: (name: string, on: boolean) => Promise<ShownNode>
  readonly draining: boolean
  /** Lets every room go, so that whoever is sent away finds it placed elsewhere. */
  readonly stop: () => Promise<void>
}

export interface PlacesOptions {
  readonly rooms: Rooms
  readonly name: string
  /** How this node stands. */
  readonly load: () => NodeLoad | undefined
  /** Somebody is in a room of this node, or nobody is any more: for a node that is alone. */
  readonly onActivated: (room: string, by: string | undefined) => void
}

export const noPlace = () =>
  new VisavisError('UNAVAILABLE', 'no node takes new rooms at the moment', { retryAfterMs: 2_000 })

/** For the only node of a Redis. */
export function placesOfOne({ rooms, name, load, onActivated }: PlacesOptions): Places {
  let draining = false
  const free = new FreeCpu()
  rooms.on('activated', (room, active, by) => onActivated(room, active ? by : undefined))
  const shown = async (): Promise<ShownNode> => {
    const { rooms: open, participants } = rooms.stats()
    const freeCpu = free.measure(await rooms.usage(), performance.now())
    return { name, url: undefined, rooms: open, participants, freeCpu, draining, silentMs: 0, load: load() }
  }
  return {
    async enter(_caller, room) {
      if (draining && !rooms.isOpen(room)) throw noPlace()
    },
    find: async () => {},
    active: async (_caller, some) =>
      some.flatMap((room) => {
        const by = rooms.openedBy(room)
        return by === undefined ? [] : [{ room, by }]
      }),
    nodes: async () => [await shown()],
    async drain(asked, on) {
      if (asked !== name) throw new VisavisError('NOT_FOUND', `there is no node ${asked}`)
      draining = on
      return shown()
    },
    get draining() {
      return draining
    },
    stop: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
}
