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
  type Target,
} from '../chat-load.ts'
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

const servers = ['visavis', 'ws', 'socket.io'] as const
type Server = (typeof servers)[number]
type Targets = Readonly<Record<Server, Target>>
/** One load on each server, next to each other in time. */
type Round = Readonly<Record<Server, Load>>

export const fanout: Scenario = {
  name: 'fanout',
  question:
    'What does a durable message cost until all members have it, and how soon, beside bare ws and socket.io with its Redis Streams adapter?',
  async run(options) {
    const size = options.smoke ? smoke : full
    await using visavis = await startVisavis({ env: withoutLimits })
    const portfolios = await enrolPortfolios(visavis.url, size)
    await using ws = await startFloor(portfolios)
    await using socketIo = await startSocketIo(portfolios)
    const { url, parts } = visavis
    const ours: Target = { url, parts, portfolios, dialect: 'visavis', readBack: true, sabotage: options.sabotage }
    return summarize(await measureAll({ visavis: ours, ws, 'socket.io': socketIo }, size, options))
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
      const loads: Partial<Record<Server, Load>> = {}
      // There and back (ABC CBA …), so that a machine that slows down does so for all.
      for (const server of n % 2 === 0 ? servers : servers.toReversed()) {
        loads[server] = await runLoad(targets[server], { ...load, seconds, warmUpSeconds, generators })
      }
      const round = loads as Round
      found.push(round)
      for (const server of servers) say(`${what}, ${server}: ${describe(round[server])}, p99 ${round[server].p99Ms} ms`)
    }
    return found
  }
  const closed = await rounds('closed loop', { rate: 'closed' })
  const carried = servers.map((server) => median(closed.map((round) => round[server].perSecond)))
  const rate = Math.max(100, Math.round((Math.min(...carried) * loadShare) / 10) * 10)
  const open = await rounds(`${rate}/s`, { rate })
  // As many events a second as before, from fewer messages.
  const audience = size.devices + 1
  const fewer = Math.round((rate * 2) / audience)
  const devices = await rounds(`${fewer}/s to ${audience}`, { rate: fewer, advisorSessions: size.devices })
  return { closed, rate, open, devices, size }
}

/** CPU µs for each event delivered. */
const perEvent = ({ cpuUs, events }: Load, ...parts: string[]): number =>
  parts.reduce((sum, part) => sum + (cpuUs[part] ?? 0), 0) / events

function summarize({ closed, rate, open, devices, size }: Measured): Result {
  const of = (rounds: readonly Round[], server: Server, figure: (load: Load) => number) =>
    rounds.map((round) => figure(round[server]))
  const beside = (peer: Server, rounds: readonly Round[], figure: (load: Load) => number, better: 'lower' | 'higher') =>
    ratio(of(rounds, 'visavis', figure), of(rounds, peer, figure), better)
  const perSecond = ({ perSecond }: Load) => perSecond
  const server = (load: Load) => perEvent(load, 'server')
  const all = (server: Server) => [...closed, ...open, ...devices].map((round) => round[server])
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
    metrics: { ...figures('visavis'), ...figures('ws'), ...figures('socket.io') },
    ratios: {
      'throughput_vs_socket.io': beside('socket.io', closed, perSecond, 'higher'),
      'throughput_per_cpu_vs_socket.io': beside('socket.io', closed, perCpuSecond, 'higher'),
      'p99_vs_socket.io': beside('socket.io', open, ({ p99Ms }) => p99Ms, 'lower'),
      cpu_per_event_vs_ws: beside('ws', open, server, 'lower'),
      cpu_with_redis_per_event_vs_ws: beside('ws', open, (load) => perEvent(load, 'server', 'redis'), 'lower'),
      [`cpu_per_event_vs_ws_audience_${audience}`]: beside('ws', devices, server, 'lower'),
      'cpu_per_event_vs_socket.io': beside('socket.io', open, server, 'lower'),
    },
    checks: {
      every_event_once_in_order: inOrder(all('visavis')),
      acknowledged_equals_stored: all('visavis').every(({ notDurable }) => notDurable.length === 0),
      peers_did_the_same_work: inOrder([...all('ws'), ...all('socket.io')]),
    },
    notes: [
      `latency and CPU at ${rate} messages a second for each, two receivers; the larger audience is ${audience}`,
      ...faultsOf([...all('visavis'), ...all('ws'), ...all('socket.io')]).slice(0, 10),
    ],
  }
}
