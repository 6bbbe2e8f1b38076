/** Verdicts: proposed by the rule, confirmed by a person, contested by the jobseeker. */
import { canonical, digestOf } from '../protocol/canonical.ts'
import type { AttendanceEntry, AttendanceRecord, Fact, Reason, Verdict } from '../protocol/index.ts'
import { VisavisError } from '../protocol/index.ts'
import type { RedisClient } from '../store/redis.ts'
import type { Attendance, Given, Personal, Standing } from './attendance.ts'
import { chainAfter } from './chain.ts'
import { evidenceOf, leadMs } from './evidence.ts'
import { attendanceKeys } from './keys.ts'
import * as scripts from './scripts.ts'
import { recordOf, stateOf } from './standing.ts'
import { cannotBeAbsent, ruleVersion, verdictOf } from './verdict.ts'

type HealthFact = Extract<Fact, { type: 'health' }>
/** How the service was between two moments (ms), as whoever looks at it from outside has written down. */
export type Health = (from: number, until: number) => Promise<Omit<HealthFact, 'type'>>

export interface Judged {
  readonly region: string
  readonly appointment: string
  readonly because: readonly Reason[]
}

/** A verdict that stands: the entry that made it is its version. */
export interface StandingVerdict {
  readonly is: 'proposed' | 'confirmed' | 'contested'
  readonly n: number
  readonly verdict: Verdict
}
/** Told of each version at least once, also by whoever repeats the act; what it throws makes them repeat it. */
export type TellVerdict = (standing: Standing, verdict: StandingVerdict) => Promise<void>

export interface JudgingOptions {
  readonly client: RedisClient
  readonly attendance: Attendance
  readonly health: Health
  readonly onProposed?: (verdict: Verdict, of: Judged) => void
  readonly tell?: TellVerdict
  readonly now?: () => number
}

export interface Confirmation {
  /** Made by the client. */
  readonly key: string
  readonly verdict: Verdict
  /** The newest entry that whoever confirms has read. */
  readonly seen: number
  readonly note?: string | undefined
  readonly person: string
  readonly by: 'advisor' | 'supervisor'
}

export type Judging = ReturnType<typeof createJudging>

/** Who was told longer ago is not told again because the record is looked at again. */
const newMs = 7 * 24 * 60 * 60 * 1_000
/** A log that is copied is there a day later at the latest; some ten looks. */
const healthKnownWithinMs = 24 * 60 * 60 * 1_000
const soonestLookMs = 10 * 60 * 1_000

