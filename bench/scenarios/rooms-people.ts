/**
 * Question: what do people in real browsers see of the rooms? How soon there is a picture while half of the server's core is in
 * use, and again after its worker was killed; what a join with real ICE and DTLS costs; and what a room of real browsers costs
 * against a synthetic one, which is what the other figures are made with.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Canary, chromiumPath, openCanary } from '../capacity/canary.ts'
import type { Sight, Visit } from '../capacity/sight.ts'
import { childrenOf } from '../processes.ts'
import { metric, type Result, ratio } from '../scenario.ts'
import { quantile } from '../statistics.ts'
import { cpuUs, type Parts } from '../usage.ts'
import { enrolPortfolios, type Portfolio, startVisavis, type VisavisServer } from '../visavis.ts'

export interface PeopleOptions {
  readonly visavis: VisavisServer
  readonly smoke: boolean
  readonly repeats: number
  /** Rooms that keep half of the server's core busy. */
  readonly halfLoad: number
  /** Synthetic rooms, for so long. @param onFlowing they are filled, and media flows. */
  readonly load: (rooms: number, seconds: number, onFlowing?: () => void) => Promise<SyntheticLoad>
  readonly say: (line: string) => void
}

/** CPU of server and worker, and packets forwarded. */
export interface SyntheticLoad {
  readonly us: number
  readonly packets: number
  /** What came through, as a share of what was to come. */
  readonly made: number
  /** Of server and worker. */
  readonly cores: number
}

interface Size {
  readonly seconds: number
  readonly kills: number
  /** Rooms that are joined at once, and how often. */
  readonly storm: number
  readonly storms: number
  /** After so long somebody who joined sees nothing. */
  readonly joinMs: number
}
/** Of somebody who joins again and again: many joins, and yet each into a talk that goes on. */
const visitMs = 1_500
const full: Size = { seconds: 20, kills: 30, storm: 20, storms: 5, joinMs: 15_000 }
/** It is not to fail because a machine is busy. */
const smoke: Size = { seconds: 2, kills: 1, storm: 2, storms: 1, joinMs: 90_000 }
/**
 * Of cameras beside a load, px, as in the measurement of capacity: the two pages take a third of what they take with 1,280, and
 * what is measured is the server at half its load, not two browsers that wait for each other's processor.
 */
const besideWidth = 640
/** A visit that begins at the end of a look goes on for a while. */
const marginSeconds = 2
/** Between a new picture and the next kill, at random. */
const pauseMs = { least: 1_500, most: 5_500 }

/** Without a Chromium there is nobody to see anything: then there are no figures, and a note says why. */
export async function measurePeople(options: PeopleOptions): Promise<Result> {
  const path = chromiumPath()
  if (path === undefined)
    return { metrics: {}, ratios: {}, checks: {}, notes: ['no Chromium: nothing was measured in real browsers'] }
  const size = options.smoke ? smoke : full
  const repeats = options.smoke ? 1 : options.repeats
  const { visavis, halfLoad, load, say } = options
  const [people] = await enrolPortfolios(visavis.url, { advisors: 1, jobseekers: size.storm })
  if (people === undefined) throw new Error('nobody was enrolled')

  const joins: Visit[] = []
  const loads: SyntheticLoad[] = []
  const costs: { real: number; synthetic: number }[] = []
  const storms: { cpuMs: number; perS: number }[] = []
  let missed = 0
  {
    await using canary = await openCanary(path, visavis.url, people, { joinMs: size.joinMs })
    for (let n = 0; n < repeats; n += 1) {
      const real = await realRoom(canary, visavis.parts, size.seconds)
      const { us, packets } = await load(1, size.seconds)
      costs.push({ real, synthetic: us / packets })
      say(`one room: ${real.toFixed(1)} µs per packet with real browsers, ${(us / packets).toFixed(1)} synthetic`)
    }
  }
  {
    await using canary = await openCanary(path, visavis.url, people, { joinMs: size.joinMs, cameraWidth: besideWidth })
    for (let n = 0; n < repeats; n += 1) {
      const [{ visits }, beside] = await lookWhile(canary, size.seconds, (seconds, onFlowing) =>
        load(halfLoad, seconds, onFlowing),
      )
      joins.push(...visits)
      loads.push(beside)
      say(`beside ${halfLoad} rooms, ms to answer/connection/picture: ${visits.map(describe).join(', ')}`)
    }
    for (let n = 0; n < size.storms; n += 1) {
      const { joined, ...cost } = await storm(canary, people, visavis.parts, size.storm)
      missed += size.storm - joined
      storms.push(cost)
    }
  }
  const kills = await killWorkers(path, size, say)
  const first = (values: readonly number[], q: number) => metric([quantile(values, q)], 'ms', 'lower')
  const took = range(
    loads.map(({ cores }) => cores),
    2,
  )
  const came = range(
    loads.map(({ made }) => made * 100),
    1,
  )
  return {
    metrics: {
      ...Object.fromEntries(
        Object.entries(steps).flatMap(([name, of]) =>
          ([50, 95] as const).map((q) => [`${name}_p${q}_ms_half_load`, first(joins.map(of), q / 100)]),
        ),
      ),
      worker_kill_to_frame_p50_ms: first(kills, 0.5),
      worker_kill_to_frame_p95_ms: first(kills, 0.95),
      join_cpu_ms: metric(
        storms.map(({ cpuMs }) => cpuMs),
        'ms',
        'lower',
      ),
      joins_per_s: metric(
        storms.map(({ cpuMs }) => 1_000 / cpuMs),
        'joins/s',
        'higher',
      ),
      storm_joins_per_s: metric(
        storms.map(({ perS }) => perS),
        'joins/s',
        'higher',
      ),
    },
    ratios: {
      webrtc_vs_synthetic_cpu: ratio(
        costs.map(({ real }) => real),
        costs.map(({ synthetic }) => synthetic),
        'lower',
      ),
    },
    checks: { every_join_succeeded: missed === 0, every_kill_survived: kills.every(Number.isFinite) },
    notes: [
      `${joins.length} joins beside ${halfLoad} rooms, which took ${took} cores of server and worker, and of which ${came} % of the packets came; kill to picture in ms: ${kills.map(Math.round).join(', ')}`,
    ],
  }
}

