/** Where rooms are, as the settings say: a node that is told its own URL shares them with the others of its Redis. */
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { type Places, placesOfOne } from './lone-places.ts'
import type { Rooms } from './media/rooms.ts'
import type { Tickets } from './nodes/tickets.ts'
import type { NodeLoad } from './protocol/operator.ts'
import { placesOfSeveral } from './shared-places.ts'
import type { RedisClient } from './store/redis.ts'

export interface OpenPlacesOptions {
  readonly rooms: Rooms
  readonly client: RedisClient
  /** Unique to this run of the node. */
  readonly node: string
  readonly tickets: Tickets | undefined
  readonly config: Pick<Config, 'nodeName' | 'nodeUrl' | 'redisUrl'>
  readonly regions: readonly string[]
  readonly load: () => NodeLoad | undefined
  readonly onActivated: (room: string, by: string | undefined) => void
  readonly log: Logger
}

export async function openPlaces(options: OpenPlacesOptions): Promise<Places> {
  const { rooms, client, node, tickets, config, regions, load, onActivated, log } = options
  const { nodeName: name, nodeUrl: url, redisUrl } = config
  if (url !== undefined && tickets !== undefined)
    return placesOfSeveral({ rooms, name, load, client, self: { node, url }, regions, tickets, log })
  if (redisUrl !== undefined)
    log.info('VISAVIS_NODE_URL is not set: rooms are not shared with other nodes of this Redis')
  return placesOfOne({ rooms, name, load, onActivated })
}
