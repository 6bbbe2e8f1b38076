/** Question: how many 1:1 webcam rooms does one core carry without loss, and what does Visavis add to raw mediasoup? */
import { type Climb, climb, nearby } from '../climb.ts'
import { roomsAreEmpty } from '../empty-rooms.ts'
import type { RoomsJob, RoomsOutcome } from '../generator/rooms.ts'
import { type Run, type RunGenerators, runGenerators } from '../generators.ts'
import { roomsAt } from '../half-load.ts'
import { merge, percentileMs } from '../latency.ts'
import { workerBin } from '../machine.ts'
import type { PeerName } from '../peer.ts'
import { startJanus } from '../peers/janus/janus.ts'
import { childrenOf, startServer } from '../processes.ts'
import { combine, metric, type Result, type RunOptions, ratio, type Scenario } from '../scenario.ts'
import { developmentToken } from '../socket.ts'
import type { Parts } from '../usage.ts'
import { startVisavis, withoutLimits } from '../visavis.ts'
import { measureLeaks } from './rooms-leak.ts'
import { type MemorySize, measureMemory } from './rooms-memory.ts'
import { measurePeople } from './rooms-people.ts'

interface Size {
  /** For the comparison with raw mediasoup and for the joins. */
  readonly rooms: number
  readonly seconds: number
  readonly joins: number
  /** Rising numbers of rooms, for what one core carries. */
  readonly ladder: readonly number[]
  readonly ladderSeconds: number
  /** Joins that must leave nothing behind. */
  readonly cycles: number
  /** For their memory. */
  readonly held: Pick<MemorySize, 'rooms' | 'seconds'>
}
const full: Size = {
  rooms: 30,
  seconds: 6,
  joins: 30,
  ladder: [20, 40, 60, 80, 100, 110, 120, 130, 140, 150, 160, 170, 180, 200, 220, 240],
  ladderSeconds: 4,
  cycles: 1_000,
  held: { rooms: 40, seconds: 6 },
}
const smoke: Size = {
  rooms: 3,
  seconds: 1,
  joins: 3,
  ladder: [],
  ladderSeconds: 0,
  cycles: 20,
  held: { rooms: 2, seconds: 1 },
}
/** Share of its core above which a worker counts as full. */
const fullCore = 0.9
/** Cores of server and worker: half of the one that a worker has. */
const halfCore = 0.5
/** Share of the packets due that must have been sent for a rate to count as made. */
const made = 0.98
const stepsBack = 2
/** One load, of few rooms, on a machine that has much else to do. */
const loadMs = 240_000
/** Each of two receives sound and a picture. */
const consumersPerRoom = 4

