/** How much of the demand one run asks of a deployment. *Pure.* */
import type { Demand } from './demand.ts'

/** What is asked of the deployment in one run. */
export interface Load {
  readonly advisors: number
  /** Of each advisor. */
  readonly jobseekers: number
  readonly rooms: number
  /** Of which so many begin in the window. */
  readonly starting: number
  readonly messagesPerSecond: number
  readonly callbacksPerSecond: number
}

/** Fewer than that prove nothing: a percentile needs something to be one of. */
const leastMessagesPerSecond = 5
const leastCallbacksPerSecond = 0.5
/** One that is open all the while, and one that begins. */
const leastRooms = 2

/** The factor below which a load has no fewer rooms. */
export const leastFactor = ({ concurrentRooms }: Demand): number => Math.min(1, leastRooms / concurrentRooms)

/** So many times the demand, as far as halves of people and rooms can be. */
export function loadOf(demand: Demand, factor: number, seconds: number): Load {
  const advisors = Math.max(1, Math.round(demand.advisorsOnShift * factor))
  const online = Math.max(2, Math.round(demand.jobseekersOnline * factor))
  const rooms = Math.max(leastRooms, Math.round(demand.concurrentRooms * factor))
  return {
    advisors,
    // One talks and one asks to be called.
    jobseekers: Math.max(2, Math.round(online / advisors)),
    rooms,
    starting: Math.min(Math.floor(rooms / 2), Math.max(1, Math.round((demand.joinsPerSecond / 2) * factor * seconds))),
    messagesPerSecond: Math.max(leastMessagesPerSecond, demand.messagesPerSecond * factor),
    callbacksPerSecond: Math.max(leastCallbacksPerSecond, (demand.callbacksPerHour / 3_600) * factor),
  }
}
