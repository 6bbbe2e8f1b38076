/**
 * The rule by which a verdict is proposed. *Pure.* The first line that applies decides (docs/attendance.md has the reasons):
 *
 * | | when | verdict |
 * | --- | --- | --- |
 * | 1 | media came from both sides together for 2 min, or half the window if that is shorter | attended |
 * | 2 | cancelled, or excused by somebody | excused |
 * | 3 | an incident in the window or the 15 min before, or the service failed the jobseeker | technical-service |
 * | 4 | their device failed; or, while the service was proven healthy, something on the way did | technical-user |
 * | 5 | they arrived or tried; or the service's health is not proven; or no invitation to this time is proven to have reached them before | undetermined |
 * | 6 | otherwise: they were invited, the service was healthy, and there is no trace of them | absent |
 *
 * Lines 1 to 4 and the first part of 5 ask whether something exists, so whatever is added to a record of somebody having tried
 * can only move the verdict up the table: never towards absent. A property test holds this over random records.
 */
import type { Reason, Verdict } from '../protocol/index.ts'
import type { Evidence } from './evidence.ts'

export interface Judgement {
  readonly verdict: Verdict
  /** Everything that speaks for it, and what else is known. */
  readonly because: readonly Reason[]
}

/** Written into each proposal: a record is judged anew by the rule it was judged by. */
export const ruleVersion = 2

const enoughMs = 2 * 60_000

export function verdictOf(evidence: Evidence): Judgement {
  const { window, talkedMs, cancelled, excused, arrived, tried, healthy } = evidence
  const talked = talkedMs > 0 && talkedMs >= Math.min(enoughMs, (window.until - window.from) / 2)
  if (talked) return { verdict: 'attended', because: ['talked'] }
  if (cancelled || excused) return { verdict: 'excused', because: named({ cancelled, excused }) }
  const { incident, serviceFailed } = evidence
  const there = { arrived, tried }
  if (incident || serviceFailed) {
    return { verdict: 'technical-service', because: named({ incident, 'service-failed': serviceFailed, ...there }) }
  }
  const { deviceFailed } = evidence
  const networkFailed = evidence.networkFailed && healthy
  if (deviceFailed || networkFailed) {
    const failed = { 'device-failed': deviceFailed, 'network-failed': networkFailed }
    return { verdict: 'technical-user', because: named({ ...failed, ...there }) }
  }
  const unproven = { 'health-unknown': !healthy, 'invitation-unproven': !evidence.invited }
  const missing = { 'advisor-missing': arrived && !evidence.advisorCame }
  const doubts = named({ ...there, ...missing, ...unproven })
  if (arrived || tried || doubts.length > 0) return { verdict: 'undetermined', because: doubts }
  return { verdict: 'absent', because: ['nothing-from-jobseeker'] }
}

/**
 * Whether nobody, not even a person, may call somebody absent: they were there or tried, the service had an incident, or it was
 * cancelled or excused, as by leaving the scheme or asking for the agency. That the probe was not running, or that no proof of
 * the invitation came back, a person may weigh.
 */
export const cannotBeAbsent = (evidence: Evidence): boolean =>
  evidence.arrived ||
  evidence.tried ||
  evidence.incident ||
  evidence.serviceFailed ||
  evidence.cancelled ||
  evidence.excused

const named = (reasons: Partial<Readonly<Record<Reason, boolean>>>): Reason[] =>
  (Object.keys(reasons) as Reason[]).filter((reason) => reasons[reason])
