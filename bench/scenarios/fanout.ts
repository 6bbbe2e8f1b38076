/**
 * Question: what does it cost and how long does it take until a durable message is with everybody in its channel, beside
 * bare `ws` and socket.io with its Redis Streams adapter, doing the same work?
 */
import {
  describe,
  faultsOf,
  inOrder,
  type Load,
  type LoadOptions,
  perCpuSecond,
  runLoad,
  share,
  type Target,
} from '../chat-load.ts'
import type { PeerName } from '../peer.ts'
import { startFloor, startSocketIo } from '../peers.ts'
import { metric, type Result, type RunOptions, ratio, type Scenario } from '../scenario.ts'
import { median } from '../statistics.ts'
import { enrolPortfolios, startVisavis, withoutLimits } from '../visavis.ts'

interface Size {
  readonly advisors: number
  /** In each portfolio; each has a channel. */
  readonly jobseekers: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Devices of each advisor in the load that asks what a larger audience costs. */
  readonly devices: number
}
const full: Size = { advisors: 20, jobseekers: 15, seconds: 3, warmUpSeconds: 1, devices: 4 }
const smoke: Size = { advisors: 4, jobseekers: 5, seconds: 0.4, warmUpSeconds: 0.1, devices: 2 }

/** The open loop runs at this share of what the slowest carried in the closed loop, for all the same. */
const loadShare = 0.5

type Server = 'visavis' | PeerName
type Targets = ReadonlyMap<Server, Target>
/** One load on each server, next to each other in time. */
type Round = ReadonlyMap<Server, Load>

export const fanout: Scenario = {
  name: 'fanout',
  peers: ['ws', 'socket.io'],
  question:
    'What does a durable message cost until all members have it, and how soon, beside bare ws and socket.io with its Redis Streams adapter?',
  async run(options) {
    const size = options.smoke ? smoke : full
    await using visavis = await startVisavis({ env: withoutLimits })
    const portfolios = await enrolPortfolios(visavis.url, size)
    await using stack = new AsyncDisposableStack()
    const { url, parts } = visavis
    const ours: Target = { url, parts, portfolios, dialect: 'visavis', readBack: true, sabotage: options.sabotage }
    const targets = new Map<Server, Target>([['visavis', ours]])
    for (const peer of options.peers) {
      const start = peer === 'ws' ? startFloor : startSocketIo
      targets.set(peer, stack.use(await start(portfolios)))
    }
    return summarize(await measureAll(targets, size, options), options.peers)
  },
}

interface Measured {
  readonly closed: readonly Round[]
  /** Messages a second of the open loops. */
  readonly rate: number
  readonly open: readonly Round[]
  readonly devices: readonly Round[]
  readonly size: Size
}

async function measureAll(targets: Targets, size: Size, options: RunOptions): Promise<Measured> {
  const { repeats, say, generators } = options
  const { seconds, warmUpSeconds } = size
  const rounds = async (what: string, load: Pick<LoadOptions, 'rate' | 'advisorSessions'>): Promise<Round[]> => {
    const found: Round[] = []
    for (let n = 0; n < repeats; n += 1) {
      const round = new Map<Server, Load>()
      // There and back (ABC CBA …), so that a machine that slows down does so for all.
      const those = [...targets]
      for (const [server, target] of n % 2 === 0 ? those : those.toReversed()) {
        round.set(server, await runLoad(target, { ...load, seconds, warmUpSeconds, generators }))
      }
      found.push(round)
      for (const [server, load] of round) say(`${what}, ${server}: ${describe(load)}, p99 ${load.p99Ms} ms`)
    }
    return found
  }
  const closed = await rounds('closed loop', { rate: 'closed' })
  const carried = [...targets.keys()].map((server) => median(loadsOf(closed, server).map(({ perSecond }) => perSecond)))
  const rate = Math.max(100, Math.round((Math.min(...carried) * loadShare) / 10) * 10)
  const open = await rounds(`${rate}/s`, { rate })
  // As many events a second as before, from fewer messages.
  const audience = size.devices + 1
  const fewer = Math.round((rate * 2) / audience)
  const devices = await rounds(`${fewer}/s to ${audience}`, { rate: fewer, advisorSessions: size.devices })
  return { closed, rate, open, devices, size }
}

