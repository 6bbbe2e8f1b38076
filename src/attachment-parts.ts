/** The files of a node's conversations: where they are, who scans them, and what takes away those nobody needs. */
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { Attachments } from './attachments/attachments.ts'
import { clamav } from './attachments/clamav.ts'
import { folderFiles } from './attachments/folder.ts'
import { startSweepLoop } from './attachments/sweep-loop.ts'
import type { Channels } from './chat/channels.ts'
import { createDroppedFiles } from './dropped-files.ts'
import { namedAttachments } from './named-attachments.ts'
import type { RedisClient } from './store/redis.ts'

export interface AttachmentPartsOptions {
  readonly client: RedisClient
  readonly channels: Channels
  readonly config: Config
  readonly log: Logger
}

export function createAttachmentParts({ client, channels, config, log }: AttachmentPartsOptions) {
  const attachments = new Attachments({
    client,
    files: folderFiles(config.attachmentsDir),
    scan: config.clamav === undefined ? undefined : clamav({ address: config.clamav, log }),
    maxBytes: config.attachmentBytes,
    uploadsPerHour: config.attachmentsPerHour,
    linkMs: config.attachmentLinkMs,
    isNamed: namedAttachments(channels),
    log,
  })
  const droppedFiles = createDroppedFiles({ channels, attachments, log })
  const sweep = async () => (await droppedFiles.drop()) + (await attachments.sweep())
  return { attachments, droppedFiles, sweeping: startSweepLoop({ attachments: { sweep }, log }) }
}
