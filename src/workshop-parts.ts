/** Workshops wired to rooms and mail: their handlers, and what becomes of whoever leaves. */
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import type { Rooms } from './media/rooms.ts'
import { floorHandlers } from './signaling/handlers/floor.ts'
import { workshopHandlers } from './signaling/handlers/workshop.ts'
import type { RoomPlaces } from './signaling/room-places.ts'
import { WorkshopRooms } from './signaling/workshop-rooms.ts'
import type { RedisClient } from './store/redis.ts'
import { startWorkshopMail } from './workshop-mail.ts'
import { Workshops } from './workshops/workshops.ts'
import type { Writing } from './writing.ts'

export interface WorkshopPartsOptions extends Pick<Writing, 'notices' | 'mails'> {
  readonly client: RedisClient
  readonly rooms: Rooms
  readonly config: Pick<Config, 'appointmentLeadMs' | 'workshopSeats' | 'workshopSpeakers'>
  readonly regions: readonly string[]
  readonly log: Logger
}

export type WorkshopParts = ReturnType<typeof createWorkshopParts>

export function createWorkshopParts(options: WorkshopPartsOptions) {
  const { client, rooms, config, log } = options
  const { appointmentLeadMs: leadMs, workshopSeats: mostSeats, workshopSpeakers: mostSpeakers } = config
  const workshops = new Workshops({ client, mostSpeakers })
  const workshopRooms = new WorkshopRooms({ workshops, rooms, leadMs, log })
  const mail = startWorkshopMail({ ...options, workshops })
  rooms.on('gone', (room, { person }, cause) => {
    if (cause === 'left') workshopRooms.left(room, person)
  })
  rooms.on('activated', (room, active) => {
    if (!active) workshopRooms.closed(room)
  })
  return {
    workshops,
    workshopRooms,
    mail,
    handlers: (places: RoomPlaces) => ({
      ...workshopHandlers({ workshops, leadMs, mostSeats, wake: () => mail.wake() }),
      ...floorHandlers({ rooms, places, workshopRooms }),
    }),
  }
}
