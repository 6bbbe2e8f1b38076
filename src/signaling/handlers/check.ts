import type { Checks } from '../../checks/checks.ts'
import type { TestCalls } from '../../media/test-calls.ts'
import { type CheckReport, type ResultOf, VisavisError } from '../../protocol/index.ts'
import type { Caller, Handlers, MethodsOf } from '../handlers.ts'

export interface CheckHandlersOptions {
  readonly checks: Checks
  readonly calls: TestCalls
  /** STUN and TURN servers for one person. */
  readonly iceServers: (person: string) => ResultOf<'check.start'>['iceServers']
  /** A report was handed in. Told once for each; a repeat of the same act tells it again. */
  readonly onReport: (person: string, report: CheckReport, key: string) => void
}

export function checkHandlers(options: CheckHandlersOptions): Handlers<MethodsOf<'check'>> {
  const { checks, calls, iceServers, onReport } = options
  const callOf = (caller: Caller, call: string) => calls.of(caller.id, call)
  return {
    async 'check.start'(caller) {
      const { region, person } = caller.identity
      await checks.begin({ region, person })
      if (caller.closed) throw new VisavisError('GONE', 'the connection is closed')
      const started = await calls.start({ session: caller.id, person })
      // Nothing would end it but its own clock.
      if (caller.closed) calls.leave(caller.id)
      return { ...started, iceServers: iceServers(person) }
    },
    async 'check.openTransport'(caller, { call }) {
      return callOf(caller, call).openTransport()
    },
    async 'check.connectTransport'(caller, { call, transport, dtlsParameters }) {
      await callOf(caller, call).connectTransport(transport, dtlsParameters)
      return {}
    },
    async 'check.produce'(caller, { call, ...asked }) {
      return { producer: await callOf(caller, call).produce(asked) }
    },
    async 'check.consume'(caller, { call, ...asked }) {
      return callOf(caller, call).consume(asked)
    },
    async 'check.end'(caller, { call }) {
      calls.end(caller.id, call)
      return {}
    },
    async 'check.report'({ identity: { region, person, role } }, { key, measured }) {
      // Of a third person nothing is kept: they come once.
      if (role === 'guest') return { report: checks.judged(measured) }
      const report = await checks.report({ region, person }, key, measured)
      onReport(person, report, key)
      return { report }
    },
    async 'check.last'(caller, { person = caller.identity.person }) {
      const { region, person: self } = caller.identity
      if (person !== self) {
        if (caller.identity.role !== 'advisor') throw new VisavisError('FORBIDDEN', 'the check of somebody else')
        caller.requireConversation(person)
      }
      const report = await checks.last({ region, person })
      return report === undefined ? {} : { report }
    },
  }
}
