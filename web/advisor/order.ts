/** *Pure.* In which order the portfolio shows its people. */
import { answerBy, type ChannelSummary } from '../../client/index.ts'

type Order = (channels: readonly ChannelSummary[]) => ChannelSummary[]

const byName = (a: ChannelSummary, b: ChannelSummary): number => a.jobseeker.name.localeCompare(b.jobseeker.name)

/** Unread first, then the newest message, then by name. */
export const byNewest: Order = (channels) =>
  channels.toSorted(
    (a, b) => Number(b.unread > 0) - Number(a.unread > 0) || (b.last?.at ?? 0) - (a.last?.at ?? 0) || byName(a, b),
  )

/** Whoever has waited longest for an answer first, and those who wait for none last. */
export const byLongestWait: Order = (channels) =>
  channels.toSorted(
    (a, b) =>
      (answerBy(a) ?? Number.MAX_SAFE_INTEGER) - (answerBy(b) ?? Number.MAX_SAFE_INTEGER) ||
      (b.last?.at ?? 0) - (a.last?.at ?? 0) ||
      byName(a, b),
  )
