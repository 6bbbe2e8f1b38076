/**
 * Pure: how many rooms are open at a time. Appointments are booked, begin together, and an advisor has one at a time, so
 * no formula of queues fits: days are played through, slot by slot, and the rooms of the busiest hour are counted.
 */
import { quantile, seeded } from '../statistics.ts'
import type { Parameters } from './parameters.ts'

export interface Rooms {
  /** At the busiest moment of each slot of the busiest hour. */
  readonly mean: number
  readonly p99: number
  readonly most: number
  /** That open within the joining time around the start of the slot, in the 99th of 100 slots. */
  readonly starting: number
  /** Share of the appointments asked for that fit no free advisor on their day. */
  readonly turnedAway: number
}

/** Advisor-days played: more make no difference that shows, and cost time. */
const playedAdvisorDays = 60_000
const leastDays = 20
const mostDays = 500

export interface Played {
  readonly advisors: number
  readonly appointmentsPerDay: number
  readonly callbacksPerBusyHour: number
}

/** The cost grows with slots a day times advisor-days, which are bounded. */
export function playSlots(
  parameters: Parameters,
  { advisors, appointmentsPerDay, callbacksPerBusyHour }: Played,
): Rooms {
  const { slotMinutes, openHours, appointmentMinutes, busyHourShare, overrunShare, overrunMinutes } = parameters
  const random = seeded(1)
  const exponential = (mean: number) => -mean * Math.log(1 - random())
  const slots = Math.max(1, Math.floor((openHours * 60) / slotMinutes))
  const busy = Math.min(slots, Math.max(1, Math.round(60 / slotMinutes)))
  // In the middle of the day, so that it begins with the appointments that came before.
  const firstBusy = Math.floor((slots - busy) / 2)
  const isBusy = (slot: number) => slot >= firstBusy && slot < firstBusy + busy
  const quiet = slots - busy
  const booked = (slot: number) =>
    quiet === 0
      ? appointmentsPerDay / busy
      : isBusy(slot)
        ? (appointmentsPerDay * busyHourShare) / busy
        : (appointmentsPerDay * (1 - busyHourShare)) / quiet
  const calls = (callbacksPerBusyHour * parameters.videoCallbackShare * slotMinutes) / 60

  const open: number[] = []
  const starting: number[] = []
  let asked = 0
  let turnedAway = 0
  const days = Math.min(mostDays, Math.max(leastDays, Math.round(playedAdvisorDays / Math.max(1, advisors))))
  for (let day = 0; day < days; day += 1) {
    /** Until when each advisor is held by an appointment or a call, by the calendar and in truth. */
    const until = new Float64Array(advisors)
    const bookedUntil = new Float64Array(advisors)
    for (let slot = 0; slot < slots; slot += 1) {
      const at = slot * slotMinutes
      const wanted = whole(booked(slot), random)
      const free = shuffled(
        indices(bookedUntil, (end) => end <= at),
        random,
      )
      const taken = free.slice(0, wanted)
      asked += wanted
      turnedAway += wanted - taken.length
      let begun = 0
      for (const advisor of taken) {
        // Whoever is still with the one before keeps the next one waiting.
        const from = Math.max(at, until[advisor] ?? 0)
        const over = random() < overrunShare ? exponential(overrunMinutes) : 0
        bookedUntil[advisor] = at + appointmentMinutes
        until[advisor] = Math.max(from, at + appointmentMinutes) + over
        begun += 1
      }
      // Calls come at any moment of the slot, and only to those without an appointment.
      const idle = shuffled(
        indices(until, (end) => end <= at),
        random,
      )
      const called = idle.slice(0, whole(calls, random))
      for (const advisor of called) until[advisor] = at + exponential(parameters.callbackMinutes)
      if (!isBusy(slot)) continue
      open.push(indices(until, (end) => end > at).length)
      starting.push(begun + called.length)
    }
  }
  return {
    mean: open.reduce((sum, rooms) => sum + rooms, 0) / Math.max(1, open.length),
    p99: Math.ceil(quantile(open, 0.99)),
    most: Math.max(...open),
    starting: Math.ceil(quantile(starting, 0.99)),
    turnedAway: asked === 0 ? 0 : turnedAway / asked,
  }
}

/** A whole number that is `mean` on average. */
const whole = (mean: number, random: () => number): number => Math.floor(mean) + (random() < mean % 1 ? 1 : 0)

function indices(values: Float64Array, matches: (value: number) => boolean): number[] {
  const found: number[] = []
  for (const [n, value] of values.entries()) if (matches(value)) found.push(n)
  return found
}

/** In place (Fisher and Yates). */
function shuffled(items: number[], random: () => number): number[] {
  for (let n = items.length - 1; n > 0; n -= 1) {
    const other = Math.floor(random() * (n + 1))
    const kept = items[n] ?? 0
    items[n] = items[other] ?? 0
    items[other] = kept
  }
  return items
}
