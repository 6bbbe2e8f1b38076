/** Appointments, for both sides and their supervisors. */

import { currentOf } from '../../appointments/current.ts'
import { mostSlots } from '../../protocol/appointment.ts'
import { VisavisError } from '../../protocol/index.ts'
import { type AppointmentAccessOptions, createAppointmentAccess } from '../appointment-access.ts'
import type { AppointmentsShown } from '../appointments-shown.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export interface AppointmentHandlersOptions extends AppointmentAccessOptions {
  readonly shown: AppointmentsShown
  /** An appointment has changed on this node: whoever writes mails need not wait for their next look. */
  readonly wake: () => void
  /** How long before an appointment people are led into its room (ms). */
  readonly leadMs: number
}

export function appointmentHandlers(options: AppointmentHandlersOptions): Handlers<MethodsOf<'appointment'>> {
  const { book, shown, wake, leadMs } = options
  const { appointments, bookings, settings, calendars } = book
  const access = createAppointmentAccess(options)

  return {
    async 'appointment.list'(caller, { jobseeker }) {
      const { identity, conversations } = caller
      if (jobseeker === undefined) return { appointments: await shown(identity) }
      const known = conversations.has(jobseeker) || (await access.supervises(caller, jobseeker))
      if (!known) throw new VisavisError('NOT_FOUND', `there is no jobseeker ${jobseeker} here`)
      return { appointments: await appointments.ofJobseeker(identity.region, jobseeker) }
    },
    async 'appointment.current'(caller, { room }) {
      const { advisor } = caller.requireConversation(room)
      if (advisor === undefined) return { leadMs }
      const booked = await appointments.ofAdvisor(caller.identity.region, advisor.id)
      return { ...currentOf(booked, room, leadMs, Date.now()), leadMs }
    },
    async 'appointment.slots'(caller, asked) {
      const { region, role } = caller.identity
      const { host, jobseeker } = await access.host(caller, asked.jobseeker, asked)
      if (asked.instead !== undefined) await access.require(caller, 'keep', asked.instead)
      const chosen = role === 'jobseeker'
      const [slots, { lengthsMs, ownBooking, place }, { open }] = await Promise.all([
        bookings.slots(region, host, { ...asked, jobseeker: jobseeker?.id, chosen }),
        settings.of(region),
        calendars(region, host),
      ])
      const more = slots[mostSlots]?.from
      return {
        slots: slots.slice(0, mostSlots),
        ...(more === undefined ? {} : { more }),
        ...{ timeZone: open.timeZone, lengthsMs, ownBooking },
        ...(place === undefined ? {} : { place }),
      }
    },
    async 'appointment.book'(caller, { jobseeker: named, ...asked }) {
      const period = { from: asked.from, until: asked.from + 1 }
      const { host, jobseeker } = await access.host(caller, named, period)
      if (jobseeker === undefined) {
        throw new VisavisError('BAD_REQUEST', 'an advisor says with whom', { details: { path: '/jobseeker' } })
      }
      const booking = { ...asked, jobseeker: jobseeker.id, jobseekerName: jobseeker.name }
      const actor = await access.actor(caller, host.advisor)
      const made = await bookings.book(caller.identity.region, host, booking, actor)
      wake()
      return made
    },
    async 'appointment.move'(caller, { appointment: id, ...moving }) {
      const { region } = caller.identity
      const before = await access.require(caller, 'keep', id)
      const host = await access.hostOf(region, before, { from: moving.from, until: moving.from + 1 })
      const appointment = await bookings.move(region, host, id, moving, await access.actor(caller, host.advisor))
      wake()
      return { appointment }
    },
    async 'appointment.cancel'(caller, { appointment: id, ...act }) {
      const { region } = caller.identity
      const { advisor } = await access.require(caller, 'keep', id)
      const appointment = await appointments.cancel(region, id, act, await access.actor(caller, advisor))
      wake()
      return { appointment }
    },
    async 'appointment.turn'(caller, { key, to }) {
      const { region, person } = caller.identity
      const advisor = caller.conversations.get(person)?.advisor
      const also = advisor === undefined ? [] : (await access.actor(caller, advisor.id)).also
      const turned = await appointments.turnAll(region, person, { to, why: 'asked', by: person, also, key })
      wake()
      return { appointments: turned }
    },
    async 'appointment.history'(caller, { appointment: id }) {
      await access.require(caller, 'view', id)
      return { history: await appointments.history(caller.identity.region, id) }
    },
    async 'appointment.confirmRead'(caller, { appointment: id }) {
      const { region, person } = caller.identity
      const { sequence } = await access.require(caller, 'keep', id)
      const note = { is: 'mailRead', by: person, mail: `page-${sequence}`, to: person, why: 'page' } as const
      const appointment = await appointments.noteMail(region, id, note)
      wake()
      return { appointment }
    },
  }
}
