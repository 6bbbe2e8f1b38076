/** The servers that Visavis is measured beside, each with a Redis of its own where it needs one. */
import type { Target } from './chat-load.ts'
import { type Server, startServer } from './processes.ts'
import { type Fsync, startRedis } from './redis.ts'
import { signToken } from './tokens.ts'
import type { Portfolio } from './visavis.ts'

/** Of peers only: it opens nothing else. */
export const peerSecret = 'the secret of the peers of a benchmark'

export interface PeerTarget extends Target, AsyncDisposable {}

/** The floor: bare `ws`, which appends to a Redis stream and hands the message to the members. */
export async function startFloor(portfolios: readonly Portfolio[], fsync?: Fsync): Promise<PeerTarget> {
  const env = (socket: string) => ({ FLOOR_REDIS: socket })
  const token = (channels: readonly string[]) => channels.join(',')
  return withRedis({ file: 'peers/ws/chat.ts', env, dialect: 'visavis', fsync }, membersBy(portfolios, token))
}

export async function startSocketIo(portfolios: readonly Portfolio[], fsync?: Fsync): Promise<PeerTarget> {
  const env = (socket: string) => ({ PEER_REDIS: socket, PEER_SECRET: peerSecret })
  const token = (channels: readonly string[], sub: string) =>
    signToken({ sub, role: 'advisor', name: sub, region: 'bretagne', channels }, peerSecret)
  const peer = { file: 'peers/socket.io/server.ts', env, dialect: 'socket.io', fsync } as const
  return withRedis(peer, membersBy(portfolios, token))
}

interface Peer {
  readonly file: string
  readonly env: (socket: string) => Readonly<Record<string, string>>
  readonly dialect: Target['dialect']
  readonly fsync: Fsync | undefined
}

async function withRedis({ file, env, dialect, fsync }: Peer, portfolios: readonly Portfolio[]): Promise<PeerTarget> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.use(await startRedis(fsync))
  const server: Server = stack.use(await startServer(file, env(redis.socket)))
  const resources = stack.move()
  return {
    url: server.url,
    dialect,
    portfolios,
    readBack: false,
    parts: { server: [server.pid], redis: [redis.pid] },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** The same people; peers keep none, so their tokens say which channels they are members of. */
const membersBy = (
  portfolios: readonly Portfolio[],
  token: (channels: readonly string[], person: string) => string,
): Portfolio[] =>
  portfolios.map(({ advisor, channels }) => {
    const own = channels.map(({ channel }) => channel)
    return {
      advisor,
      token: token(own, advisor),
      channels: own.map((channel) => ({ channel, token: token([channel], channel) })),
    }
  })