export const rooms: Scenario = {
  name: 'rooms',
  peers: ['mediasoup', 'janus'],
  question:
    'How many 1:1 webcam rooms does one core carry without loss, what does Visavis add to raw mediasoup, and how far is that from Janus?',
  async run(options) {
    const size = options.smoke ? smoke : full
    await using visavis = await startVisavis({ env: { ...withoutLimits, VISAVIS_SYNTHETIC_PARTICIPANTS: 'true' } })
    await using stack = new AsyncDisposableStack()
    const token = await developmentToken(visavis.url, 'operator-denis')
    const ours: Target = { url: visavis.url, token, dialect: 'visavis', parts: visavis.parts }
    const beside = new Map<PeerName, Target>()
    for (const peer of options.peers) {
      beside.set(peer, stack.use(await (peer === 'janus' ? startJanusPeer() : startRawMediasoup())))
    }

    const measured: Measured = {
      ours: [],
      oneLayer: [],
      beside: new Map(),
      failed: new Set(),
      held: [],
      climbed: [],
      emptied: [],
      notes: new Set(),
    }
    for (let n = 0; n < options.repeats; n += 1) {
      const mine = await runLoad(ours, size, options)
      measured.emptied.push(await roomsAreEmpty(visavis.url))
      measured.ours.push(mine)
      options.say(`${size.rooms} rooms: ${describe(mine)}`)
      for (const [peer, target] of beside) {
        if (peer === 'janus')
          measured.oneLayer.push(await runLoad(ours, { ...size, joins: 0, layers: 'largest' }, options))
        const load = await runPeer(peer, target, size, options)
        measured.beside.set(peer, [...(measured.beside.get(peer) ?? []), ...(load === undefined ? [] : [load])])
        if (load === undefined) measured.failed.add(peer)
        options.say(`${size.rooms} rooms, ${peer}: ${load === undefined ? 'failed' : describe(load)}`)
      }
    }
    for (let n = 0; size.ladder.length > 0 && n < options.repeats; n += 1) {
      const [first] = measured.held
      const from = first === undefined ? 0 : nearby(size.ladder, first.rooms, stepsBack)
      const found = await climb(size.ladder, from, {
        load: async (rooms) => {
          const reached = await runLoad(ours, { rooms, seconds: size.ladderSeconds, joins: 0 }, options)
          measured.emptied.push(await roomsAreEmpty(visavis.url))
          options.say(`${rooms} rooms: ${describe(reached)}`)
          return reached
        },
        held: (load) => load.faults.length === 0 && isMade(load) && workerCore(load) <= fullCore,
      })
      if (found.best === undefined) throw new Error(`not even ${size.ladder[0]} rooms were held`)
      measured.held.push(found.best.load)
      measured.climbed.push(...found.loads)
      for (const note of limitOf(found)) measured.notes.add(note)
    }
    // Nothing of what follows is spoilt, and none of its figures would be given.
    if (options.sabotage !== undefined) return summarize(measured)
    const people = await measurePeople({
      ...{ visavis, smoke: options.smoke, repeats: options.repeats, say: options.say },
      halfLoad: roomsAt(
        halfCore,
        [...measured.ours, ...measured.climbed].map((load) => ({ rooms: load.rooms, cores: serverCores(load) })),
      ),
      async load(rooms, seconds, onFlowing) {
        const how = { onGo: () => onFlowing?.(), yielding: true }
        const load = await runLoad(ours, { rooms, seconds, joins: 0 }, { ...options, sabotage: undefined }, how)
        return {
          us: serverUs(load),
          packets: load.received,
          made: load.received / load.expected,
          cores: serverCores(load),
        }
      },
    })
    const leaks = await measureLeaks(visavis, token, size.cycles)
    const memory = await measureMemory({ ...size.held, repeats: options.smoke ? 1 : options.repeats })
    return combine([summarize(measured), people, leaks, memory])
  },
}

interface Target extends Pick<RoomsJob, 'url' | 'token' | 'dialect'> {
  readonly parts: Parts
}

async function startRawMediasoup(): Promise<Target & AsyncDisposable> {
  const peer = await startServer('peers/mediasoup/server.ts', { PEER_WORKER_BIN: workerBin() })
  const parts = { server: [peer.pid], workers: childrenOf(peer.pid, 'mediasoup') }
  const end = () => peer[Symbol.asyncDispose]()
  return { url: peer.url, token: 'any', dialect: 'visavis', parts, [Symbol.asyncDispose]: end }
}

async function startJanusPeer(): Promise<Target & AsyncDisposable> {
  const { url, pid, ...resource } = await startJanus()
  return { url, token: '', dialect: 'janus', parts: { workers: [pid] }, ...resource }
}

/** A run of all generators, added up. */
interface Load extends Omit<Run<RoomsOutcome>, 'results'> {
  readonly rooms: number
  readonly received: number
  readonly receivedBytes: number
  readonly expected: number
  readonly faults: readonly string[]
  readonly joinP50Ms: number
  readonly joinP95Ms: number
  /** For how long media flowed. */
  readonly flowed: number
}

