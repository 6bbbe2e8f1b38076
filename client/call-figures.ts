/** *Pure.* What the counters of two peer connections say about the line between them. */

import type { NetworkMeasured, PathName, PathState } from '../src/protocol/check-rule.ts'

/** What a test call has found out. */
export interface CheckNetwork {
  readonly paths: Readonly<Record<PathName, PathState>>
  readonly network?: NetworkMeasured
}

export interface CheckProgress {
  /** `waiting`: others are testing, and one's own turn comes. */
  readonly step: 'waiting' | 'paths' | 'measuring'
  readonly paths: Readonly<Record<PathName, PathState>>
}

/** Counters of a test call at a moment. */
export interface Counted {
  /** ms, monotonic */
  readonly at: number
  readonly sentPackets: number
  readonly sentBytes: number
  /** Of those sent, as the server tells. */
  readonly lostUp: number
  readonly receivedPackets: number
  readonly receivedBytes: number
  readonly lostDown: number
  /** ms; undefined until the first answer */
  readonly roundTripMs: number | undefined
}

export interface Figures {
  readonly roundTripMs: number
  readonly lostUpPermille: number
  readonly lostDownPermille: number
  readonly upKbps: number
  readonly downKbps: number
}

/** The fields that are read; browsers have more, and some not all of these. */
interface Report {
  readonly type: string
  readonly nominated?: boolean
  readonly state?: string
  readonly packetsSent?: number
  readonly bytesSent?: number
  readonly headerBytesSent?: number
  readonly packetsLost?: number
  readonly packetsReceived?: number
  readonly bytesReceived?: number
  readonly headerBytesReceived?: number
  readonly roundTripTime?: number
  readonly totalRoundTripTime?: number
  readonly responsesReceived?: number
}

/** @param sending of the connection that sends, @param receiving of the one on which the echo comes. */
export function count(at: number, sending: Iterable<Report>, receiving: Iterable<Report>): Counted {
  const sum = { sentPackets: 0, sentBytes: 0, lostUp: 0, receivedPackets: 0, receivedBytes: 0, lostDown: 0 }
  let byCheck: number | undefined
  let byReport: number | undefined
  for (const report of sending) {
    if (report.type === 'outbound-rtp') {
      sum.sentPackets += report.packetsSent ?? 0
      sum.sentBytes += (report.bytesSent ?? 0) + (report.headerBytesSent ?? 0)
    }
    if (report.type === 'remote-inbound-rtp') {
      sum.lostUp += Math.max(0, report.packetsLost ?? 0)
      if (report.roundTripTime !== undefined) byReport = report.roundTripTime * 1_000
    }
    if (report.type === 'candidate-pair' && report.state === 'succeeded' && report.nominated !== false) {
      const { totalRoundTripTime, responsesReceived = 0 } = report
      if (totalRoundTripTime !== undefined && responsesReceived > 0)
        byCheck = (totalRoundTripTime * 1_000) / responsesReceived
    }
  }
  for (const report of receiving) {
    if (report.type !== 'inbound-rtp') continue
    sum.receivedPackets += report.packetsReceived ?? 0
    sum.receivedBytes += (report.bytesReceived ?? 0) + (report.headerBytesReceived ?? 0)
    sum.lostDown += Math.max(0, report.packetsLost ?? 0)
  }
  return { at, ...sum, roundTripMs: byReport ?? byCheck }
}

/** @returns undefined when nothing came back in between, or no time has passed. */
export function figuresOf(before: Counted, after: Counted): Figures | undefined {
  const ms = after.at - before.at
  const sent = after.sentPackets - before.sentPackets
  const received = after.receivedPackets - before.receivedPackets
  if (ms <= 0 || sent <= 0 || received <= 0) return undefined
  const lostUp = after.lostUp - before.lostUp
  const lostDown = after.lostDown - before.lostDown
  const arrived = 1 - permille(lostUp, sent) / 1_000
  return {
    roundTripMs: Math.round(after.roundTripMs ?? 0),
    lostUpPermille: permille(lostUp, sent),
    lostDownPermille: permille(lostDown, received + Math.max(0, lostDown)),
    upKbps: Math.round(((after.sentBytes - before.sentBytes) * 8 * arrived) / ms),
    downKbps: Math.round(((after.receivedBytes - before.receivedBytes) * 8) / ms),
  }
}

const permille = (part: number, whole: number): number =>
  Math.min(1_000, Math.max(0, Math.round((part * 1_000) / whole)))
