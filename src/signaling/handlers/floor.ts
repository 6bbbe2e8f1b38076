import type { Rooms } from '../../media/rooms.ts'
import { VisavisError } from '../../protocol/index.ts'
import type { Caller, Handlers, MethodsOf } from '../handlers.ts'
import type { RoomPlaces } from '../room-places.ts'
import type { WorkshopRooms } from '../workshop-rooms.ts'

export interface FloorHandlersOptions {
  readonly rooms: Rooms
  readonly places: RoomPlaces
  readonly workshopRooms: WorkshopRooms
}

export function floorHandlers({ rooms, places, workshopRooms }: FloorHandlersOptions): Handlers<MethodsOf<'floor'>> {
  /** Being a participant is the permission to ask; who may do what is decided by seat. @throws GONE, ELSEWHERE. */
  const requireIn = async (caller: Caller, room: string) => {
    if (!rooms.has(room, caller.id)) await places.find(caller, room)
    rooms.participant(room, caller.id)
  }
  const requireHost = async (caller: Caller, room: string) => {
    await requireIn(caller, room)
    if (!workshopRooms.hosts(caller, room))
      throw new VisavisError('FORBIDDEN', 'that is for whoever hosts the workshop')
  }
  /** One's own seat; of another only the host says what becomes. @throws VisavisError FORBIDDEN. */
  const requireSeat = async (caller: Caller, room: string, seat: string | undefined) => {
    await requireIn(caller, room)
    if (workshopRooms.hosts(caller, room)) return seat
    const own = workshopRooms.seatOf(caller, room)
    if (seat !== undefined && seat !== own)
      throw new VisavisError('FORBIDDEN', 'that is for whoever hosts the workshop')
    return own
  }

  return {
    async 'floor.state'(caller, { room }) {
      await requireIn(caller, room)
      return { floor: workshopRooms.view(caller, room) }
    },
    async 'floor.raise'(caller, { room, key }) {
      await requireIn(caller, room)
      const seat = workshopRooms.seatOf(caller, room)
      return { floor: await workshopRooms.act(caller, room, { type: 'raise', seat }, key) }
    },
    async 'floor.lower'(caller, { room, key, seat: asked }) {
      const seat = await requireSeat(caller, room, asked)
      const act = seat === undefined ? ({ type: 'lowerAll' } as const) : ({ type: 'lower', seat } as const)
      return { floor: await workshopRooms.act(caller, room, act, key) }
    },
    async 'floor.give'(caller, { room, key, seat }) {
      await requireHost(caller, room)
      return { floor: await workshopRooms.act(caller, room, { type: 'give', seat }, key) }
    },
    async 'floor.take'(caller, { room, key, seat }) {
      await requireSeat(caller, room, seat)
      return { floor: await workshopRooms.act(caller, room, { type: 'take', seat }, key) }
    },
    async 'floor.mute'(caller, { room, key, seat }) {
      await requireHost(caller, room)
      return { floor: await workshopRooms.mute(caller, room, seat, key) }
    },
  }
}
