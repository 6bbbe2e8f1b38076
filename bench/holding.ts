/**
 * Pure: was each callback held by one session at a time, was none lost, and did none wait for too long? Judged from what
 * callers were told and when, and not from the queue's own history. All times are ms of the machine's clock.
 */

/** For how long a session could be sure of a callback: from when it was told until it let go, or its lease was over. */
export interface Hold {
  readonly id: string
  readonly session: string
  /** Fencing token of the offer. */
  readonly token: number
  readonly from: number
  readonly until: number
}

/** Breaks of "one holder at a time", a sentence each. */
export function sharedHolds(holds: readonly Hold[]): string[] {
  const faults: string[] = []
  for (const [id, those] of grouped(holds)) {
    const tokens = new Map<number, string>()
    let last: Hold | undefined
    for (const hold of those.toSorted((a, b) => a.from - b.from)) {
      const { session, token, from } = hold
      const other = tokens.get(token)
      if (other !== undefined && other !== session)
        faults.push(`offer ${token} of ${id} was told to ${other} and to ${session}`)
      tokens.set(token, session)
      if (last !== undefined && last.session !== session && from < last.until) {
        faults.push(`${session} was told that it holds ${id} while ${last.session} held it`)
      }
      if (last === undefined || hold.until > last.until) last = hold
    }
  }
  return faults
}

function grouped(holds: readonly Hold[]): Map<string, Hold[]> {
  const found = new Map<string, Hold[]>()
  for (const hold of holds) {
    const those = found.get(hold.id)
    if (those === undefined) found.set(hold.id, [hold])
    else those.push(hold)
  }
  return found
}

export interface Account {
  /** Requests that were acknowledged. */
  readonly acknowledged: Iterable<string>
  /** Each time that an advisor was told that one of them, or of those that waited before, is done. */
  readonly completed: readonly string[]
  /** The state of each as it is read back; undefined for what there is not. */
  readonly states: ReadonlyMap<string, string | undefined>
}

/** Breaks of "nothing acknowledged is lost": whatever is not done waits, and nothing is done twice. */
export function unaccounted({ acknowledged, completed, states }: Account): string[] {
  const done = new Set(completed)
  const twice = completed.length === done.size ? [] : repeated(completed)
  const expected = new Map<string, string>()
  for (const id of acknowledged) expected.set(id, 'waiting')
  for (const id of done) expected.set(id, 'done')
  const wrong = [...expected].filter(([id, state]) => states.get(id) !== state)
  return [
    ...twice.map((id) => `${id} was done twice`),
    ...wrong.map(([id, state]) => `${id} should be ${state} and is ${states.get(id) ?? 'lost'}`),
  ]
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>()
  return ids.filter((id) => seen.size === seen.add(id).size)
}

/** What an advisor was given, in the order in which they were. */
export interface Given {
  readonly advisor: string
  readonly id: string
  /** From when on it has waited. */
  readonly readyAt: number
  /** Whether it stood in the advisor's own line. */
  readonly own: boolean
}

/** Within a line nobody is passed by who came later: what an advisor gets from their own line is ever younger. */
export function outOfTurn(given: readonly Given[]): string[] {
  const last = new Map<string, Given>()
  return given.flatMap((next) => {
    if (!next.own) return []
    const before = last.get(next.advisor)
    last.set(next.advisor, next)
    const isLater = before === undefined || next.readyAt >= before.readyAt
    return isLater ? [] : [`${next.advisor} was given ${before.id} before ${next.id}, which had waited for longer`]
  })
}

/** An advisor who was free asked for something to do. */
export interface Ask {
  readonly advisor: string
  readonly sentAt: number
  readonly toldAt: number
  /** Undefined: there was nothing. */
  readonly given: { readonly id: string; readonly readyAt: number } | undefined
}

export interface Bound {
  /** No request waits for longer while somebody who may take it is free. */
  readonly mostMs: number
  /** A request may be overtaken by those that came at most so much later. */
  readonly overtakenMs: number
  /** By which requests become open to more advisors: those that had done all that was due. */
  readonly sweeps: readonly { readonly sentAt: number; readonly toldAt: number }[]
}

/**
 * Breaks of "bounded wait". A request surely waits all through an ask when it is older than the ask, and the ask by which
 * somebody got it for the first time was sent after the answer. If by then it had waited for as long as is stated, and a
 * sweep had come since, the asker should have got it, or something that came not much later.
 * @param declined `<id> <advisor>` of those who did not want it.
 */
export function overdue(
  requests: readonly { readonly id: string; readonly readyAt: number }[],
  asks: readonly Ask[],
  { mostMs, overtakenMs, sweeps }: Bound,
  declined: ReadonlySet<string> = new Set(),
): string[] {
  const firstAskedAt = new Map<string, number>()
  for (const { given, sentAt } of asks) {
    if (given !== undefined) firstAskedAt.set(given.id, Math.min(sentAt, firstAskedAt.get(given.id) ?? sentAt))
  }
  const inOrder = sweeps.toSorted((a, b) => a.sentAt - b.sentAt)
  return requests.flatMap(({ id, readyAt }) => {
    const ripeAt = inOrder.find(({ sentAt }) => sentAt > readyAt + mostMs)?.toldAt ?? Number.POSITIVE_INFINITY
    const goneAt = firstAskedAt.get(id) ?? Number.POSITIVE_INFINITY
    return asks
      .filter(({ sentAt, toldAt }) => sentAt > ripeAt && toldAt < goneAt)
      .filter(({ advisor, given }) => {
        const isEarlier = given !== undefined && given.readyAt <= readyAt + overtakenMs
        return !isEarlier && !declined.has(`${id} ${advisor}`)
      })
      .map(({ advisor, sentAt, given }) => {
        const waited = `while ${id} had waited for ${Math.round(sentAt - readyAt)} ms`
        return `${advisor} was given ${given?.id ?? 'nothing'} ${waited}`
      })
  })
}
