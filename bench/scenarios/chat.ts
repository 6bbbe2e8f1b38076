/**
 * Question: how many durable messages a second reach the other member and how soon, how far is that from the floor and
 * from socket.io, and what becomes of it as channels grow and processes are killed?
 */
import { diskSyncMs } from '../disk.ts'
import { temporaryFolder } from '../processes.ts'
import type { Fsync } from '../redis.ts'
import { combine, type Result, type RunOptions, type Scenario } from '../scenario.ts'
import { median } from '../statistics.ts'
import { enrolMany, startVisavis, withoutLimits } from '../visavis.ts'
import { fillArchive } from './chat/archive.ts'
import { surviveKills } from './chat/kills.ts'
import { growChannels } from './chat/lengths.ts'
import { risingRates } from './chat/rates.ts'
import { startServers } from './chat/servers.ts'
import { full, type Size, smoke } from './chat/size.ts'
import { besidePeers, sideBySide } from './chat/throughput.ts'

/** Runs a part, and remembers how long it took. */
type Timed = <T>(part: string, run: () => Promise<T>) => Promise<T>

export const chat: Scenario = {
  name: 'chat',
  peers: ['ws', 'socket.io'],
  question:
    'How many durable messages a second reach the other member, how soon, how far is that from the floor and socket.io, and what as channels grow?',
  async run(options) {
    const size = options.smoke ? smoke : full
    const times: string[] = []
    const timed: Timed = async (part, run) => {
      const startedAt = performance.now()
      const result = await run()
      times.push(`${part} ${Math.round((performance.now() - startedAt) / 1_000)}`)
      return result
    }
    const disk = `a small write took ${(await diskSyncMs()).toFixed(2)} ms to be on this disk (median, before the load)`
    const parts = [
      ...(await durably(size, options, timed)),
      await everySecond(size, options, timed),
      ...(await growing(size, options, timed)),
      await timed('kills', () => surviveKills(size.kills, options)),
    ]
    const { notes, ...result } = combine(parts)
    return { ...result, notes: [disk, ...notes, `seconds spent: ${times.join(', ')}`] }
  },
}

/** Every message on disk before it is acknowledged. */
async function durably({ talk }: Size, options: RunOptions, timed: Timed): Promise<Result[]> {
  await using servers = await timed('start', () => startServers(talk, 'always', options))
  const rounds = await timed('closed loop', () => sideBySide(servers.targets, { ...talk, rate: 'closed' }, options))
  const carried = median(rounds.map(({ visavis }) => visavis.perSecond))
  const rates = await timed('rates', () => risingRates(servers.targets, carried, talk, options))
  return [rates, besidePeers(rounds, 'always')]
}

/** What that costs is seen beside a policy by which a power cut may lose a second. */
async function everySecond({ talk }: Size, options: RunOptions, timed: Timed): Promise<Result> {
  const fsync: Fsync = 'everysec'
  const repeats = Math.min(options.repeats, talk.everysecRounds)
  return timed('closed loop everysec', async () => {
    await using servers = await startServers(talk, fsync, options)
    return besidePeers(await sideBySide(servers.targets, { ...talk, rate: 'closed' }, { ...options, repeats }), fsync)
  })
}

/**
 * On a node of its own, whose Redis becomes large. Nothing here waits for the disk, which would hide what a long channel
 * costs and make filling it take longer.
 */
async function growing({ archive, lengths }: Size, options: RunOptions, timed: Timed): Promise<Result[]> {
  await using folder = temporaryFolder()
  const env = { ...withoutLimits, VISAVIS_REDIS_FSYNC: 'everysec', VISAVIS_MAX_IN_FLIGHT: String(lengths.maxInFlight) }
  await using visavis = await startVisavis({ env, folder: folder.path })
  const node = { url: visavis.url, folder: folder.path }
  const jobseekers = Math.max(archive.jobseekers, lengths.jobseekers)
  const portfolios = await enrolMany(node.url, node.folder, { advisors: archive.advisors + 1, jobseekers })
  const [last, ...others] = portfolios.toReversed()
  if (last === undefined) throw new Error('nobody was enrolled')
  return [
    await timed('archive', () => fillArchive(node, others, archive, options)),
    await timed('lengths', () => growChannels(node, last, lengths, options)),
  ]
}
