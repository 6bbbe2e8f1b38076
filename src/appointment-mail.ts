/**
 * What happens to appointments is told: to both by mail, with reminders, and as facts to whoever keeps a record. Each look
 * may be repeated: a mail is put by its name, a fact has its number.
 */
import type { Logger } from 'pino'
import { isInLine } from './appointment-steps.ts'
import type { AppointmentBook } from './appointments/book.ts'
import { type AppointmentFact, factOf } from './appointments/facts.ts'
import type { Look } from './appointments/looks.ts'
import { type MailWanted, nextLook, planOf } from './appointments/plan.ts'
import { service } from './chat/message.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { NoticeRecord, Notices } from './notices/notices.ts'
import type { Appointment, AppointmentEntry } from './protocol/index.ts'
import { type LeasedLooks, startLeasedLooks } from './store/leased-looks.ts'

export interface AppointmentMailOptions {
  readonly book: AppointmentBook
  readonly notices: Notices
  readonly enrolment: Enrolment
  readonly regions: readonly string[]
  /** Brings the appointments of a jobseeker in line with their record. */
  readonly bringInLine: (region: string, jobseeker: string) => Promise<void>
  /** Whether mail is sent: what nobody sends would pile up, and be late. */
  readonly mails: () => boolean
  /** Keeps what happened elsewhere. What it throws makes the same fact come again. */
  readonly record?: (fact: AppointmentFact, appointment: Appointment) => Promise<void>
  readonly log: Logger
}

const hourMs = 60 * 60 * 1_000
/** So soon before it mails about it do not wait for the end of quiet hours. */
const urgentMs = 12 * hourMs

const prefix = 'appointment'

/** The key of the notice that is the mail of this name. */
export const noticeKeyOf = (appointment: string, mail: string): string => `${prefix}/${appointment}/${mail}`

/** The inverse of `noticeKeyOf`; undefined for a notice about something else. */
export function mailOf(key: string): { readonly appointment: string; readonly mail: string } | undefined {
  const [about, appointment, mail, ...more] = key.split('/')
  if (about !== prefix || appointment === undefined || mail === undefined || more.length > 0) return undefined
  return { appointment, mail }
}

export function startAppointmentMail(options: AppointmentMailOptions): LeasedLooks {
  const { book, notices, enrolment, regions, bringInLine, mails, record = async () => {}, log } = options
  const { appointments, looks, settings } = book

  const put = async ({ region, appointment, now }: Look, { name, side, person, told, entry }: MailWanted) => {
    const advisor = side === 'jobseeker' ? await enrolment.person(region, appointment.advisor) : undefined
    const { place } = await settings.of(region)
    const { id, sequence, from, until, modality, jobseekerName, changedAt: at } = appointment
    const data = {
      ...{ id, sequence, told, from, until, modality, at },
      with: side === 'advisor' ? jobseekerName : (advisor?.name ?? appointment.advisor),
      ...(place === undefined ? {} : { place }),
      ...(entry?.reason === undefined ? {} : { reason: entry.reason }),
    }
    const about = { region, person, key: noticeKeyOf(id, name), data, at: now, urgent: from - now < urgentMs }
    await notices.put(side === 'jobseeker' ? { ...about, kind: 'appointment' } : { ...about, kind: 'calendarEntry' })
  }

  /** @returns whether it has changed by that: then it is looked at again. */
  const keepInLine = async (one: Look): Promise<boolean> => {
    const { region, appointment, now } = one
    if (isInLine(one, await enrolment.person(region, appointment.jobseeker), now)) return false
    await bringInLine(region, appointment.jobseeker)
    return (await appointments.get(region, appointment.id)).changedAt !== appointment.changedAt
  }

  const look = async (one: Look) => {
    const { region, appointment, inner, now } = one
    if (await keepInLine(one)) return
    const { id } = appointment
    const fresh = await appointments.entries(region, id, inner.told, inner.steps)
    const { remindersMs } = await settings.of(region)
    const plan = planOf(one, fresh, remindersMs, now)
    const wanted = mails() ? plan.mails : []
    const named = Object.fromEntries(wanted.map(({ name, person }) => [name, person]))
    if (wanted.length > 0) {
      // On record before anybody is written to: what becomes of each is asked for.
      await looks.settle(one, { told: inner.told, mails: named, ended: [], waits: inner.waits, at: one.lease })
    }
    for (const name of plan.stale) await notices.withdraw(region, noticeKeyOf(id, name))
    for (const mail of wanted) await put(one, mail)
    for (const [n, entry] of fresh.entries())
      await record(factOf(region, appointment, inner.told + n + 1, entry), appointment)

    const open = Object.entries(inner.mails)
    const fates = await notices.records(
      region,
      open.map(([name]) => noticeKeyOf(id, name)),
    )
    const ended = open.flatMap(([mail, to], n) => endOf(mail, to, fates[n]) ?? [])
    const waiting = open.length > ended.length || wanted.length > 0
    const waits = wanted.length > 0 || !waiting ? 0 : inner.waits + 1
    await looks.settle(one, {
      ...{ told: inner.steps, mails: {}, ended, waits },
      ...(wanted.length > 0 && plan.reminded !== undefined ? { reminded: plan.reminded } : {}),
      at: nextLook(appointment, remindersMs, { waiting, waits }, now),
    })
  }

  return startLeasedLooks({
    take: async (most) => (await Promise.all(regions.map((region) => looks.take(region, most)))).flat(),
    look,
    log,
  })
}

/** Undefined while it may still be sent. */
function endOf(
  mail: string,
  to: string,
  notice: NoticeRecord | undefined,
): Omit<AppointmentEntry, 'at' | 'sequence'> | undefined {
  const about = { by: service, mail, to }
  // Withdrawn before it was put, or kept long enough.
  if (notice === undefined) return { ...about, is: 'mailFailed', why: 'withdrawn' }
  const code = notice.attempts.at(-1)?.code
  const said = code === undefined ? {} : { code }
  if (notice.state === 'sent') return { ...about, is: 'mailSent', ...said }
  if (notice.state === 'failed') return { ...about, is: 'mailFailed', why: notice.why ?? 'failed', ...said }
  if (notice.state === 'withdrawn') return { ...about, is: 'mailFailed', why: notice.why ?? 'withdrawn' }
  return undefined
}