export function createJudging(options: JudgingOptions) {
  const { client, attendance, health, onProposed = () => {}, tell = async () => {}, now = Date.now } = options
  /** All entries that the standing covers. */
  const read = (region: string, { appointment, head }: Standing) => attendance.entries(region, appointment, 0, head.n)

  const told = async (region: string, appointment: string): Promise<AttendanceRecord> => {
    const standing = await attendance.require(region, appointment)
    return recordOf(standing, excludesAbsence(await read(region, standing)))
  }

  /** Of the verdict that stands, if it is of this kind. */
  const tellOf = async (region: string, appointment: string, is: StandingVerdict['is']) => {
    const standing = await attendance.standing(region, appointment)
    const newest = standing?.[is]
    if (standing === undefined || newest === undefined || stateOf(standing) !== is || newest.at < now() - newMs) return
    await tell(standing, { is, n: newest.n, verdict: newest.fact.verdict })
  }

  /** @returns up to which evidence it was judged, and when to look again (ms), 0: not before there is more. */
  const judge = async (region: string, appointment: string): Promise<{ evidence: number; againAt: number }> => {
    let evidence = 0
    let againAt = 0
    const make = async (standing: Standing): Promise<Given[]> => {
      const { from, until } = standing.window
      const entries = await read(region, standing)
      const fact: HealthFact = { type: 'health', ...(await health(from - leadMs, until)) }
      const found = { key: `health/${digestOf(canonical(fact)).slice(0, 24)}`, fact }
      const isKnown = entries.some((entry) => canonical(entry.fact) === canonical(fact))
      const judgedEntries = isKnown ? entries : withFact(entries, standing, fact)
      const judged = evidenceOf(judgedEntries)
      evidence = standing.evidence
      if (judged === undefined) return []
      const { verdict, because } = verdictOf(judged)
      const isOpen = !judged.healthy && ['technical-user', 'undetermined'].includes(verdict)
      againAt = isOpen ? nextHealthLook(until, now()) : 0
      // A person has come to the same before it was known.
      if (stateOf(standing) === 'confirmed' && standing.confirmed?.fact.verdict === verdict) return []
      const before = standing.proposed?.fact
      if (before?.verdict === verdict && String(before.because) === String(because)) return []
      const proposed: Fact = {
        ...({ type: 'verdictProposed', verdict, because: [...because], rule: ruleVersion } as const),
        evidence: judgedEntries.length,
      }
      return [...(isKnown ? [] : [found]), { key: `proposed/${judgedEntries.length}/${verdict}`, fact: proposed }]
    }
    const standing = await attendance.standing(region, appointment)
    if (standing === undefined) return { evidence, againAt }
    const { head } = await attendance.add(region, appointment, make)
    if (head.n > standing.head.n) {
      const { proposed } = await attendance.require(region, appointment)
      if (proposed !== undefined) {
        const { verdict, because } = proposed.fact
        onProposed(verdict, { region, appointment, because })
      }
    }
    return { evidence, againAt }
  }

  return {
    told,

    /**
     * Makes a verdict of all the evidence there is, and proposes it, unless the same is proposed already. To be called when the
     * window is over, and again when evidence comes later, or while nobody knows yet how the service was.
     */
    async propose(region: string, appointment: string): Promise<void> {
      const { evidence, againAt } = await judge(region, appointment)
      // Before the look is over: a node that stops in between leaves it to another one.
      await tellOf(region, appointment, 'proposed')
      const { record, due } = attendanceKeys(region)
      await scripts.judged(client, [record(appointment), due], [appointment, evidence, againAt])
    },

    /**
     * How the service was is looked at once more: the log of a probe may have been copied since.
     * @throws VisavisError CONFLICT while nothing is proposed, when there is newer evidence, or another proposal, than was seen,
     * and for "absent" when the rule excludes it.
     */
    async confirm(region: string, appointment: string, confirmation: Confirmation): Promise<AttendanceRecord> {
      const { verdict, seen, note, person, by } = confirmation
      const key = `confirmed/${person}/${confirmation.key}`
      // A repeat is answered, whatever has come since.
      if (await attendance.isDone(region, appointment, key)) {
        await tellOf(region, appointment, 'confirmed')
        return told(region, appointment)
      }
      const before = await attendance.require(region, appointment)
      if (stateOf(before) !== 'open') await judge(region, appointment)
      await attendance.add(region, appointment, async (standing) => {
        if (stateOf(standing) === 'open') throw new VisavisError('CONFLICT', 'no verdict is proposed yet')
        const newest = Math.max(standing.evidence, standing.proposed?.n ?? 0)
        if (newest > seen) {
          const details = { seen, evidence: newest }
          throw new VisavisError('CONFLICT', 'there is newer evidence: read the record again', { details })
        }
        if (verdict === 'absent' && excludesAbsence(await read(region, standing))) {
          throw new VisavisError(
            'CONFLICT',
            'this jobseeker was there, tried, could not, or was excused: they were not absent',
          )
        }
        const { jobseeker } = standing
        const about = jobseeker === undefined ? [person] : [person, jobseeker]
        const personal: Personal[] = [
          { name: 'person', value: person, of: [person] },
          ...(note === undefined ? [] : [{ name: 'note', value: note, of: about }]),
        ]
        return [{ key, fact: { type: 'verdictConfirmed', verdict, by }, personal }]
      })
      await tellOf(region, appointment, 'confirmed')
      return told(region, appointment)
    },

    /** @throws VisavisError CONFLICT while there is no verdict. */
    async contest(
      region: string,
      appointment: string,
      { key, reason, person }: { key: string; reason?: string | undefined; person: string },
    ): Promise<AttendanceRecord> {
      await attendance.add(region, appointment, (standing) => {
        const state = stateOf(standing)
        const { verdict } = recordOf(standing)
        if (state === 'open' || verdict === undefined) {
          throw new VisavisError('CONFLICT', 'there is no verdict to contest yet')
        }
        if (state === 'contested') return []
        const personal = reason === undefined ? [] : [{ name: 'reason', value: reason, of: [person] }]
        return [{ key: `contested/${key}`, fact: { type: 'contested', verdict }, personal }]
      })
      await tellOf(region, appointment, 'contested')
      return told(region, appointment)
    },
  }
}

/** While nobody knows how the service was: the log of a probe may come from another machine. Each wait is longer than the one before. */
function nextHealthLook(until: number, now: number): number {
  if (now > until + healthKnownWithinMs) return 0
  return Math.max(now + soonestLookMs, Math.trunc(now + (now - until) / 2))
}

const excludesAbsence = (entries: readonly AttendanceEntry[]): boolean => {
  const evidence = evidenceOf(entries)
  return evidence === undefined || cannotBeAbsent(evidence)
}

/** As the record will be with one fact more. */
function withFact(entries: readonly AttendanceEntry[], { appointment, head }: Standing, fact: Fact): AttendanceEntry[] {
  const at = entries.at(-1)?.recordedAt ?? 0
  return [...entries, ...chainAfter(head, [{ appointment, at, recordedAt: at, fact }]).map(({ entry }) => entry)]
}
