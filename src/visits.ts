/**
 * What happens in rooms, as facts for attendance records: who came and went, and from time to time what the worker has counted
 * of their media. A room that belongs to no appointment of the moment is left alone.
 */
import type { Logger } from 'pino'
import type { Attendance, Given } from './attendance/attendance.ts'
import { type FlowSpan, FlowTally } from './flow-tally.ts'
import type { Leaving } from './media/room.ts'
import type { Rooms } from './media/rooms.ts'
import { type Fact, isWorkshopRoom, type Participant, type Party } from './protocol/index.ts'
import type { Recording, Write } from './recording.ts'

export interface VisitsOptions {
  readonly rooms: Rooms
  readonly attendance: Attendance
  readonly recording: Recording
  /** How often media is written down while it flows. */
  readonly sampleMs: number
  /** How often it is counted. */
  readonly countMs: number
  readonly log: Logger
  readonly now?: () => number
}

interface Visit {
  readonly room: string
  readonly party: Party
  readonly participant: Participant
  readonly tally: FlowTally
}

export interface Visits extends AsyncDisposable {
  /** Visits that are under way. */
  readonly size: number
}

export function startVisits(options: VisitsOptions): Visits {
  const { rooms, attendance, recording, sampleMs, countMs, log, now = Date.now } = options
  const visits = new Map<string, Visit>()
  /** Who has been in a room since somebody is in it. */
  const met = new Map<string, Set<Party>>()

  const write = (room: string, given: readonly Given[]) =>
    recording.soon(room, (region, appointment) => attendance.record(region, appointment, given))

  /** The first visit of somebody is their arrival, every other one a return. */
  const arrive =
    ({ party, participant }: Visit, at: number): Write =>
    async (region, appointment) => {
      const key = `arrived/${party}`
      const fact: Fact = { type: 'arrived', party, visit: participant.id }
      const who = { name: 'person', value: participant.person, of: [participant.person] }
      const { known } = await attendance.add(region, appointment, () => [{ key, at, fact, personal: [who] }])
      const n = known.get(key)
      if (n === undefined) return
      const [first] = await attendance.entries(region, appointment, n - 1, 1)
      if (first !== undefined && 'visit' in first.fact && first.fact.visit === participant.id) return
      const back: Fact = { type: 'rejoined', party, visit: participant.id }
      const again = { key: `rejoined/${participant.id}`, at, fact: back, personal: [who] }
      await attendance.recordFact(region, appointment, again)
    }

  const entered = (room: string, participant: Participant) => {
    if (participant.role !== 'jobseeker' && participant.role !== 'advisor') return
    // Who comes to a workshop is on no record: it can count against nobody.
    if (isWorkshopRoom(room)) return
    const at = now()
    const visit: Visit = { room, party: participant.role, participant, tally: new FlowTally(at, sampleMs) }
    visits.set(participant.id, visit)
    met.set(room, (met.get(room) ?? new Set()).add(visit.party))
    void recording.soon(room, arrive(visit, at))
  }

  /** A talk of both ends when the last of them says goodbye. Whoever comes again adds to the record. */
  const endOf = ({ room, party, participant }: Visit, cause: Leaving, at: number): Given[] => {
    if ([...visits.values()].some((other) => other.room === room)) return []
    const both = met.get(room)?.size === 2
    if (cause !== 'replaced') met.delete(room)
    if (!both || cause !== 'left') return []
    return [{ key: `ended/${participant.id}`, at, fact: { type: 'ended', by: party } }]
  }

  const gone = (room: string, participant: Participant, cause: Leaving) => {
    const visit = visits.get(participant.id)
    if (visit === undefined) return
    visits.delete(participant.id)
    const { party } = visit
    const fact: Fact = { type: 'dropped', party, visit: participant.id, cause: cause === 'ended' ? 'left' : cause }
    const at = now()
    const given = [...factsOf(visit, visit.tally.end()), { key: `dropped/${participant.id}`, at, fact }]
    void write(room, [...given, ...endOf(visit, cause, at)])
  }

  const count = async (room: string) => {
    const flows = await rooms.flows(room)
    const at = now()
    const given = [...flows].flatMap(([id, streams]) => {
      const visit = visits.get(id)
      return visit === undefined ? [] : factsOf(visit, visit.tally.count(streams, at))
    })
    if (given.length > 0) await write(room, given)
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
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      rooms.off('entered', entered)
      rooms.off('gone', gone)
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
