/** How many durable messages a second, beside the floor and socket.io in the same closed loop. */
import { describe, faultsOf, inOrder, type Load, perCpuSecond, perMessage, runLoad, share } from '../../chat-load.ts'
import type { Fsync } from '../../redis.ts'
import { metric, type Result, type RunOptions, ratio } from '../../scenario.ts'
import { median } from '../../statistics.ts'
import { type Server, servers, type Targets } from './servers.ts'
import type { TalkSize } from './size.ts'

/** One load on each server, next to each other in time. */
export type Round = Readonly<Partial<Record<Server, Load>> & { readonly visavis: Load }>

/** Of a core, from which on the generator is what limits a rate. */
const fullGenerator = 0.9

/** @param rate messages a second, or as many as can be. */
export async function sideBySide(
  targets: Targets,
  { rate, seconds, warmUpSeconds }: Pick<TalkSize, 'seconds' | 'warmUpSeconds'> & { readonly rate: number | 'closed' },
  { repeats, generators, say }: Pick<RunOptions, 'repeats' | 'generators' | 'say'>,
): Promise<Round[]> {
  const rounds: Round[] = []
  for (let n = 0; n < repeats; n += 1) {
    const loads: Partial<Record<Server, Load>> = {}
    // There and back (ABC CBA …), so that a machine that slows down does so for all.
    for (const server of n % 2 === 0 ? servers : servers.toReversed()) {
      const target = targets[server]
      if (target === undefined) continue
      loads[server] = await runLoad(target, { rate, seconds, warmUpSeconds, generators })
    }
    const round = loads as Round
    rounds.push(round)
    say(
      `${rate === 'closed' ? 'closed loop' : `${rate}/s asked`}: ${Object.entries(round)
        .map(([server, load]) => `${server} ${describe(load)}, p99 ${load.p99Ms} ms`)
        .join('; ')}`,
    )
  }
  return rounds
}

/** @param fsync the names of the figures end in the weaker policy's. */
export function besidePeers(rounds: readonly Round[], fsync: Fsync): Result {
  const suffix = fsync === 'always' ? '' : `_${fsync}`
  const all = (server: Server) => rounds.flatMap((round) => round[server] ?? [])
  const peers = (['floor', 'socket.io'] as const).filter((peer) => all(peer).length > 0)
  const of = (server: Server, figure: (load: Load) => number) => all(server).map(figure)
  const ofPeers = <T>(entries: (peer: Server) => readonly (readonly [string, T])[]): Record<string, T> =>
    Object.fromEntries(peers.flatMap(entries))
  const perSecond = ({ perSecond }: Load) => perSecond
  const beside = (peer: Server, figure: (load: Load) => number) =>
    ratio(of('visavis', figure), of(peer, figure), 'higher')
  const cpu = (part: string) =>
    metric(
      of('visavis', (load) => perMessage(load, part)),
      'µs',
      'lower',
    )
  return {
    metrics: {
      [`closed_loop_per_s${suffix}`]: metric(of('visavis', perSecond), 'messages/s', 'higher'),
      ...ofPeers((peer) => [[`${peer}_per_s${suffix}`, metric(of(peer, perSecond), 'messages/s', 'higher')]]),
      [`server_cpu_us_per_message${suffix}`]: cpu('server'),
      [`redis_cpu_us_per_message${suffix}`]: cpu('redis'),
      [`generator_cores${suffix}`]: metric(
        of('visavis', (load) => share(load, 'generator')),
        'cores',
        'lower',
      ),
      [`server_resident_mb${suffix}`]: metric(
        of('visavis', ({ residentBytes }) => (residentBytes.server ?? 0) / 1e6),
        'MB',
        'lower',
      ),
    },
    ratios: ofPeers((peer) => [
      [`throughput_vs_${peer}${suffix}`, beside(peer, perSecond)],
      [`throughput_per_cpu_vs_${peer}${suffix}`, beside(peer, perCpuSecond)],
    ]),
    checks: {
      every_message_once_in_order: inOrder(all('visavis')),
      acknowledged_equals_stored: all('visavis').every(({ notDurable }) => notDurable.length === 0),
      ...ofPeers((peer) => [[`${peer}_did_the_same_work`, inOrder(all(peer))]]),
    },
    notes: [
      ...servers.flatMap((server) => limitOf(server, all(server), fsync)),
      ...faultsOf(servers.flatMap(all)).slice(0, 10),
    ],
  }
}

/** A rate that is the generator's makes the ratio to it kinder than it is. */
function limitOf(server: Server, loads: readonly Load[], fsync: Fsync): string[] {
  if (loads.length === 0) return []
  const cores = median(loads.map((load) => share(load, 'generator')))
  if (cores < fullGenerator) return []
  const used = `the generator used ${cores.toFixed(2)} of a core in the closed loop of ${server} (fsync ${fsync})`
  return [`${used}: it may carry more than this, so its figure per CPU second is the stricter one`]
}
