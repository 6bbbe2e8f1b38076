/**
 * *Pure.* The STUN and TURN servers told to one browser. Credentials for TURN follow the convention that coturn knows as
 * `use-auth-secret` (draft-uberti-behave-turn-rest-00): whoever knows the shared secret can check them, and nobody keeps them.
 */
import { createHmac } from 'node:crypto'
import type { ResultOf } from '../protocol/index.ts'

export interface IceServersOptions {
  readonly urls: readonly string[]
  /** Shared with the TURN servers among them. Without it no TURN server is told. */
  readonly turnSecret?: string | undefined
  /** How long credentials are good (ms). A relay that is in use by then goes on. */
  readonly turnCredentialMs: number
}

export type IceServersTold = ResultOf<'room.iceServers'>

const isTurn = (url: string): boolean => /^turns?:/.test(url)

/**
 * @param id shows up in the logs of the TURN server: nothing that tells who it is.
 * @param now ms since the epoch, on a clock that agrees with the TURN server's within seconds.
 */
export function iceServersFor(
  { urls, turnSecret, turnCredentialMs }: IceServersOptions,
  id: string,
  now: number,
): IceServersTold {
  const turn = turnSecret === undefined ? [] : urls.filter(isTurn)
  const iceServers: IceServersTold['iceServers'] = urls.filter((url) => !isTurn(url)).map((url) => ({ urls: [url] }))
  if (turnSecret === undefined || turn.length === 0) return { iceServers }
  const username = `${Math.floor((now + turnCredentialMs) / 1_000)}:${id}`
  const credential = createHmac('sha1', turnSecret).update(username).digest('base64')
  return { iceServers: [...iceServers, { urls: turn, username, credential }], goodForMs: turnCredentialMs }
}
