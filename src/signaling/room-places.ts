/** On which node a room is. What handlers ask before they look for it here. */
import type { Caller } from './handlers.ts'

export interface RoomPlaces {
  /**
   * The room is this node's: it was, or nobody held it and this is the best place.
   * @throws VisavisError ELSEWHERE when another node holds it; UNAVAILABLE when no node takes new rooms.
   */
  enter(caller: Caller, room: string): Promise<void>
  /** For what is not here. @throws VisavisError ELSEWHERE when another node holds the room. */
  find(caller: Caller, room: string): Promise<void>
  /** Those of the rooms that somebody is in, on whatever node, and who was first. */
  active(caller: Caller, rooms: readonly string[]): Promise<{ room: string; by: string }[]>
}
