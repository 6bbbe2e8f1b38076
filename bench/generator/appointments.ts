/**
 * Appointments of the busiest hour: rooms in which people talk, and the join storm of a slot that begins. Synthetic
 * participants, as in rooms.ts; a packet of a room that was open all the time counts, and each join until its first picture.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { createWorker } from 'mediasoup'
import { inLanes } from '../lanes.ts'
import { encode, latencyHistogram, percentileMs, recordMs } from '../latency.ts'
import { droppedBy } from '../socket-drops.ts'
import { Failures } from './failures.ts'
import { type Guest, prepareGuest } from './guest.ts'
import { tellEveryMs, type Window } from './job.ts'
import { lateness, type Own } from './lateness.ts'
import { openLoop } from './pace.ts'
import { openSource } from './source.ts'
import { counts, flow, openTalk, packetsDue, prepareTwo, roomName, sendAway, settle, since } from './talks.ts'

export interface AppointmentsJob {
  readonly kind: 'appointments'
  /** Rooms are spread over them. */
  readonly nodes: readonly string[]
  /** Of an operator: every participant is a session of theirs. */
  readonly token: string
  readonly workerBin: string
  /** Distinguishes the rooms of several generators. */
  readonly name: string
  /** Open from before the load until after it. */
  readonly standing: number
  /** In which somebody waits, and the other joins while the load flows. */
  readonly starting: number
  readonly seconds: number
}

export interface AppointmentsOutcome extends Own {
  readonly kind: 'appointments'
  /** Packets of the standing rooms that could be opened: due, sent into the server, and forwarded by it. */
  readonly due: number
  readonly sent: number
  readonly received: number
  /** Packets that reached this generator, which did not read them in time. */
  readonly dropped: number
  /** Encoded: from the moment a join is due to the first picture of the other. */
  readonly joins: string
  /** Joins that could begin, because somebody waited in the room. */
  readonly joinsDue: number
  /** Rooms to be opened, and joins. */
  readonly acts: number
  /** Rooms and joins that came to nothing, a sentence each. */
  readonly failed: readonly string[]
  /** Of these by the server's own word. */
  readonly refused: number
}

/** How a run goes, while it goes. */
export interface AppointmentsNow {
  readonly kind: 'appointments'
  readonly rooms: number
  readonly joins: number
  readonly joinP95Ms: number
  readonly failed: number
}

const joinMs = 15_000
/** Rooms that are made ready at the same time. */
const lanes = 4

export async function attend(job: AppointmentsJob, window: Window): Promise<AppointmentsOutcome> {
  const worker = await createWorker({ workerBin: job.workerBin, logLevel: 'error' })
  const latency = latencyHistogram()
  const failures = new Failures()
  const standing: Guest[] = []
  const waiting = new Map<number, { readonly room: string; readonly first: Guest; readonly second: Guest }>()
  const telling = setInterval(() => {
    const [rooms, joins] = [standing.length / 2 + waiting.size, latency.totalCount]
    const now: AppointmentsNow = {
      ...{ kind: 'appointments', rooms, joins, joinP95Ms: percentileMs(latency, 95), failed: failures.told.length },
    }
    window.tell(now)
  }, tellEveryMs)
  try {
    const { router, source } = await openSource(worker)
    const prepareAt = (n: number) => () =>
      prepareGuest({ url: job.nodes[n % job.nodes.length] ?? '', token: job.token, router, source })
    // A room that the server refuses is what it did not carry; the others tell of the rest.
    await inLanes(Array(job.standing).keys(), lanes, async (n) => {
      const room = roomName(job.name, n)
      await openTalk(room, prepareAt(n)).then(
        (pair) => standing.push(...pair),
        (error: unknown) => failures.note(room, error),
      )
    })
    await inLanes(Array(job.starting).keys(), lanes, async (n) => {
      const room = roomName(`${job.name}-slot`, n)
      try {
        const [first, second] = await prepareTwo(prepareAt(n))
        const entered = first.enter(room)
        await entered.catch(() => sendAway([first, second]))
        await entered
        waiting.set(n, { room, first, second })
      } catch (error) {
        failures.note(room, error)
      }
    })
    await settle(source, standing)

    const [before, droppedBefore] = await Promise.all([counts(standing), droppedBy(worker.pid)])
    await window.open()
    const late = lateness(async () => {
      const { ru_utime: user, ru_stime: system } = await worker.getResourceUsage()
      return (user + system) * 1_000
    })
    await late.start()
    const joining: Promise<void>[] = []
    const joined = openLoop(job.starting / job.seconds, job.seconds, (n, dueAt) => {
      late.acted(dueAt)
      const slot = waiting.get(n)
      if (slot === undefined) return
      const join = async () => {
        await slot.second.enter(slot.room)
        recordMs(latency, (await within(slot.second.firstVideoAt)) - dueAt)
      }
      joining.push(join().catch((error: unknown) => failures.note(`join of ${slot.room}`, error)))
    })
    // Before the rest arrives: with that, a generator that was full all the while would look half idle.
    const kept = delay(job.seconds * 1_000).then(() => late.stop())
    kept.catch(() => {})
    const flowed = await flow(source, job.seconds, standing)
    await joined
    // A join that the end of the flow has cut off gets pictures again.
    if (joining.length > 0) {
      source.start()
      await Promise.all(joining)
      source.stop()
    }
    const own = await kept
    window.close()
    const [after, dropped] = await Promise.all([counts(standing), droppedBy(worker.pid)])
    const streams = since(before, after)
    await sendAway([...standing, ...[...waiting.values()].flatMap(({ first, second }) => [first, second])])
    const sum = (of: 'sent' | 'received') => streams.reduce((total, stream) => total + stream[of], 0)
    return {
      kind: 'appointments',
      due: Math.round(packetsDue(standing, Math.min(flowed, job.seconds))),
      sent: sum('sent'),
      received: sum('received'),
      dropped: Math.max(0, dropped - droppedBefore),
      ...{ joins: encode(latency), joinsDue: waiting.size, acts: job.standing + job.starting, ...own },
      ...{ failed: failures.told, refused: failures.refused },
    }
  } finally {
    clearInterval(telling)
    worker.close()
  }
}

async function within(firstVideoAt: Promise<number>): Promise<number> {
  const late = new AbortController()
  const never = delay(joinMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no picture within ${joinMs} ms of joining`)
  })
  never.catch(() => {})
  try {
    return await Promise.race([firstVideoAt, never])
  } finally {
    late.abort()
  }
}
