/**
 * Fills 1:1 rooms with synthetic participants. Cameras and a microphone are made here once and fanned out by a mediasoup
 * worker of the generator; what comes back is counted by its producers' RTP statistics.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { createWorker } from 'mediasoup'
import { encode, latencyHistogram, recordMs } from '../latency.ts'
import { packetFaults } from '../packets.ts'
import { type Participant, prepareGuest } from './guest.ts'
import { prepareJanusGuest } from './janus-guest.ts'
import { serveJob, type Window } from './job.ts'
import { openSource, type Source, type SourceOptions } from './source.ts'
import { countedFlow, fill, packetsDue, roomName, settle } from './talks.ts'

export interface RoomsJob {
  readonly url: string
  /** Of an operator: every participant is a session of theirs. */
  readonly token: string
  /** Whose protocol is spoken. */
  readonly dialect: 'visavis' | 'janus'
  readonly workerBin: string
  /** Distinguishes the rooms of several generators. */
  readonly name: string
  readonly rooms: number
  readonly layers: NonNullable<SourceOptions['layers']>
  readonly seconds: number
  /** Participants that leave and come again while the load flows, to time the join; one after the other at a fixed pace. */
  readonly joins: number
  readonly sabotage: boolean
}

export interface RoomsOutcome {
  /** Packets that the server forwarded in the window of load, and those that would have been forwarded in time. */
  readonly received: number
  readonly receivedBytes: number
  readonly expected: number
  /** For how long media flowed in that window. */
  readonly flowed: number
  /** Streams of which not every packet arrived, a sentence each. */
  readonly faults: readonly string[]
  /** Encoded histogram: from the moment a join is due to the first video packet of the other. */
  readonly joins: string
}

const joinEveryMs = 100
/** After so long nothing comes any more, however busy the machine is. */
const joinMs = 60_000

async function run(job: RoomsJob, window: Window): Promise<RoomsOutcome> {
  const worker = await createWorker({ workerBin: job.workerBin, logLevel: 'error' })
  try {
    const { router, source } = await openSource(worker, { layers: job.layers })
    const { url, token } = job
    const prepare = (): Promise<Participant> =>
      job.dialect === 'janus'
        ? prepareJanusGuest({ url, router, source })
        : prepareGuest({ url, token, router, source })
    const rooms = await fill(job.name, job.rooms, prepare)
    const guests = () => rooms.flat()
    await settle(source, guests())

    await window.open()
    if (job.sabotage) await rooms[0]?.[0]?.sabotage()
    const { streams, seconds: flowed } = await countedFlow(source, job.seconds, guests())
    window.close()

    const joins = await timeJoins(job, rooms, prepare, source)
    await Promise.all(
      // Half of them leave without a word.
      guests().map((guest, n) => guest.leave(n % 2 === 0 ? 'politely' : 'by vanishing')),
    )
    return {
      received: streams.reduce((sum, { received }) => sum + received, 0),
      receivedBytes: streams.reduce((sum, { bytes }) => sum + bytes, 0),
      expected: Math.round(packetsDue(guests(), flowed)),
      flowed,
      faults: packetFaults(streams),
      joins,
    }
  } finally {
    worker.close()
  }
}

/** Open loop: each join is due at its time, and waits in its latency for whatever holds it up. */
async function timeJoins(job: RoomsJob, rooms: Participant[][], prepare: () => Promise<Participant>, source: Source) {
  const latency = latencyHistogram()
  const newcomers: { readonly n: number; readonly guest: Participant }[] = []
  for (let n = 0; n < Math.min(job.joins, rooms.length); n += 1) newcomers.push({ n, guest: await prepare() })
  for (const { n } of newcomers) await rooms[n]?.[1]?.leave(n % 2 === 0 ? 'by vanishing' : 'politely')
  source.start()
  const startedAt = performance.now() + joinEveryMs
  const entering = newcomers.map(async ({ n, guest }, place) => {
    const dueAt = startedAt + place * joinEveryMs
    await delay(Math.max(0, dueAt - performance.now()))
    await guest.enter(roomName(job.name, n))
    const late = AbortSignal.timeout(joinMs)
    const never = new Promise<never>((_, reject) => {
      late.addEventListener('abort', () => reject(new Error(`no video within ${joinMs} ms of joining`)))
    })
    never.catch(() => {})
    recordMs(latency, (await Promise.race([guest.firstVideoAt, never])) - dueAt)
    const [first] = rooms[n] ?? []
    if (first !== undefined) rooms[n] = [first, guest]
  })
  await Promise.all(entering)
  source.stop()
  return encode(latency)
}

serveJob(run)
