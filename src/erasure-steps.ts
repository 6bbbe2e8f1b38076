/** What is done, one after the other, when a person is erased (docs/decisions/0014). Each step may be repeated. */

import type { Alerts } from './answers/alerts.ts'
import type { AppointmentBook } from './appointments/book.ts'
import type { Attachments } from './attachments/attachments.ts'
import type { Attendance } from './attendance/attendance.ts'
import { type Channels, chatTags, tagOf } from './chat/channels.ts'
import type { Checks } from './checks/checks.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Erasures } from './enrolment/erasures.ts'
import type { Step } from './enrolment/processes.ts'
import type { Invitations } from './lobby/invitations.ts'
import type { Lobby } from './lobby/lobby.ts'
import type { Notes } from './notes/notes.ts'
import type { Notices } from './notices/notices.ts'
import type { Presence } from './presence/presence.ts'
import { VisavisError } from './protocol/index.ts'
import type { Queue } from './queue/queue.ts'
import type { Reminders } from './reminders/reminders.ts'
import type { Replies } from './replies/replies.ts'
import type { Search } from './search/search.ts'
import { eraseEvents } from './store/erase-events.ts'
import { fence } from './store/fence.ts'
import type { Store } from './store/store.ts'
import type { Workshops } from './workshops/workshops.ts'

export interface ErasureStepsOptions {
  readonly store: Pick<Store, 'client' | 'rewriteLog'>
  readonly enrolment: () => Enrolment
  readonly erasures: () => Erasures
  readonly channels: Channels
  readonly alerts: Alerts
  readonly reminders: Reminders
  readonly attachments: Attachments
  readonly attendance: Attendance
  readonly checks: Checks
  readonly lobby: Lobby
  readonly invitations: Invitations
  readonly notes: Notes
  readonly queue: Queue
  readonly book: AppointmentBook
  readonly workshops: Workshops
  readonly replies: Replies
  readonly presence: () => Presence
  readonly search: () => Search
  readonly notices: Notices
  /** Whether mail is sent: without it a receipt would wait in vain, and the address with it. */
  readonly mails: () => boolean
}

export function erasureSteps(options: ErasureStepsOptions): Readonly<Record<string, Step>> {
  const { store, enrolment, erasures, channels, alerts, reminders, attachments, notes, queue, book, replies, notices } =
    options
  const { lobby, invitations } = options
  const { client, rewriteLog } = store
  const own = (region: string, person: string) => ({ scope: 'own', region, person }) as const

  return {
    /** The region was fenced when it began. */
    fence: (_region, person) => fence(client, tagOf(person), person),
    count: async (region, person, process) => {
      const [messages, files, ...rest] = await Promise.all([
        channels.count(person),
        attachments.count(person),
        notes.count(person),
        queue.callbacks.count(region, person),
        notices.count(region, person),
        replies.count(own(region, person)),
        book.appointments.count(region, person),
      ])
      const [noted, called, noticed, replied, appointments] = rest
      const counts = {
        messages,
        files,
        notes: noted,
        callbacks: called,
        appointments,
        notices: noticed,
        replies: replied,
      }
      await erasures().count(process, counts)
    },
    callbacks: async (region, person) => {
      await queue.callbacks.forget(region, person)
      await queue.supervision.vacate(region, person)
      await queue.desks.forget(region, person)
    },
    appointments: async (region, person) => void (await book.appointments.forget(region, person)),
    workshops: (region, person) => options.workshops.forget(region, person),
    channel: async (region, person) => {
      await channels.forget(person)
      // Once nothing makes anybody be told of it any more.
      await alerts.forget(region, person)
      await reminders.forget(region, person)
    },
    files: async (_region, person) => {
      await attachments.forget(person)
      await attachments.forgetSender(person)
    },
    lobby: async (region, person) => {
      await lobby.erase(region, person)
      await invitations.erase(region, person)
    },
    checks: (region, person) => options.checks.forget({ region, person }),
    notes: async (_region, person) => void (await notes.forget(person)),
    /** The chains of their records stay, without anything that says who it was. */
    attendance: (region, person) => options.attendance.forget(region, person),
    replies: async (region, person) => void (await replies.forget(own(region, person))),
    /** Where others can read it; in the record it stays until the last. */
    name: async (region, person) => {
      const record = await enrolment().person(region, person)
      if (record === undefined || record.role === 'jobseeker') return
      await channels.forgetName(person)
      await notices.forgetName(region, record)
    },
    presence: (region, person) => options.presence().forget({ region, person }),
    /** Other nodes do it when they are told that the channel is gone. */
    search: (_region, person) => options.search().forget(person),
    events: async (region, person, process) => {
      const record = await enrolment().person(region, person)
      // Events of a jobseeker are those of their own channel; an advisor wrote in many.
      const tags = record?.role === 'jobseeker' ? [tagOf(person)] : chatTags
      for (const tag of [...tags, region]) {
        await erasures().add(process, { events: await eraseEvents(client, tag, person) })
      }
    },
    mail: async (region, person, { at, erasure = '' }) => {
      const notice = { region, person, key: `erased/${erasure}`, kind: 'erased', data: { at }, at } as const
      if (options.mails()) await notices.put(notice)
      await notices.forget(region, person)
    },
    /** It takes the address along until it is sent: what is written anew must not have it. */
    mailSent: async (region, person) => {
      if ((await notices.count(region, person)) === 0) return
      throw new VisavisError('UNAVAILABLE', 'the receipt of erasure is still on its way by mail')
    },
    record: async (region, person, process) => {
      // Their connections were closed meanwhile, and that was told.
      await erasures().add(process, { events: await eraseEvents(client, region, person) })
      await erasures().forgetPerson(process)
    },
    log: async () => rewriteLog?.(),
    complete: (_region, _person, process) =>
      erasures().complete(process, rewriteLog === undefined ? 'operator' : 'rewritten'),
  }
}