/** What a join goes through: the first is the server's and what lies between, the others are the browser's for the most part. */
const steps: Readonly<Record<string, (visit: Visit) => number>> = {
  join_answered: ({ answeredMs }) => answeredMs,
  join_connected: ({ connectedMs }) => connectedMs,
  join: ({ firstFrameMs }) => firstFrameMs,
}

const range = (values: readonly number[], digits: number): string =>
  `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`

const describe = (visit: Visit): string =>
  Object.values(steps)
    .map((of) => Math.round(of(visit)))
    .join('/')

/** Looks while rooms flow, and not while they are filled, which is another load. */
async function lookWhile<L>(
  canary: Canary,
  seconds: number,
  load: (seconds: number, onFlowing: () => void) => Promise<L>,
): Promise<[Sight, L]> {
  const flowing = Promise.withResolvers<void>()
  const loaded = load(seconds + marginSeconds, flowing.resolve)
  const looked = flowing.promise.then(() => canary.look(seconds, visitMs))
  // A load that fails has not flowed: then there is nothing to look at.
  return await Promise.all([looked, loaded])
}

/** @returns µs of server and worker per packet that reached a browser. */
function realRoom(canary: Canary, parts: Parts, seconds: number): Promise<number> {
  return canary.talk(async ({ packets }) => {
    const before = { us: await spent(parts), packets: await packets() }
    await delay(seconds * 1_000)
    return ((await spent(parts)) - before.us) / ((await packets()) - before.packets)
  })
}

/** What joins cost that come at once: signaling, two transports, ICE, DTLS and a track each. */
async function storm(canary: Canary, { channels }: Portfolio, parts: Parts, rooms: number) {
  const before = await spent(parts)
  const { joined, ms } = await canary.storm(channels.slice(0, rooms).map(({ channel }) => channel))
  const us = (await spent(parts)) - before
  return { joined, cpuMs: us / 1_000 / Math.max(1, joined), perS: (joined * 1_000) / ms }
}

/** Of a node of its own. @returns from each kill until both see a new picture, ms; Infinity when they never do. */
async function killWorkers(path: string, { kills, joinMs }: Size, say: (line: string) => void): Promise<number[]> {
  await using visavis = await startVisavis()
  const [people] = await enrolPortfolios(visavis.url, { advisors: 1, jobseekers: 1 })
  const [pid] = visavis.parts.server ?? []
  if (people === undefined || pid === undefined) throw new Error('there is nobody to talk')
  await using canary = await openCanary(path, visavis.url, people, { joinMs })
  // Awaited here: the pages are closed when this scope ends.
  return await canary.talk(async ({ nextPictures }) => {
    const lasted: number[] = []
    for (let n = 0; n < kills; n += 1) {
      await delay(pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least))
      const { seen } = await nextPictures()
      // The one that has run longest has the room; the other one is spare.
      const [worker] = childrenOf(pid, 'mediasoup').toSorted((a, b) => a - b)
      if (worker === undefined) throw new Error('no worker runs')
      process.kill(worker, 'SIGKILL')
      const killedAt = Date.now()
      lasted.push((await seen) - killedAt)
    }
    say(`kill of a worker to a new picture at both: ${lasted.map(Math.round).join(', ')} ms`)
    return lasted
  })
}

async function spent({ server = [], workers = [] }: Parts): Promise<number> {
  const used = await cpuUs({ server, workers })
  return (used.server ?? 0) + (used.workers ?? 0)
}
