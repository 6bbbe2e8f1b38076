/** Question: how many 1:1 webcam rooms does one core carry without loss, and what does Visavis add to raw mediasoup? */

import { until } from '../condition.ts'
import type { RoomsJob, RoomsOutcome } from '../generator/rooms.ts'
import { workerBin } from '../machine.ts'
import { childrenOf, type GeneratorRun, runGenerator, startServer } from '../processes.ts'
import { metric, type Result, type RunOptions, ratio, type Scenario } from '../scenario.ts'
import { developmentToken } from '../socket.ts'
import { startVisavis } from '../visavis.ts'

interface Size {
  /** For the comparison with raw mediasoup. */
  readonly rooms: number
  readonly seconds: number
  readonly probes: number
  /** Rising numbers of rooms, for what one core carries. */
  readonly ladder: readonly number[]
}
const full: Size = { rooms: 20, seconds: 5, probes: 10, ladder: [40, 60, 80, 100, 120] }
const smoke: Size = { rooms: 3, seconds: 1, probes: 2, ladder: [] }
/** Share of its core at which a worker counts as full. */
const fullCore = 0.9

type Run = GeneratorRun<RoomsOutcome>

export const rooms: Scenario = {
  name: 'rooms',
  question: 'How many 1:1 webcam rooms does one core carry without loss, and what does Visavis add to raw mediasoup?',
  async run(options) {
    const size = options.smoke ? smoke : full
    await using visavis = await startVisavis({ VISAVIS_SYNTHETIC_PARTICIPANTS: 'true' })
    await using peer = await startServer('peers/mediasoup/server.ts', { PEER_WORKER_BIN: workerBin() })
    const { server, workers } = visavis.parts
    const ours = { server, worker: workers }
    const theirs = { server: [peer.pid], worker: await childrenOf(peer.pid, 'mediasoup') }
    const operator = await developmentToken(visavis.url, 'operator-denis')
    const job = { tokens: [operator, operator] as const, workerBin: workerBin(), ...size }

    const pairs: { ours: Run[]; theirs: Run[] } = { ours: [], theirs: [] }
    for (let n = 0; n < options.repeats; n += 1) {
      pairs.ours.push(await runRooms({ ...job, url: visavis.url }, ours))
      pairs.theirs.push(await runRooms({ ...job, url: peer.url }, theirs))
      options.say(`  ${size.rooms} rooms: ${show(pairs.ours.at(-1))}; raw mediasoup ${show(pairs.theirs.at(-1))}`)
    }
    const climbed = await climb(
      size.ladder,
      (count) => runRooms({ ...job, url: visavis.url, rooms: count, probes: 0 }, ours),
      options,
    )
    return summarize(pairs, climbed, await nothingLeftOpen(visavis.url))
  },
}

const runRooms = (job: RoomsJob, watched: Readonly<Record<string, readonly number[]>>): Promise<Run> =>
  runGenerator<RoomsOutcome>('generator/rooms.ts', job, { watched, timeoutMs: 60_000 + job.rooms * 500 })

const usPerPacket = ({ cpuUs, result }: Run): number => ((cpuUs.server ?? 0) + (cpuUs.worker ?? 0)) / result.inWindow
const workerCore = ({ cpuUs, seconds }: Run): number => (cpuUs.worker ?? 0) / seconds / 1_000_000
const show = (run: Run | undefined): string => (run === undefined ? '' : `${usPerPacket(run).toFixed(1)} µs per packet`)

interface Climbed {
  /** Rooms one core carries, by the cost per room of the largest number that lost nothing. */
  readonly perCore: number
}

async function climb(
  steps: readonly number[],
  measure: (rooms: number) => Promise<Run>,
  { say }: RunOptions,
): Promise<Climbed | undefined> {
  let best: Climbed | undefined
  for (const count of steps) {
    const run = await measure(count)
    const core = workerCore(run)
    say(`  ${count} rooms: worker at ${core.toFixed(2)} of its core, ${run.result.incomplete} streams incomplete`)
    if (run.result.incomplete > 0) break
    best = { perCore: count / core }
    if (core > fullCore) break
  }
  return best
}

/** After everybody has left, the server itself says that nobody is there. */
async function nothingLeftOpen(url: string): Promise<boolean> {
  const empty = async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    return ['visavis_rooms', 'visavis_participants'].every((name) =>
      new RegExp(`^${name}\\{[^}]*\\} 0$`, 'm').test(text),
    )
  }
  return until(empty, 5_000).then(
    () => true,
    () => false,
  )
}

function summarize(
  { ours, theirs }: { ours: Run[]; theirs: Run[] },
  climbed: Climbed | undefined,
  empty: boolean,
): Result {
  const joins = ours.flatMap(({ result }) => result.joinMs).toSorted((a, b) => a - b)
  const p95 = joins[Math.ceil(joins.length * 0.95) - 1] ?? Number.NaN
  const delivered = (runs: readonly Run[]) =>
    runs.every(({ result }) => result.incomplete === 0 && result.sent > 0 && result.received === result.sent)
  return {
    metrics: {
      cpu_us_per_packet: metric(ours.map(usPerPacket), 'µs', 'lower'),
      packets_per_s: metric(
        ours.map(({ result, seconds }) => result.inWindow / seconds),
        'packets/s',
        'higher',
      ),
      join_p50_ms: metric(joins, 'ms', 'lower'),
      join_p95_ms: { value: p95, low: p95, high: joins.at(-1) ?? p95, unit: 'ms', better: 'lower' },
      ...(climbed === undefined ? {} : { rooms_per_core: metric([climbed.perCore], 'rooms', 'higher') }),
    },
    ratios: { cpu_per_packet_vs_mediasoup: ratio(ours.map(usPerPacket), theirs.map(usPerPacket), 'lower') },
    checks: {
      all_packets_delivered: delivered(ours),
      peer_delivered_all_packets: delivered(theirs),
      nothing_left_open: empty,
    },
  }
}
