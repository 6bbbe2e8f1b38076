/** Question: what does permessage-deflate save and cost on frames like ours? (docs/decisions/0009) */
import type { DeflateOrders, Talk } from '../generator/deflate.ts'
import { collecting, settledBytes } from '../memory.ts'
import { Crew } from '../orders.ts'
import { startServer } from '../processes.ts'
import { metric, type Result, ratio, type Scenario } from '../scenario.ts'
import { cpuUs, difference } from '../usage.ts'

interface Size {
  readonly connections: number
  readonly perSecond: number
  readonly seconds: number
}
const full: Size = { connections: 300, perSecond: 2_000, seconds: 5 }
const smoke: Size = { connections: 20, perSecond: 200, seconds: 0.5 }

/** Without; with what was seen before kept per connection; with nothing kept, for frames of 1 kB and more. */
const modes = ['off', 'context', 'stateless'] as const
type Mode = (typeof modes)[number]

interface Cost extends Talk {
  readonly cpuUsPerMessage: number
  readonly bytesPerConnection: number
  readonly generatorCores: number
}
type Round = Readonly<Record<Mode, Cost>>

export const deflate: Scenario = {
  name: 'deflate',
  peers: [],
  question: 'What does permessage-deflate save in bytes, and cost in CPU and memory, on frames like ours?',
  async run({ smoke: short, repeats, say }) {
    const rounds: Round[] = []
    for (let n = 0; n < repeats; n += 1) {
      const costs: Partial<Record<Mode, Cost>> = {}
      for (const mode of n % 2 === 0 ? modes : modes.toReversed()) {
        const cost = await measure(mode, short ? smoke : full)
        costs[mode] = cost
        const wire = Math.round(cost.wireBytes / cost.messages)
        const memory = Math.round(cost.bytesPerConnection / 1_000)
        say(`${mode}: ${Math.round(cost.cpuUsPerMessage)} µs and ${wire} bytes a message, ${memory} kB a connection`)
      }
      rounds.push(costs as Round)
    }
    return summarize(rounds)
  },
}

async function measure(mode: Mode, { connections, perSecond, seconds }: Size): Promise<Cost> {
  await using server = await startServer('peers/ws/deflate.ts', { PEER_DEFLATE: mode }, collecting)
  await using crew = new Crew<DeflateOrders>('generator/deflate.ts', 1)
  const parts = { server: [server.pid], generator: crew.pids }
  const load = (seconds: number) => crew.order('talk', [{ perSecond, seconds }])
  const connect = (connections: number) =>
    crew.order('connect', [{ url: server.url, deflate: mode !== 'off', connections }])
  // Some connections first, so that what the server needs for the first few is not counted.
  const first = Math.ceil(connections / 10)
  await connect(first)
  await load(seconds / 5)
  const before = await settledBytes(server.pid)
  await connect(connections - first)
  await load(seconds / 5)
  const [cpuBefore, startedAt] = [await cpuUs(parts), performance.now()]
  const [talk] = await load(seconds)
  const tookUs = (performance.now() - startedAt) * 1_000
  const used = difference(cpuBefore, await cpuUs(parts))
  if (talk === undefined) throw new Error('there was no load')
  const after = await settledBytes(server.pid)
  return {
    ...talk,
    cpuUsPerMessage: (used.server ?? 0) / talk.messages,
    generatorCores: (used.generator ?? 0) / tookUs,
    bytesPerConnection: Math.max(1, (after - before) / (connections - first)),
  }
}

function summarize(rounds: readonly Round[]): Result {
  const figures = {
    cpu_us_per_message: { unit: 'µs', of: ({ cpuUsPerMessage }: Cost) => cpuUsPerMessage },
    bytes_per_connection: { unit: 'bytes', of: ({ bytesPerConnection }: Cost) => bytesPerConnection },
    wire_bytes_per_message: { unit: 'bytes', of: ({ wireBytes, messages }: Cost) => wireBytes / messages },
  }
  const values = (mode: Mode, of: (cost: Cost) => number) => rounds.map((round) => of(round[mode]))
  const entries = Object.entries(figures)
  return {
    metrics: {
      ...Object.fromEntries(
        modes.flatMap((mode) =>
          entries.map(([name, { unit, of }]) => [`${mode}_${name}`, metric(values(mode, of), unit, 'lower')]),
        ),
      ),
      generator_cores: metric(
        values('off', ({ generatorCores }) => generatorCores),
        'cores',
        'lower',
      ),
    },
    ratios: Object.fromEntries(
      (['context', 'stateless'] as const).flatMap((mode) =>
        entries.map(([name, { of }]) => [
          `${mode}_${name}_vs_off`,
          ratio(values(mode, of), values('off', of), 'lower'),
        ]),
      ),
    ),
    checks: {
      every_frame_arrived: rounds.every((round) =>
        modes.every((mode) => round[mode].messages > 0 && round[mode].received === round[mode].expected),
      ),
    },
    notes: ['a message is three frames (request, result, event); every twentieth comes with a snapshot of 2 kB'],
  }
}
