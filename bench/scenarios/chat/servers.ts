/** Visavis and its peers with the same people on them, each with a Redis of its own under the same fsync policy. */
import type { Target } from '../../chat-load.ts'
import type { Sabotage } from '../../delivery.ts'
import { startFloor, startSocketIo } from '../../peers.ts'
import type { Fsync } from '../../redis.ts'
import { enrolPortfolios, startVisavis, withoutLimits } from '../../visavis.ts'
import type { TalkSize } from './size.ts'

export const servers = ['visavis', 'floor', 'socket.io'] as const
export type Server = (typeof servers)[number]
export type Targets = Readonly<Record<Server, Target>>

export interface Servers extends AsyncDisposable {
  readonly targets: Targets
}

export async function startServers(
  { advisors, jobseekers }: TalkSize,
  fsync: Fsync,
  sabotage: Sabotage | undefined,
): Promise<Servers> {
  await using stack = new AsyncDisposableStack()
  const { url, parts } = stack.use(await startVisavis({ env: { ...withoutLimits, VISAVIS_REDIS_FSYNC: fsync } }))
  const portfolios = await enrolPortfolios(url, { advisors, jobseekers })
  const visavis: Target = { url, parts, portfolios, dialect: 'visavis', readBack: true, sabotage }
  const floor = stack.use(await startFloor(portfolios, fsync))
  const socketIo = stack.use(await startSocketIo(portfolios, fsync))
  const resources = stack.move()
  return {
    targets: { visavis, floor, 'socket.io': socketIo },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
