/** The texts of lobbies and rooms, beyond those that every page has. */
import { enRoom, type RoomKey } from '../language/en-room.ts'
import { frRoom } from '../language/fr-room.ts'
import { texts } from '../language/language.ts'

export const r = texts<RoomKey>({ en: enRoom, fr: frRoom })

export type { RoomKey }
