/**
 * *Pure.* The life of a client's connection.
 *
 * | state      | enters                                         | leaves                                              |
 * |------------|------------------------------------------------|-----------------------------------------------------|
 * | connecting | connect()                                      | session opened → open; refused for good → closed    |
 * | open       | session.open was answered                      | lost → recovering; lost for good → closed           |
 * | recovering | an open connection was lost and may come back  | session opened → open; refused for good → closed    |
 * | closed     | close(), or a close code from 4500             | never                                               |
 */
import { closeCodes, mayReconnect } from '../src/protocol/errors.ts'

export type ConnectionState = 'connecting' | 'open' | 'recovering' | 'closed'

export type Happening =
  | { readonly type: 'opened' }
  /** The socket is gone, or could not be had. */
  | { readonly type: 'lost'; readonly code: number }
  | { readonly type: 'ended' }

export function after(state: ConnectionState, happening: Happening): ConnectionState {
  if (state === 'closed' || happening.type === 'ended') return 'closed'
  if (happening.type === 'opened') return 'open'
  if (!mayReturn(state, happening.code)) return 'closed'
  return state === 'connecting' ? 'connecting' : 'recovering'
}

/** An accepted token that has run out is worth one try with a new one; a new one that is refused is not. */
const mayReturn = (state: ConnectionState, code: number): boolean =>
  mayReconnect(code) || (code === closeCodes.UNAUTHORIZED.code && state === 'open')
