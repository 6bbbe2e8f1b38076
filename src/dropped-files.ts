/** Files of messages that are gone go as well. */
import type { Logger } from 'pino'
import type { Attachments } from './attachments/attachments.ts'
import type { Channels } from './chat/channels.ts'

export interface DroppedFilesOptions {
  readonly channels: Pick<Channels, 'dropped' | 'confirmDropped'>
  readonly attachments: Pick<Attachments, 'remove'>
  readonly log: Logger
}

export interface DroppedFiles {
  /** @returns how many went. */
  drop(): Promise<number>
  /** However many messages go at once, their files are looked for by one run, and once more after it. */
  dropSoon(): void
}

export function createDroppedFiles({ channels, attachments, log }: DroppedFilesOptions): DroppedFiles {
  let running = false
  let again = false
  const drop = async () => {
    let dropped = 0
    for await (const { channel, attachment } of channels.dropped()) {
      await attachments.remove(channel, [attachment])
      await channels.confirmDropped(channel, attachment)
      dropped += 1
    }
    return dropped
  }
  const run = async () => {
    running = true
    try {
      while (again) {
        again = false
        await drop()
      }
    } catch (err) {
      log.warn({ err }, 'files of deleted messages stay until they are swept')
    } finally {
      running = false
    }
  }
  return {
    drop,
    dropSoon: () => {
      again = true
      if (!running) void run()
    },
  }
}
