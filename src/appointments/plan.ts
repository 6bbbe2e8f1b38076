/** Pure: which mails an appointment calls for at a moment, and when to look at it next. */
import type { Appointment, AppointmentEntry } from '../protocol/index.ts'
import { type AppointmentRecord, isChange } from './appointment.ts'

/** `released`: it is not the advisor's any more who had it before. */
export type Told = 'made' | 'moved' | 'cancelled' | 'turned' | 'carried' | 'released' | 'reminder'

/** A mail to one person. */
export interface MailWanted {
  /** Unique in the appointment: `3-j` tells the jobseeker of the third entry of its history, `r2-60-j` reminds of version 2. */
  readonly name: string
  readonly side: 'jobseeker' | 'advisor'
  readonly person: string
  readonly told: Told
  /** Of a change: who made it and why. */
  readonly entry?: AppointmentEntry
}

export interface Reminded {
  readonly sequence: number
  readonly beforeMs: number
}

export interface Plan {
  readonly mails: readonly MailWanted[]
  readonly reminded: Reminded | undefined
  /** Names of mails, perhaps still unsent, that tell what is not true any more, or would come too late. */
  readonly stale: readonly string[]
}

const minuteMs = 60_000
const firstWaitMs = 2_000
const longestWaitMs = 15 * minuteMs

/**
 * @param fresh the entries of the history after `inner.told`.
 * @param remindersMs how long before it the jobseeker is reminded.
 */
export function planOf(
  record: AppointmentRecord,
  fresh: readonly AppointmentEntry[],
  remindersMs: readonly number[],
  now: number,
): Plan {
  const { appointment, inner } = record
  const changes = changesOf(record, fresh, now)
  const reminded = reminderNow(record, remindersMs, now)
  const reminder: MailWanted[] =
    reminded === undefined
      ? []
      : [
          {
            name: `r${reminded.sequence}-${reminded.beforeMs / minuteMs}-j`,
            ...{ side: 'jobseeker', person: appointment.jobseeker, told: 'reminder' },
          },
        ]
  const begun = appointment.from <= now || appointment.state === 'cancelled'
  const stale = Object.keys(inner.mails).filter(
    (name) =>
      changes.length > 0 || isOver(appointment, now) || (name.startsWith('r') && (reminder.length > 0 || begun)),
  )
  return { mails: [...changes, ...reminder], reminded, stale }
}

/** Nobody is told any more that they have an appointment which was, as after a day without a mail server. */
const isOver = ({ state, until }: Appointment, now: number): boolean => state === 'booked' && until <= now

/** Of several changes in a row only how it stands at last is told: mails of the others would only confuse. */
function changesOf(
  { appointment, inner }: AppointmentRecord,
  fresh: readonly AppointmentEntry[],
  now: number,
): MailWanted[] {
  const { state, jobseeker, advisor } = appointment
  if (isOver(appointment, now)) return []
  const last = fresh.findLastIndex(isChange)
  const entry = fresh[last]
  if (entry === undefined) return []
  const isNew = fresh.some(({ is }) => is === 'made')
  // A look that did not come to its end may have told of it already.
  const isUnheard = isNew && Object.keys(inner.mails).length === 0
  if (isUnheard && state === 'cancelled') return []
  const n = inner.told + last + 1
  const told = isNew && state !== 'cancelled' ? 'made' : (entry.is as Told)
  const formers = isUnheard
    ? []
    : fresh.flatMap(({ former }) => (former === undefined || former === advisor ? [] : [former]))
  return [
    { name: `${n}-j`, side: 'jobseeker', person: jobseeker, told, entry },
    { name: `${n}-a`, side: 'advisor', person: advisor, told: formers.length > 0 ? 'made' : told, entry },
    ...[...new Set(formers)].map(
      (person, m): MailWanted => ({ name: `${n}-f${m}`, side: 'advisor', person, told: 'released', entry }),
    ),
  ]
}

/** The shortest time before it that has come; none that had come when it was last changed, or of which was told. */
function reminderNow(
  { appointment, inner }: AppointmentRecord,
  remindersMs: readonly number[],
  now: number,
): Reminded | undefined {
  const { state, from, changedAt, sequence } = appointment
  if (state !== 'booked' || from <= now) return undefined
  const come = remindersMs.filter((ms) => from - ms <= now && changedAt < from - ms)
  const beforeMs = Math.min(...come)
  const before = inner.reminded?.sequence === sequence ? inner.reminded.beforeMs : Number.POSITIVE_INFINITY
  return beforeMs < before ? { sequence, beforeMs } : undefined
}

/**
 * When to look next (ms), if nothing changes before; undefined: not at all.
 * @param waiting whether the fate of a mail is not known yet.
 * @param waits for how many looks in a row it was so.
 */
export function nextLook(
  { state, from, changedAt }: Appointment,
  remindersMs: readonly number[],
  { waiting, waits }: { readonly waiting: boolean; readonly waits: number },
  now: number,
): number | undefined {
  const moments = [...remindersMs.map((ms) => from - ms).filter((at) => at > changedAt), from]
  const ahead = state === 'booked' ? moments.filter((at) => at > now) : []
  const again = waiting ? [now + Math.min(firstWaitMs * 2 ** waits, longestWaitMs)] : []
  const all = [...ahead, ...again]
  return all.length === 0 ? undefined : Math.min(...all)
}
