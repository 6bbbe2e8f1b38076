/** When somebody is to be alerted that a jobseeker waits for an answer. Pure: the moment is an argument. */

export interface Limits {
  /** How soon a jobseeker is to have an answer. */
  readonly withinMs: number
  /** How long before that others are alerted. */
  readonly leadMs: number
}

export interface Wait {
  /** Since when the jobseeker waits (ms). */
  readonly since: number
  /** How many people could answer now. */
  readonly answerers: number
  /** When that may change by the clock (ms): a cover begins or ends. */
  readonly changesAt?: number | undefined
}

export interface Standing {
  readonly dueAt: number
  /** `soon`: the time runs out within the lead. `nobody`: there is nobody who could answer, however long there is. */
  readonly alert: 'soon' | 'nobody' | 'overdue' | undefined
  /** When to look again (ms): nothing of this changes before, if the same people can answer. */
  readonly lookAt: number
}

/** Who can answer may change without anybody saying so. */
const longestMs = 60 * 60 * 1_000

export function standingOf({ since, answerers, changesAt }: Wait, now: number, { withinMs, leadMs }: Limits): Standing {
  const dueAt = since + withinMs
  const warnAt = dueAt - leadMs
  const moments = [warnAt, dueAt, changesAt ?? now].filter((at) => at > now)
  return { dueAt, alert: alertOf(), lookAt: Math.min(now + longestMs, ...moments) }

  function alertOf(): Standing['alert'] {
    if (now >= dueAt) return 'overdue'
    if (answerers === 0) return 'nobody'
    return now >= warnAt ? 'soon' : undefined
  }
}
