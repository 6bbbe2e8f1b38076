/**
 * Appointments of the busiest hour: rooms in which people talk, and the join storm of a slot that begins. Synthetic
 * participants, as in rooms.ts; a packet of a room that was open all the time counts, and each join until its first picture.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { createWorker } from 'mediasoup'
import { inLanes } from '../lanes.ts'
import { encode, latencyHistogram, recordMs } from '../latency.ts'
import { type Guest, prepareGuest } from './guest.ts'
import type { Window } from './job.ts'
import { lateness, type Own } from './lateness.ts'
import { openLoop } from './pace.ts'
import { openSource, packetsPerSecond } from './source.ts'
import { counts, fill, flow, roomName, since } from './talks.ts'

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
  /** Packets of the standing rooms: due, sent into the server, and forwarded by it. */
  readonly due: number
  readonly sent: number
  readonly received: number
  /** Encoded: from the moment a join is due to the first picture of the other. */
  readonly joins: string
  readonly joinsDue: number
  /** Joins that came to nothing, a sentence each. */
  readonly failed: readonly string[]
}

const joinMs = 15_000
/** Rooms that are made ready at the same time. */
const lanes = 4

export async function attend(job: AppointmentsJob, window: Window): Promise<AppointmentsOutcome> {
  const worker = await createWorker({ workerBin: job.workerBin, logLevel: 'error' })
  const nodeOf = (n: number) => job.nodes[n % job.nodes.length] ?? ''
  try {
    const { router, source } = await openSource(worker)
    let prepared = 0
    // Two guests of a room come one after the other.
    const prepare = () => prepareGuest({ url: nodeOf(Math.floor(prepared++ / 2)), token: job.token, router, source })
    const standing = (await fill(job.name, job.standing, prepare)).flat()
    const waiting: { readonly room: string; readonly first: Guest; readonly second: Guest }[] = []
    await inLanes(Array(job.starting).keys(), lanes, async (n) => {
      const room = roomName(`${job.name}-slot`, n)
      const url = nodeOf(n)
      const prepareAt = () => prepareGuest({ url, token: job.token, router, source })
      const [first, second] = await Promise.all([prepareAt(), prepareAt()])
      await first.enter(room)
      waiting[n] = { room, first, second }
    })
    await flow(source, 0.5, standing)

    const before = await counts(standing)
    const latency = latencyHistogram()
    const failed: string[] = []
    await window.open()
    const late = lateness(async () => {
      const { ru_utime: user, ru_stime: system } = await worker.getResourceUsage()
      return (user + system) * 1_000
    })
    await late.start()
    const joining: Promise<void>[] = []
    const joined = openLoop(job.starting / job.seconds, job.seconds, (n, dueAt) => {
      late.acted(dueAt)
      const slot = waiting[n]
      if (slot === undefined) return
      const join = async () => {
        await slot.second.enter(slot.room)
        recordMs(latency, (await within(slot.second.firstVideoAt)) - dueAt)
      }
      joining.push(join().catch((error: unknown) => void failed.push(`join of ${slot.room}: ${String(error)}`)))
    })
    const flowed = await flow(source, job.seconds, standing)
    await joined
    // A join that the end of the flow has cut off gets pictures again.
    if (joining.length > 0) {
      source.start()
      await Promise.all(joining)
      source.stop()
    }
    const own = await late.stop()
    window.close()
    const streams = since(before, await counts(standing))
    await Promise.all(
      [...standing, ...waiting.flatMap(({ first, second }) => [first, second])].map((guest) =>
        guest.leave('politely').catch(() => {}),
      ),
    )
    const sum = (of: 'sent' | 'received') => streams.reduce((total, stream) => total + stream[of], 0)
    return {
      kind: 'appointments',
      due: Math.round(2 * job.standing * packetsPerSecond * Math.min(flowed, job.seconds)),
      sent: sum('sent'),
      received: sum('received'),
      ...{ joins: encode(latency), joinsDue: job.starting, failed, ...own },
    }
  } finally {
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
