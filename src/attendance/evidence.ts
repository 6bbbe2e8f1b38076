/** What a record says that matters for the verdict. *Pure.* Times are ms. */
import type { AttemptCause, AttendanceEntry, AttendanceWindow, DropCause, Fact, Party } from '../protocol/index.ts'

export interface Evidence {
  readonly window: AttendanceWindow
  /** How long media came from both sides at the same time. */
  readonly talkedMs: number
  readonly cancelled: boolean
  readonly excused: boolean
  /** A probe found the service failing in the window, or shortly before. */
  readonly incident: boolean
  /** A probe looked during the whole window and found nothing. Without one nothing is known. */
  readonly healthy: boolean
  /** The jobseeker was hindered by the service, by their device, or by something on the way between them. */
  readonly serviceFailed: boolean
  readonly deviceFailed: boolean
  readonly networkFailed: boolean
  /** The jobseeker. */
  readonly arrived: boolean
  /** The jobseeker has tried to get in, or has tested their device for it. */
  readonly tried: boolean
  readonly advisorCame: boolean
  /** Whether it is proven that an invitation to this very time has reached the jobseeker before it began. */
  readonly invited: boolean
}

/** Who tries is there some minutes early. */
export const leadMs = 15 * 60_000
/** A device check so long before the window is one for this appointment, not one made when it was booked. */
export const checkLeadMs = 60 * 60_000

const serviceDrops: readonly DropCause[] = ['worker-died', 'node-stopping']
const networkDrops: readonly DropCause[] = ['connection-lost']
const deviceCauses: readonly AttemptCause[] = ['camera-denied', 'no-camera', 'unsupported', 'offline']
const networkCauses: readonly AttemptCause[] = ['unreachable', 'media-failed']

/** @returns undefined of a record without a beginning. */
export function evidenceOf(entries: readonly AttendanceEntry[]): Evidence | undefined {
  const window = windowOf(entries)
  if (window === undefined) return undefined
  const facts = entries.map(({ fact }) => fact)
  const theirs = facts.filter((fact) => 'party' in fact && fact.party === 'jobseeker')
  const attempts = theirs.filter((fact) => fact.type === 'attempt').map(({ cause }) => cause)
  const drops = theirs.filter((fact) => fact.type === 'dropped').map(({ cause }) => cause)
  const checks = entries.flatMap(({ at, fact }) =>
    fact.type === 'check' && fact.party === 'jobseeker' && at >= window.from - checkLeadMs ? [fact.result] : [],
  )
  const health = facts.filter((fact) => fact.type === 'health')
  const incident = health.some(({ incidents }) =>
    incidents.some(({ from, until }) => from < window.until && until > window.from - leadMs),
  )
  const covered = health.some(
    (fact) => fact.covered && fact.from <= window.from && fact.until >= window.until && fact.incidents.length === 0,
  )
  return {
    window,
    talkedMs: overlap(mediaOf(facts, 'jobseeker'), mediaOf(facts, 'advisor')),
    cancelled: isCancelled(facts),
    excused: facts.some(({ type }) => type === 'excused'),
    incident,
    healthy: covered && !incident,
    serviceFailed: attempts.includes('refused') || drops.some((cause) => serviceDrops.includes(cause)),
    deviceFailed: checks.includes('failed') || attempts.some((cause) => deviceCauses.includes(cause)),
    networkFailed:
      attempts.some((cause) => networkCauses.includes(cause)) || drops.some((cause) => networkDrops.includes(cause)),
    arrived: theirs.some(({ type }) => presence.includes(type)),
    tried: attempts.length > 0 || checks.length > 0,
    advisorCame: facts.some((fact) => 'party' in fact && fact.party === 'advisor' && presence.includes(fact.type)),
    invited: isInvited(entries, window.from),
  }
}

/**
 * What told of another time, came when it had begun, or came back later, has invited nobody to this. Other systems may not say
 * of which time theirs told: it counts if it came after the last change.
 */
function isInvited(entries: readonly AttendanceEntry[], from: number): boolean {
  const movedAt = Math.max(0, ...entries.flatMap(({ at, fact }) => (fact.type === 'moved' ? [at] : [])))
  const theirs = entries.flatMap(({ at, fact }) =>
    fact.type === 'invitation' && fact.to === 'jobseeker' ? [{ at, ...fact }] : [],
  )
  return theirs
    .filter(({ about, at }) => about !== 'cancelled' && at < from)
    .filter(({ begins, at }) => (begins === undefined ? at >= movedAt : begins === from))
    .some(({ step, at, about, begins }) => {
      if (step === 'read') return true
      const cameBack = (one: (typeof theirs)[number]) =>
        one.step === 'failed' && one.at > at && one.about === about && one.begins === begins
      return step === 'delivered' && !theirs.some(cameBack)
    })
}

/** What says whether it takes place: one that was cancelled may be arranged again, as when somebody comes back. */
const arrangements: readonly string[] = ['opened', 'moved', 'cancelled']

const isCancelled = (facts: readonly Fact[]): boolean =>
  facts.findLast(({ type }) => arrangements.includes(type))?.type === 'cancelled'

/** Who has left no trace of having come to an appointment that takes place. */
export function notThere(entries: readonly AttendanceEntry[]): Party[] {
  const facts = entries.map(({ fact }) => fact)
  if (isCancelled(facts) || facts.some(({ type }) => type === 'excused')) return []
  return (['jobseeker', 'advisor'] as const).filter(
    (party) => !facts.some((fact) => 'party' in fact && fact.party === party && presence.includes(fact.type)),
  )
}

/** Nobody has media, quality or a drop who was not there. */
const presence: readonly string[] = ['arrived', 'admitted', 'rejoined', 'media', 'quality', 'dropped']

/** The one that was announced last. */
export const windowOf = (entries: readonly AttendanceEntry[]): AttendanceWindow | undefined =>
  entries.flatMap(({ fact }) => ('window' in fact ? [fact.window] : [])).at(-1)

type Span = readonly [from: number, until: number]

/** When media came from somebody, as spans that do not touch. */
function mediaOf(facts: readonly Fact[], party: string): Span[] {
  const spans = facts.flatMap((fact): Span[] =>
    fact.type === 'media' && fact.party === party && fact.packetsFrom > 0 && fact.until > fact.since
      ? [[fact.since, fact.until]]
      : [],
  )
  const merged: [number, number][] = []
  for (const [from, until] of spans.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1)
    if (last === undefined || from > last[1]) merged.push([from, until])
    else last[1] = Math.max(last[1], until)
  }
  return merged
}

function overlap(some: readonly Span[], others: readonly Span[]): number {
  let sum = 0
  for (const [from, until] of some)
    for (const [begin, end] of others) sum += Math.max(0, Math.min(until, end) - Math.max(from, begin))
  return sum
}
