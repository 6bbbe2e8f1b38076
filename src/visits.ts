/**
 * What happens in rooms, as facts for attendance records: who came and went, and from time to time what the worker has counted
 * of their media. A room that belongs to no appointment of the moment is left alone.
 */
import type { Logger } from 'pino'
import type { Attendance, Given } from './attendance/attendance.ts'
import { type FlowSpan, FlowTally } from './flow-tally.ts'
import type { Leaving } from './media/room.ts'
import type { Rooms } from './media/rooms.ts'
import type { Fact, Participant, Party } from './protocol/index.ts'

export interface VisitsOptions {
  readonly rooms: Rooms
  readonly attendance: Attendance
  /** Of a jobseeker, whose room it is. */
  readonly regionOf: (person: string) => Promise<string | undefined>
  /** How often media is written down while it flows. */
  readonly sampleMs: number
  /** How often it is counted. */
  readonly countMs: number
  readonly log: Logger
  readonly now?: () => number
}

/** Rooms open ahead of time, and a talk may last longer than planned. */
const leadMs = 60 * 60_000
const lagMs = 4 * 60 * 60_000
/** What could not be recorded is tried again for so long; then the log says so. */
const againMs = [200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 60_000, 60_000]

interface Visit {
  readonly room: string
  readonly party: Party
  readonly participant: Participant
  readonly tally: FlowTally
}

export interface Visits extends AsyncDisposable {
  /** Visits that are under way. */
  readonly size: number
  /** Facts that could not be recorded in the end. */
  readonly lost: number
}

export function startVisits(options: VisitsOptions): Visits {
  const { rooms, attendance, regionOf, sampleMs, countMs, log, now = Date.now } = options
  const visits = new Map<string, Visit>()
  /** What is recorded of one room is recorded in its order. */
  const lines = new Map<string, Promise<void>>()
  const stop = new AbortController()
  let lost = 0

  const write = async (room: string, given: readonly Given[]): Promise<void> => {
    const region = await regionOf(room)
    if (region === undefined) return
    for (const { appointment } of await attendance.current(region, room, { leadMs, lagMs })) {
      await attendance.record(region, appointment, given)
    }
  }
  const insist = async (room: string, work: () => Promise<void>) => {
    for (const waitMs of [...againMs, undefined]) {
      try {
        return await work()
      } catch (err) {
        if (waitMs === undefined || stop.signal.aborted) {
          lost += 1
          log.error({ err, room }, 'something that happened in a room is on no record')
          return
        }
        await pause(waitMs, stop.signal)
      }
    }
  }
  const queue = (room: string, work: () => Promise<void>) => {
    const line = (lines.get(room) ?? Promise.resolve()).then(() => insist(room, work))
    lines.set(room, line)
    void line.finally(() => {
      if (lines.get(room) === line) lines.delete(room)
    })
    return line
  }

  /** The first visit of somebody is their arrival, every other one a return. */
  const arrive = async (visit: Visit, at: number) => {
    const { room, party, participant } = visit
    const region = await regionOf(room)
    if (region === undefined) return
    const key = `arrived/${party}`
    for (const { appointment } of await attendance.current(region, room, { leadMs, lagMs })) {
      const fact: Fact = { type: 'arrived', party, visit: participant.id }
      const who = { name: 'person', value: participant.person, of: [participant.person] }
      const { known } = await attendance.add(region, appointment, () => [{ key, at, fact, personal: [who] }])
      const n = known.get(key)
      if (n === undefined) continue
      const [first] = await attendance.entries(region, appointment, n - 1, 1)
      if (first !== undefined && 'visit' in first.fact && first.fact.visit === participant.id) continue
      const back: Fact = { type: 'rejoined', party, visit: participant.id }
      const again = { key: `rejoined/${participant.id}`, at, fact: back, personal: [who] }
      await attendance.recordFact(region, appointment, again)
    }
  }

  const entered = (room: string, participant: Participant) => {
    if (participant.role !== 'jobseeker' && participant.role !== 'advisor') return
    const at = now()
    const visit: Visit = { room, party: participant.role, participant, tally: new FlowTally(at, sampleMs) }
    visits.set(participant.id, visit)
    void queue(room, () => arrive(visit, at))
  }

  const gone = (room: string, participant: Participant, cause: Leaving) => {
    const visit = visits.get(participant.id)
    if (visit === undefined) return
    visits.delete(participant.id)
    const { party } = visit
    const fact: Fact = { type: 'dropped', party, visit: participant.id, cause }
    const at = now()
    const given = [...factsOf(visit, visit.tally.end()), { key: `dropped/${participant.id}`, at, fact }]
    void queue(room, () => write(room, given))
  }

  const count = async (room: string) => {
    const flows = await rooms.flows(room)
    const at = now()
    const given = [...flows].flatMap(([id, streams]) => {
      const visit = visits.get(id)
      return visit === undefined ? [] : factsOf(visit, visit.tally.count(streams, at))
    })
    if (given.length > 0) await queue(room, () => write(room, given))
  }
  const timer = setInterval(() => {
    for (const room of new Set([...visits.values()].map((visit) => visit.room)))
      count(room).catch((err) => log.debug({ err, room }, 'the media of a room could not be counted this time'))
  }, countMs)
  rooms.on('entered', entered)
  rooms.on('gone', gone)

  return {
    get size() {
      return visits.size
    },
    get lost() {
      return lost
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      rooms.off('entered', entered)
      rooms.off('gone', gone)
      stop.abort()
      await Promise.all(lines.values())
    },
  }
}

function factsOf({ party, participant }: Visit, span: FlowSpan | undefined): Given[] {
  if (span === undefined) return []
  const { since, until, packetsFrom, packetsTo, lost, score, roundTripMs } = span
  const who = { party, visit: participant.id }
  const lostPermille = Math.round((1_000 * lost) / (packetsFrom + packetsTo + lost))
  const media: Fact = { type: 'media', ...who, since, until, kinds: [...span.kinds], packetsFrom, packetsTo }
  const quality: Fact = { type: 'quality', ...who, score, lostPermille, roundTripMs }
  return [
    { key: `media/${participant.id}/${until}`, at: until, fact: media },
    { key: `quality/${participant.id}/${until}`, at: until, fact: quality },
  ]
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
