import type { Connection } from '../connection.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'
import type { Sessions } from '../sessions.ts'

/** The only handlers that act on the connection itself, which is what their caller is. */
export const sessionHandlers = (sessions: Sessions): Handlers<MethodsOf<'session'>> => ({
  async 'session.recover'(caller, { streams }) {
    return { streams: await sessions.recover((caller as Connection).session, streams) }
  },
  async 'session.refresh'(caller, { token }) {
    return sessions.refresh(caller as Connection, token)
  },
  async 'session.heartbeat'() {
    return { now: Date.now() }
  },
  async 'session.setPresence'(caller, { state }) {
    await sessions.setAway((caller as Connection).session, state === 'away')
    return {}
  },
})