const loadsOf = (rounds: readonly Round[], server: Server): Load[] => rounds.flatMap((round) => round.get(server) ?? [])

/** CPU µs for each event delivered. */
const perEvent = ({ cpuUs, events }: Load, ...parts: string[]): number =>
  parts.reduce((sum, part) => sum + (cpuUs[part] ?? 0), 0) / events

function summarize({ closed, rate, open, devices, size }: Measured, peers: readonly PeerName[]): Result {
  const of = (rounds: readonly Round[], server: Server, figure: (load: Load) => number) =>
    loadsOf(rounds, server).map(figure)
  const beside = (peer: Server, rounds: readonly Round[], figure: (load: Load) => number, better: 'lower' | 'higher') =>
    ratio(of(rounds, 'visavis', figure), of(rounds, peer, figure), better)
  const perSecond = ({ perSecond }: Load) => perSecond
  const server = (load: Load) => perEvent(load, 'server')
  const all = (server: Server) => loadsOf([...closed, ...open, ...devices], server)
  const audience = size.devices + 1
  const figures = (name: Server) => ({
    [`${name}_per_s`]: metric(of(closed, name, perSecond), 'messages/s', 'higher'),
    [`${name}_p50_ms`]: metric(
      of(open, name, ({ p50Ms }) => p50Ms),
      'ms',
      'lower',
    ),
    [`${name}_p95_ms`]: metric(
      of(open, name, ({ p95Ms }) => p95Ms),
      'ms',
      'lower',
    ),
    [`${name}_p99_ms`]: metric(
      of(open, name, ({ p99Ms }) => p99Ms),
      'ms',
      'lower',
    ),
    [`${name}_cpu_us_per_event`]: metric(of(open, name, server), 'µs', 'lower'),
  })
  return {
    metrics: {
      ...figures('visavis'),
      ...Object.fromEntries(peers.flatMap((peer) => Object.entries(figures(peer)))),
      generator_cores: metric(
        of(open, 'visavis', (load) => share(load, 'generator')),
        'cores',
        'lower',
      ),
    },
    ratios: {
      ...(peers.includes('socket.io') && {
        'throughput_vs_socket.io': beside('socket.io', closed, perSecond, 'higher'),
        'throughput_per_cpu_vs_socket.io': beside('socket.io', closed, perCpuSecond, 'higher'),
        'p99_vs_socket.io': beside('socket.io', open, ({ p99Ms }) => p99Ms, 'lower'),
        'cpu_per_event_vs_socket.io': beside('socket.io', open, server, 'lower'),
      }),
      ...(peers.includes('ws') && {
        cpu_per_event_vs_ws: beside('ws', open, server, 'lower'),
        cpu_with_redis_per_event_vs_ws: beside('ws', open, (load) => perEvent(load, 'server', 'redis'), 'lower'),
        [`cpu_per_event_vs_ws_audience_${audience}`]: beside('ws', devices, server, 'lower'),
      }),
    },
    checks: {
      every_event_once_in_order: inOrder(all('visavis')),
      acknowledged_equals_stored: all('visavis').every(({ notDurable }) => notDurable.length === 0),
      ...(peers.length > 0 && { peers_did_the_same_work: inOrder(peers.flatMap(all)) }),
    },
    notes: [
      `latency and CPU at ${rate} messages a second for each, two receivers; the larger audience is ${audience}`,
      ...faultsOf((['visavis', ...peers] as const).flatMap(all)).slice(0, 10),
    ],
  }
}