interface Measured {
  readonly ours: Load[]
  /** Beside Janus, whose participants send one layer. */
  readonly oneLayer: Load[]
  readonly beside: Map<PeerName, Load[]>
  /** The largest load of each climb that was held. */
  readonly held: Load[]
  /** All loads of the climbs. */
  readonly climbed: Load[]
  readonly emptied: boolean[]
  /** Those that could not do it at all. */
  readonly failed: Set<PeerName>
  readonly notes: Set<string>
}

/** Janus has the system's small socket buffers: a moment without the processor costs it packets, which says nothing of its speed. */
const tries: Readonly<Partial<Record<PeerName, number>>> = { janus: 3 }

/** @returns undefined when one that may be tried again could not do it at all: ours stand without it. */
async function runPeer(peer: PeerName, target: Target, size: Amount, options: RunOptions): Promise<Load | undefined> {
  // Joining Janus is other work, and no figure.
  const amount: Amount = peer === 'janus' ? { ...size, joins: 0, layers: 'largest' } : size
  for (let left = tries[peer] ?? 1; ; left -= 1) {
    const load = await runLoad(target, amount, { ...options, sabotage: undefined }).catch((error: unknown) => {
      if (!(peer in tries)) throw error
      options.say(`${peer}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    })
    if (left <= 1 || (load !== undefined && isWhole([load]))) return load
  }
}

type Amount = Pick<RoomsJob, 'rooms' | 'seconds' | 'joins'> & Partial<Pick<RoomsJob, 'layers'>>

async function runLoad(
  { parts, ...target }: Target,
  amount: Amount,
  options: RunOptions,
  how: Pick<RunGenerators, 'onGo' | 'yielding'> = {},
): Promise<Load> {
  const { rooms, seconds, joins, layers = 'all' } = amount
  const count = Math.min(options.generators, rooms)
  const share = (of: number, n: number) => Math.floor(of / count) + (n < of % count ? 1 : 0)
  const jobs = Array.from({ length: count }, (_, n) => ({
    ...target,
    workerBin: workerBin(),
    name: `g${n}`,
    rooms: share(rooms, n),
    joins: share(joins, n),
    ...{ seconds, layers },
    sabotage: options.sabotage !== undefined && n === 0,
  }))
  const run = await runGenerators<RoomsJob, RoomsOutcome>('generator/rooms.ts', jobs, {
    watched: parts,
    timeoutMs: loadMs + rooms * 500,
    ...how,
  })
  const sum = (of: (outcome: RoomsOutcome) => number) => run.results.reduce((total, result) => total + of(result), 0)
  const latency = merge(run.results.map(({ joins }) => joins))
  return {
    ...run,
    rooms,
    received: sum(({ received }) => received),
    receivedBytes: sum(({ receivedBytes }) => receivedBytes),
    expected: sum(({ expected }) => expected),
    faults: run.results.flatMap(({ faults }) => faults),
    joinP50Ms: percentileMs(latency, 50),
    joinP95Ms: percentileMs(latency, 95),
    flowed: sum(({ flowed }) => flowed) / count,
  }
}

/** CPU time of server and workers. */
const serverUs = ({ cpuUs }: Load): number => (cpuUs.server ?? 0) + (cpuUs.workers ?? 0)
const usPerPacket = (load: Load): number => serverUs(load) / load.received
/** CPU time for each Mbit forwarded. */
const msPerMbit = (load: Load): number => serverUs(load) / 1_000 / ((load.receivedBytes * 8) / 1_000_000)
const serverCores = (load: Load): number => serverUs(load) / load.flowed / 1_000_000
const workerCore = ({ cpuUs, flowed }: Load): number => (cpuUs.workers ?? 0) / flowed / 1_000_000

const joinMs = ({ joinP50Ms }: Load): number => joinP50Ms
/** With the media workers of the generators. */
const generatorCores = ({ cpuUs, seconds }: Load): number => (cpuUs.generator ?? 0) / seconds / 1_000_000

/** Every packet came through, and there were some. */
const isWhole = (loads: readonly Load[]): boolean =>
  loads.every(({ faults, received }) => faults.length === 0 && received > 0)

/** Whether the generator sent what it was to send. */
const isMade = ({ received, expected }: Load): boolean => received >= expected * made

const describe = (load: Load): string =>
  `${usPerPacket(load).toFixed(1)} µs per packet, worker at ${workerCore(load).toFixed(2)} of its core, ${load.faults.length} of the streams not whole`

/** What people should know about the number of rooms that was not held. */
function limitOf({ best, broken }: Climb<Load>): string[] {
  if (broken === undefined) return [`even the largest number of rooms tried was held: ${best?.step}`]
  if (broken.load.faults.length > 0 || isMade(broken.load)) return []
  return [`at ${broken.step} rooms the generator could not make the load: the server may hold more`]
}

function summarize({ ours, oneLayer, beside, failed, held, emptied, notes }: Measured): Result {
  const of = (figure: (load: Load) => number) => ours.map(figure)
  // A figure of what it did not do would be none; ours stand without it.
  const lossy = [...beside]
    .filter(([peer, loads]) => failed.has(peer) || (peer in tries && !isWhole(loads)))
    .map(([peer]) => peer)
  const peers = [...beside].filter(([peer]) => !lossy.includes(peer))
  const faults = [ours, oneLayer, ...peers.map(([, loads]) => loads)].flat().flatMap(({ faults }) => faults)
  const perSecond = ({ received, flowed }: Load) => received / flowed
  return {
    metrics: {
      cpu_us_per_packet: metric(of(usPerPacket), 'µs', 'lower'),
      cpu_ms_per_mbit: metric(of(msPerMbit), 'ms', 'lower'),
      packets_per_s: metric((held.length === 0 ? ours : held).map(perSecond), 'packets/s', 'higher'),
      join_p50_ms: metric(
        of(({ joinP50Ms }) => joinP50Ms),
        'ms',
        'lower',
      ),
      join_p95_ms: metric(
        of(({ joinP95Ms }) => joinP95Ms),
        'ms',
        'lower',
      ),
      generator_cores: metric(of(generatorCores), 'cores', 'lower'),
      ...Object.fromEntries(
        peers.map(([peer, loads]) => [`${peer}_cpu_us_per_packet`, metric(loads.map(usPerPacket), 'µs', 'lower')]),
      ),
      ...(oneLayer.length === 0
        ? {}
        : { one_layer_cpu_us_per_packet: metric(oneLayer.map(usPerPacket), 'µs', 'lower') }),
      ...(held.length === 0
        ? {}
        : {
            rooms_per_core: metric(
              held.map(({ rooms }) => rooms),
              'rooms',
              'higher',
            ),
            consumers_per_core: metric(
              held.map(({ rooms }) => rooms * consumersPerRoom),
              'consumers',
              'higher',
            ),
          }),
    },
    ratios: {
      ...Object.fromEntries(
        peers.map(([peer, loads]) => [
          `cpu_per_packet_vs_${peer}`,
          ratio((peer === 'janus' ? oneLayer : ours).map(usPerPacket), loads.map(usPerPacket), 'lower'),
        ]),
      ),
      // Janus's participants shake hands (ICE, DTLS) before any media, synthetic ones do not: no ratio of these.
      ...Object.fromEntries(
        peers.flatMap(([peer, loads]) =>
          peer === 'janus' ? [] : [[`join_vs_${peer}`, ratio(of(joinMs), loads.map(joinMs), 'lower')]],
        ),
      ),
    },
    checks: {
      all_packets_delivered: isWhole([...ours, ...oneLayer]),
      ...Object.fromEntries(peers.map(([peer, loads]) => [`${peer}_delivered_all_packets`, isWhole(loads)])),
      nothing_left_open: emptied.length > 0 && emptied.every(Boolean),
    },
    notes: [
      ...notes,
      ...lossy.map((peer) => `${peer} lost packets or failed, also when it was tried again: there is no figure of it`),
      ...faults.slice(0, 10),
    ],
  }
}
