/** Whether a message of a channel names a file: what the sweep of files asks about a claim. */
import type { Channels } from './chat/channels.ts'

/** Nodes' clocks differ by less. */
const clockToleranceMs = 10 * 60 * 1_000
const pageSize = 200

/** @returns a function that reads a channel from its end back to a moment (ms): no message names a file that it is older than. */
export const namedAttachments =
  (channels: Pick<Channels, 'history'>) =>
  async (channel: string, attachment: string, since: number): Promise<boolean> => {
    for (let before: number | undefined; ; ) {
      const page = { limit: pageSize, ...(before === undefined ? {} : { before }) }
      const { messages, more } = await channels.history(channel, page)
      if (messages.some(({ attachments = [] }) => attachments.some(({ id }) => id === attachment))) return true
      const [oldest] = messages
      if (!more || oldest === undefined || oldest.at < since - clockToleranceMs) return false
      before = oldest.offset
    }
  }
