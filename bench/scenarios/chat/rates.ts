/** Open loop at rising rates until the latency breaks its limit, then at half of what was held, beside the peers. */
import { describe, faultsOf, inOrder, type Load, runLoad, share } from '../../chat-load.ts'
import { type Climb, climb, nearby } from '../../climb.ts'
import { metric, type Result, type RunOptions, ratio } from '../../scenario.ts'
import { median } from '../../statistics.ts'
import { type Server, servers, type Targets } from './servers.ts'
import type { TalkSize } from './size.ts'
import { type Round, sideBySide } from './throughput.ts'

/** A rate is held while its p99 is not above this and it is achieved. */
const limitMs = 50
const achieved = 0.97
/** The first climb begins at this share of what the closed loop carried: there p99 is far from its limit. */
const firstStep = 0.5
/** Later climbs begin so many steps below where the first one ended. */
const stepsBack = 1
/** The first climb, when it began too high, goes down by half. */
const stride = 3
/** Of all climbs: a machine on which nothing is held must not take an hour to say so. */
const mostLoads = 24
const lowestPerSecond = 100

/** @param carried in the closed loop, messages a second. */
export async function risingRates(
  targets: Targets,
  carried: number,
  { seconds, warmUpSeconds, rates, climbs }: TalkSize,
  options: RunOptions,
): Promise<Result> {
  const { repeats, generators, say, smoke } = options
  const run = async (rate: number) => {
    const reached = await runLoad(targets.visavis, { rate, seconds, warmUpSeconds, generators })
    say(`${rate}/s asked: ${describe(reached)}, p50 ${reached.p50Ms} ms, p99 ${reached.p99Ms} ms`)
    return reached
  }
  const best: number[] = []
  const loads: Load[] = []
  const notes = new Set<string>()
  for (let n = 0; n < Math.min(repeats, climbs) && loads.length < mostLoads; n += 1) {
    const from = best[0] === undefined ? beginning(rates, carried) : nearby(rates, best[0], stepsBack)
    const found = await climb(rates, from, {
      load: run,
      stride,
      held: ({ p99Ms, perSecond }, rate) => smoke || (p99Ms <= limitMs && perSecond >= rate * achieved),
    })
    loads.push(...found.loads)
    if (found.best === undefined) break
    best.push(found.best.step)
    if (!smoke) for (const note of limitOf(found)) notes.add(note)
  }
  // What else was measured stands.
  if (best.length === 0) {
    const note = `not even ${rates[0]} messages a second were held: there is no rate and no latency to tell`
    return summarize({ best, climbed: loads, half: [], notes: [note] })
  }
  const rate = Math.max(Math.round(median(best) / 2), lowestPerSecond)
  const half = await sideBySide(targets, { rate, seconds, warmUpSeconds }, options)
  notes.add(`half load is ${rate} messages a second`)
  return summarize({ best, climbed: loads, half, notes: [...notes] })
}

/** The highest rate that is surely not too high; a climb that begins too high after all goes down. */
const beginning = (rates: readonly number[], carried: number): number =>
  Math.max(
    0,
    rates.findLastIndex((rate) => rate <= carried * firstStep),
  )

/** What people should know about the rate that was not held. */
function limitOf({ best, broken }: Climb<Load>): string[] {
  if (broken === undefined) return [`even the highest rate tried was held: ${best?.step}/s`]
  if (share(broken.load, 'generator') <= 0.9) return []
  return [`a generator was full at ${broken.step}/s: the server may hold more`]
}

interface Measured {
  /** The highest rate held, one per climb, and every load of the climbs. */
  readonly best: readonly number[]
  readonly climbed: readonly Load[]
  readonly half: readonly Round[]
  readonly notes: readonly string[]
}

function summarize({ best, climbed, half, notes }: Measured): Result {
  const of = (server: Server) => half.flatMap((round) => round[server] ?? [])
  const ms = (server: Server, figure: (load: Load) => number) => metric(of(server).map(figure), 'ms', 'lower')
  const p99 = ({ p99Ms }: Load) => p99Ms
  const peers = servers.filter((server) => server !== 'visavis' && of(server).length > 0)
  const all = [...climbed, ...of('visavis')]
  return {
    metrics:
      half.length === 0
        ? {}
        : {
            p50_ms_half_load: ms('visavis', ({ p50Ms }) => p50Ms),
            p99_ms_half_load: ms('visavis', p99),
            ...Object.fromEntries(peers.map((peer) => [`${peer}_p99_ms_half_load`, ms(peer, p99)])),
            max_rate_per_s: metric(best, 'messages/s', 'higher'),
          },
    ratios: Object.fromEntries(
      peers.map((peer) => [`p99_vs_${peer}`, ratio(of('visavis').map(p99), of(peer).map(p99), 'lower')]),
    ),
    checks: {
      every_message_once_in_order: inOrder(all),
      acknowledged_equals_stored: all.every(({ notDurable }) => notDurable.length === 0),
    },
    notes: [...notes, ...faultsOf(all).slice(0, 10)],
  }
}
