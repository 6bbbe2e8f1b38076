/** Pure: what a region asks of the service in its busiest hour. The formulas stand beside their results, for the report. */
import { erlangC, meanWait } from './erlang.ts'
import type { Parameters } from './parameters.ts'
import { playSlots, type Rooms } from './slots.ts'

export interface Demand {
  readonly advisors: number
  readonly advisorsOnShift: number
  readonly appointmentsPerDay: number
  /** In the busiest hour. */
  readonly appointmentsPerSlot: number
  readonly rooms: Rooms
  /** Rooms to be carried at a time: the 99th of 100 slots of the busiest hour. */
  readonly concurrentRooms: number
  /** Participants a second while a slot begins. */
  readonly joinsPerSecond: number
  readonly jobseekersOnline: number
  /** Jobseekers, advisors, and the sessions of participants in rooms. */
  readonly sockets: number
  readonly messagesPerSecond: number
  readonly callbacksPerHour: number
  /** Advisors who are in no appointment, on average. */
  readonly advisorsForCallbacks: number
  /** Share of those who ask that has to wait for an advisor (Erlang C), and the mean of all waits. */
  readonly callbackWaits: number
  readonly callbackWaitMinutes: number
  /** Sessions a second after one of the nodes was lost. */
  readonly reconnectsPerSecond: number
}

export function demandOf(parameters: Parameters, nodes = 1): Demand {
  const { volunteers, portfolio, onShift, workingDays, slotMinutes, busyHourShare } = parameters
  const advisors = Math.max(1, Math.round(volunteers / portfolio))
  const advisorsOnShift = Math.max(1, Math.floor(advisors * onShift))
  const appointmentsPerDay = (volunteers * parameters.appointmentsPerMonth) / workingDays
  const callbacksPerHour = ((volunteers * parameters.callbacksPerMonth) / workingDays) * busyHourShare
  const appointmentsPerSlot = (appointmentsPerDay * busyHourShare * slotMinutes) / 60
  const rooms = playSlots(parameters, {
    advisors: advisorsOnShift,
    appointmentsPerDay,
    callbacksPerBusyHour: callbacksPerHour,
  })
  const jobseekersOnline = Math.ceil(volunteers * parameters.onlineShare)
  const sockets = jobseekersOnline + advisorsOnShift
  const advisorsForCallbacks = Math.max(0, Math.floor(advisorsOnShift - rooms.mean))
  const load = (callbacksPerHour * parameters.callbackMinutes) / 60
  return {
    advisors,
    advisorsOnShift,
    appointmentsPerDay,
    appointmentsPerSlot,
    rooms,
    concurrentRooms: rooms.p99,
    joinsPerSecond: (2 * rooms.starting) / (parameters.joinMinutes * 60),
    jobseekersOnline,
    sockets,
    messagesPerSecond: (jobseekersOnline * parameters.messagesPerHour) / 3_600,
    callbacksPerHour,
    advisorsForCallbacks,
    callbackWaits: erlangC(advisorsForCallbacks, load),
    callbackWaitMinutes: meanWait(advisorsForCallbacks, load, parameters.callbackMinutes),
    reconnectsPerSecond: sockets / Math.max(1, nodes) / parameters.reconnectSeconds,
  }
}

/** For people: what each figure is, and how it came about. */
export const formulas: Readonly<Record<Exclude<keyof Demand, 'rooms'>, string>> = {
  advisors: 'volunteers ÷ portfolio',
  advisorsOnShift: 'advisors × onShift',
  appointmentsPerDay: 'volunteers × appointmentsPerMonth ÷ workingDays',
  appointmentsPerSlot: 'appointmentsPerDay × busyHourShare × slotMinutes ÷ 60',
  concurrentRooms:
    'simulated slot by slot: bookings, overruns and video callbacks, one room per advisor on shift; 99th percentile of the busiest hour',
  joinsPerSecond: '2 × rooms that open with a slot (simulated, 99th percentile) ÷ joinMinutes',
  jobseekersOnline: 'volunteers × onlineShare',
  sockets: 'jobseekersOnline + advisorsOnShift',
  messagesPerSecond: 'jobseekersOnline × messagesPerHour ÷ 3,600',
  callbacksPerHour: 'volunteers × callbacksPerMonth ÷ workingDays × busyHourShare',
  advisorsForCallbacks: 'advisorsOnShift − mean rooms',
  callbackWaits: 'Erlang C(advisorsForCallbacks, callbacksPerHour × callbackMinutes ÷ 60)',
  callbackWaitMinutes: 'callbackWaits × callbackMinutes ÷ (advisorsForCallbacks − offered load)',
  reconnectsPerSecond: 'sockets ÷ nodes ÷ reconnectSeconds',
}

/** Of each figure; a share is shown in hundredths. */
export const units: Readonly<Record<keyof typeof formulas, string>> = {
  advisors: 'advisors',
  advisorsOnShift: 'advisors',
  appointmentsPerDay: 'a day',
  appointmentsPerSlot: 'a slot',
  concurrentRooms: 'rooms',
  joinsPerSecond: 'a second',
  jobseekersOnline: 'jobseekers',
  sockets: 'sessions',
  messagesPerSecond: 'a second',
  callbacksPerHour: 'an hour',
  advisorsForCallbacks: 'advisors',
  callbackWaits: 'share',
  callbackWaitMinutes: 'minutes',
  reconnectsPerSecond: 'a second',
}
