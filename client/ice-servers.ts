/** *Pure.* The STUN and TURN servers that one join uses, in the words of the browser. */
import type { ResultOf } from '../src/protocol/index.ts'
import { relaysOf } from './relays.ts'

export function iceServersOf({ iceServers }: ResultOf<'room.iceServers'>, relayOnly: boolean): RTCIceServer[] {
  return (relayOnly ? relaysOf(iceServers) : iceServers).map(({ urls, username, credential }) => ({
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  }))
}
