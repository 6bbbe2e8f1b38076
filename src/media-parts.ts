/** The media of a node, opened as its settings say. */
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { consentOf } from './media/consent.ts'
import { openRooms, type Rooms, type RoomsOptions } from './media/rooms.ts'

export interface MediaPartsOptions {
  readonly config: Config
  readonly stageOf: NonNullable<RoomsOptions['stageOf']>
  readonly log: Logger
}

export const openMedia = ({ config, stageOf, log }: MediaPartsOptions): Promise<Rooms> =>
  openRooms({
    ...(config.mediaWorkers === undefined ? {} : { workers: config.mediaWorkers }),
    workerBin: config.mediaWorkerBin,
    listen: config.mediaListenIps.map((ip, n) => ({ ip, announced: config.mediaAnnouncedAddresses?.[n] })),
    basePort: config.mediaBasePort,
    iceServers: {
      urls: config.iceServers,
      turnSecret: config.turnSecret,
      turnCredentialMs: config.turnCredentialMs,
    },
    synthetic: config.syntheticParticipants,
    // As long as the session may be taken up again.
    graceMs: config.presenceGraceMs,
    consentMs: consentOf(config.heartbeatMs),
    stageOf,
    log,
  })
