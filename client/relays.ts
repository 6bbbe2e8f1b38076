/** *Pure.* Which of the servers told at a join carry media through a network that blocks everything else. */
import type { ResultOf } from '../src/protocol/index.ts'

type IceServers = ResultOf<'room.join'>['iceServers']

/** TLS looks like any other secure connection: where it is offered it is the one way that is tried. */
export function relaysOf(servers: IceServers): IceServers {
  const only = (scheme: string) =>
    servers
      .map((server) => ({ ...server, urls: server.urls.filter((url) => url.toLowerCase().startsWith(scheme)) }))
      .filter(({ urls }) => urls.length > 0)
  const secure = only('turns:')
  return secure.length > 0 ? secure : only('turn:')
}
