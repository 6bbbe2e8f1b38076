/**
 * *Pure.* What clients were answered about callbacks, and the check that nothing they were told was lost and that no callback
 * was held by two advisors at once. It knows nothing of how the queue works, and asks Redis nothing.
 */
import type { Callback } from '../../src/protocol/index.ts'

export type ActName =
  | 'request'
  | 'accept'
  | 'pick'
  | 'decline'
  | 'attempt'
  | 'complete'
  | 'cancel'
  | 'reschedule'
  | 'reassign'

/** One act as its client saw it; times by the clock of the test. */
export interface Act {
  readonly act: ActName
  readonly by: string
  /** Unknown of a request that was not answered. */
  readonly callback?: string | undefined
  readonly token?: number | undefined
  readonly sentAt: number
  readonly answeredAt?: number | undefined
  /** The callback as it was answered, or the code of the error. */
  readonly answer?: Callback | string | undefined
}

/** An offer as an advisor was told of it. */
export interface Seen {
  readonly callback: string
  readonly token: number
  readonly advisor: string
}

/** A callback as its jobseeker finds it at the end, with all that became of it. */
export interface End {
  readonly callback: Callback
  readonly history: readonly { readonly state: string; readonly at: number }[]
}

export interface Journal {
  readonly acts: readonly Act[]
  readonly offers: readonly Seen[]
}

const isDone = (act: Act): act is Act & { answer: Callback; answeredAt: number } =>
  act.answeredAt !== undefined && typeof act.answer === 'object'

/** Everything that breaks the promises of the queue. */
export function violations({ acts, offers }: Journal, ends: ReadonlyMap<string, End>): string[] {
  return [...twice(offers), ...together(acts), ...lost(acts, ends)]
}

/** The same token of a callback told to two advisors. */
function* twice(offers: readonly Seen[]): Generator<string> {
  const given = new Map<string, string>()
  for (const { callback, token, advisor } of offers) {
    const lease = `${callback} ${token}`
    const other = given.get(lease) ?? advisor
    if (other !== advisor) yield `${lease} was offered to ${other} and to ${advisor}`
    given.set(lease, advisor)
  }
}

interface Hold {
  readonly callback: string
  readonly token: number
  readonly advisor: string
  /** From the answer that says so, until somebody asks for what may end it. */
  readonly from: number
  readonly until: number
}

/** When each advisor certainly held what they were told they hold. */
export function holds(acts: readonly Act[]): Hold[] {
  const taken = acts.filter(isDone).filter(({ act, answer }) => takes.has(act) && answer.state === 'active')
  return taken.map(({ callback = '', token = 0, by, answeredAt }) => {
    const ends = acts.filter(
      (one) =>
        one.callback === callback &&
        one.sentAt >= answeredAt &&
        (anybodyEnds.has(one.act) || (holderEnds.has(one.act) && one.by === by && one.token === token)),
    )
    const until = Math.min(...ends.map(({ sentAt }) => sentAt), Number.POSITIVE_INFINITY)
    return { callback, token, advisor: by, from: answeredAt, until }
  })
}

const takes: ReadonlySet<ActName> = new Set(['accept', 'pick'])
const anybodyEnds: ReadonlySet<ActName> = new Set(['cancel', 'reschedule', 'reassign'])
const holderEnds: ReadonlySet<ActName> = new Set(['complete', 'attempt', 'decline'])

function* together(acts: readonly Act[]): Generator<string> {
  const all = holds(acts).toSorted((a, b) => a.from - b.from)
  for (const [n, one] of all.entries()) {
    const other = all.slice(n + 1).find(({ callback, from }) => callback === one.callback && from < one.until)
    if (other === undefined || (other.advisor === one.advisor && other.token === one.token)) continue
    yield `${one.callback} was held by ${one.advisor} (${one.token}) and by ${other.advisor} (${other.token}) at once`
  }
  // Whatever the times: of one callback a lease that was accepted is the newest, and an older one comes to nothing.
  const newest = new Map<string, number>()
  for (const act of acts.filter(isDone).toSorted((a, b) => a.sentAt - b.sentAt)) {
    const { callback = '', token } = act
    const known = newest.get(callback) ?? 0
    if (token === undefined) continue
    if (token < known) yield `${act.act} of ${callback} with ${token} was accepted after ${known} was known`
    if (takes.has(act.act)) newest.set(callback, Math.max(known, token))
  }
}

function* lost(acts: readonly Act[], ends: ReadonlyMap<string, End>): Generator<string> {
  for (const { act, answer } of acts.filter(isDone)) {
    const what = `${act} of ${answer.id} at ${answer.changedAt}`
    const end = ends.get(answer.id)
    if (end === undefined) {
      yield `${what} was acknowledged and the callback is lost`
      continue
    }
    const { callback, history } = end
    if (!history.some(({ at, state }) => at === answer.changedAt && state === answer.state)) {
      yield `${what} was acknowledged as ${answer.state} and is not on record`
    }
    if (callback.changedAt < answer.changedAt) yield `${what} was acknowledged and undone`
    if (callback.changedAt === answer.changedAt && callback.state !== answer.state) yield `${what} was changed in place`
    const tried = (of: Callback) => (of.attempts ?? []).map(({ at, by, outcome }) => `${at} ${by} ${outcome}`)
    if (tried(answer).some((one, n) => tried(callback)[n] !== one)) yield `${what}: an attempt is lost`
    if (callback.declines < answer.declines) yield `${what}: a decline is lost`
    const final = ['done', 'cancelled', 'unreachable'].includes(answer.state)
    if (final && (callback.state !== answer.state || callback.disposition !== answer.disposition)) {
      yield `${what} ended as ${answer.state} and is ${callback.state}`
    }
  }
}
