/** Visavis and its peers with the same people on them, each with a Redis of its own under the same fsync policy. */
import type { Target } from '../../chat-load.ts'
import { startFloor, startSocketIo } from '../../peers.ts'
import type { Fsync } from '../../redis.ts'
import type { RunOptions } from '../../scenario.ts'
import { enrolPortfolios, startVisavis, withoutLimits } from '../../visavis.ts'
import type { TalkSize } from './size.ts'

export const servers = ['visavis', 'floor', 'socket.io'] as const
export type Server = (typeof servers)[number]
/** Peers that were not asked for are not there. */
export type Targets = Readonly<Partial<Record<Server, Target>> & { readonly visavis: Target }>

export interface Servers extends AsyncDisposable {
  readonly targets: Targets
}

export async function startServers(
  { advisors, jobseekers }: TalkSize,
  fsync: Fsync,
  { sabotage, peers }: Pick<RunOptions, 'sabotage' | 'peers'>,
): Promise<Servers> {
  await using stack = new AsyncDisposableStack()
  const { url, parts } = stack.use(await startVisavis({ env: { ...withoutLimits, VISAVIS_REDIS_FSYNC: fsync } }))
  const portfolios = await enrolPortfolios(url, { advisors, jobseekers })
  const visavis: Target = { url, parts, portfolios, dialect: 'visavis', readBack: true, sabotage }
  const floor = peers.includes('ws') ? { floor: stack.use(await startFloor(portfolios, fsync)) } : {}
  const socketIo = peers.includes('socket.io') ? { 'socket.io': stack.use(await startSocketIo(portfolios, fsync)) } : {}
  const resources = stack.move()
  return {
    targets: { visavis, ...floor, ...socketIo },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
