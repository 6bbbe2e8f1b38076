/** Who may enter which room. */
import { isSyntheticRoom } from '../auth/grants.ts'
import type { Lobby } from '../lobby/lobby.ts'
import { isWorkshopRoom, VisavisError } from '../protocol/index.ts'
import type { Caller } from './handlers.ts'
import type { RoomGuests } from './room-guests.ts'
import type { Shown, WorkshopRooms } from './workshop-rooms.ts'

export interface RoomEntryOptions {
  readonly lobby: Lobby
  /** Advisors who call a jobseeker back who is not theirs. */
  readonly guests: RoomGuests
  readonly workshopRooms: WorkshopRooms
  /** `kept`: jobseekers enter once they are admitted. Third persons always do. */
  readonly lobbies: 'open' | 'kept'
  /** Whether operators may open synthetic rooms on this node. */
  readonly synthetic: boolean
}

export interface RoomEntry {
  /**
   * @returns what the others are told of them, if it is not who they are.
   * @throws VisavisError FORBIDDEN; with `reason: 'not-admitted'` for somebody who has to wait. CONFLICT for a workshop that
   * has not begun, or is over.
   */
  require(caller: Caller, room: string): Promise<Shown | undefined>
  /** They enter it on another node, which keeps an eye on them from now on. */
  goesElsewhere(caller: Caller, room: string): void
}

export function createRoomEntry(options: RoomEntryOptions): RoomEntry {
  const { lobby, guests, workshopRooms, lobbies, synthetic } = options
  const requireAdmission = async ({ identity: { region, person } }: Caller, room: string) => {
    const visit = await lobby.visit(region, { room, person })
    if (visit?.state === 'admitted') return undefined
    throw new VisavisError('FORBIDDEN', 'the advisor has not admitted this person', {
      details: { reason: 'not-admitted' },
    })
  }
  return {
    async require(caller, room) {
      const { role } = caller.identity
      if (role === 'guest') return requireAdmission(caller, room)
      if (role === 'operator') {
        if (!isSyntheticRoom(room)) throw new VisavisError('FORBIDDEN', 'an operator enters synthetic rooms only')
        if (!synthetic) throw new VisavisError('FORBIDDEN', 'synthetic participants are switched off on this node')
        return undefined
      }
      if (isWorkshopRoom(room)) return workshopRooms.admit(caller, room)
      if (role === 'advisor' && !caller.conversations.has(room)) {
        if (await guests.enters(caller.identity, caller.id, room)) return undefined
      }
      caller.requireConversation(room)
      return role === 'jobseeker' && lobbies === 'kept' ? requireAdmission(caller, room) : undefined
    },
    goesElsewhere({ id }, room) {
      guests.left(room, id)
      workshopRooms.closed(room)
    },
  }
}
