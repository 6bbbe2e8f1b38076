/**
 * A room where not everybody sends and not everybody is seen, for example a workshop. By person, and asked each time: what is
 * decided elsewhere holds from the next question on, and `Room.stageChanged()` for what is sent already.
 */
import type { Source } from '../protocol/index.ts'

export interface Stage {
  maySend(person: string, source: Source): boolean
  /** Everybody is told that they are here. Of the others only hosts are, so that fifty who come make no 2,500 events. */
  isSeen(person: string): boolean
  isHost(person: string): boolean
}
