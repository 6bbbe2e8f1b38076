/**
 * Fills 1:1 rooms with synthetic participants. One video and one audio stream are made here once and fanned out by a
 * mediasoup worker of the generator; what comes back is counted by its producers' RTP statistics.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { createWorker, type types } from 'mediasoup'
import { encode, latencyHistogram, recordMs } from '../latency.ts'
import { packetFaults, type StreamCount } from '../packets.ts'
import { type Guest, prepareGuest } from './guest.ts'
import { serveJob, type Window } from './job.ts'
import { openSource, packetsPerSecond, type Source } from './source.ts'

export interface RoomsJob {
  readonly url: string
  /** Of an operator: every participant is a session of theirs. */
  readonly token: string
  readonly workerBin: string
  /** Distinguishes the rooms of several generators. */
  readonly name: string
  readonly rooms: number
  readonly seconds: number
  /** Participants that leave and come again while the load flows, to time the join; one after the other at a fixed pace. */
  readonly joins: number
  readonly sabotage: boolean
}

export interface RoomsOutcome {
  /** Packets that the server forwarded in the window of load, and those that would have been forwarded in time. */
  readonly received: number
  readonly expected: number
  /** Streams of which not every packet arrived, a sentence each. */
  readonly faults: readonly string[]
  /** Encoded histogram: from the moment a join is due to the first video packet of the other. */
  readonly joins: string
}

const joinEveryMs = 100
const joinMs = 10_000
const pollMs = 50
/** A starved server may stand still for a while with packets waiting in its sockets. */
const stillMs = 2_000
/** Rooms that are filled at the same time. */
const lanes = 4

async function run(job: RoomsJob, window: Window): Promise<RoomsOutcome> {
  const worker = await createWorker({ workerBin: job.workerBin, logLevel: 'error' })
  try {
    const { router, source } = await openSource(worker)
    const prepare = () => prepareGuest({ url: job.url, token: job.token, router, source })
    const rooms = await fill(job, prepare)
    const guests = () => rooms.flat()
    await flow(source, 0.5, guests())

    const before = await counts(guests())
    if (job.sabotage) await rooms[0]?.[0]?.sabotage()
    await window.open()
    const sourced = await flow(source, job.seconds, guests())
    window.close()
    const streams = since(before, await counts(guests()))

    const joins = await timeJoins(job, rooms, prepare, source)
    await Promise.all(
      // Half of them leave without a word.
      guests().map((guest, n) => guest.leave(n % 2 === 0 ? 'politely' : 'by vanishing')),
    )
    return {
      received: streams.reduce((sum, { received }) => sum + received, 0),
      expected: Math.round(2 * job.rooms * packetsPerSecond * sourced),
      faults: packetFaults(streams),
      joins,
    }
  } finally {
    worker.close()
  }
}

async function fill({ name, rooms }: RoomsJob, prepare: () => Promise<Guest>): Promise<Guest[][]> {
  const filled: Guest[][] = []
  const numbers = Array.from({ length: rooms }, (_, n) => n).values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const n of numbers) {
        const pair = await Promise.all([prepare(), prepare()])
        for (const guest of pair) await guest.enter(roomName(name, n))
        await Promise.all(pair.map(({ settled }) => settled))
        filled[n] = pair
      }
    }),
  )
  return filled
}

const roomName = (name: string, n: number): string => `synthetic-${name}-${n}`

/** Lets media flow, and waits until the last packet has arrived. @returns how many seconds it really flowed. */
async function flow(source: Source, seconds: number, guests: readonly Guest[]): Promise<number> {
  const startedAt = performance.now()
  source.start()
  await delay(seconds * 1_000)
  source.stop()
  const flowed = (performance.now() - startedAt) / 1_000
  await drained(guests)
  return flowed
}

/** Until all that was sent has arrived, or nothing has moved for so long that what is missing is lost. */
async function drained(guests: readonly Guest[]): Promise<void> {
  let movedAt = performance.now()
  for (let last = -1; performance.now() - movedAt < stillMs; await delay(pollMs)) {
    const streams = await counts(guests)
    const now = streams.reduce((sum, { sent, received }) => sum + sent + received, 0)
    // Twice the same: the source's last packets may not have reached the worker at the first look.
    if (now === last && streams.every(({ sent, received }) => sent === received)) return
    if (now !== last) movedAt = performance.now()
    last = now
  }
}

/** Every stream from where it leaves to where it arrives. */
async function counts(guests: readonly Guest[]): Promise<StreamCount[]> {
  const leaving = new Map(guests.flatMap((guest) => [...guest.leaving]))
  return Promise.all(
    guests.flatMap(({ arriving }) =>
      [...arriving].map(async ([id, producer]) => {
        const [sent, received] = await Promise.all([
          packets(leaving.get(id)?.getStats(), 'outbound-rtp'),
          packets(producer.getStats(), 'inbound-rtp'),
        ])
        return { stream: `${producer.kind} ${id}`, sent, received }
      }),
    ),
  )
}

type Statistics = readonly (types.ConsumerStat | types.ProducerStat)[]

async function packets(statistics: Promise<Statistics> | undefined, type: string): Promise<number> {
  const found = (await statistics)?.filter((entry) => entry.type === type) ?? []
  return found.reduce((sum, { packetCount }) => sum + packetCount, 0)
}

function since(before: readonly StreamCount[], after: readonly StreamCount[]): StreamCount[] {
  const earlier = new Map(before.map((count) => [count.stream, count]))
  return after.map(({ stream, sent, received }) => {
    const { sent: sentThen = 0, received: receivedThen = 0 } = earlier.get(stream) ?? {}
    return { stream, sent: sent - sentThen, received: received - receivedThen }
  })
}

/** Open loop: each join is due at its time, and waits in its latency for whatever holds it up. */
async function timeJoins(job: RoomsJob, rooms: Guest[][], prepare: () => Promise<Guest>, source: Source) {
  const latency = latencyHistogram()
  const newcomers: { readonly n: number; readonly guest: Guest }[] = []
  for (let n = 0; n < Math.min(job.joins, rooms.length); n += 1) newcomers.push({ n, guest: await prepare() })
  for (const { n } of newcomers) await rooms[n]?.[1]?.leave(n % 2 === 0 ? 'by vanishing' : 'politely')
  source.start()
  const startedAt = performance.now() + joinEveryMs
  const entering = newcomers.map(async ({ n, guest }, place) => {
    const dueAt = startedAt + place * joinEveryMs
    await delay(Math.max(0, dueAt - performance.now()))
    const late = AbortSignal.timeout(joinMs)
    const never = new Promise<never>((_, reject) => {
      late.addEventListener('abort', () => reject(new Error(`no video within ${joinMs} ms of joining`)))
    })
    await guest.enter(roomName(job.name, n))
    recordMs(latency, (await Promise.race([guest.firstVideoAt, never])) - dueAt)
    const [first] = rooms[n] ?? []
    if (first !== undefined) rooms[n] = [first, guest]
  })
  await Promise.all(entering)
  source.stop()
  return encode(latency)
}

serveJob(run)
