/** From mails about appointments back to the appointments: they were delivered, came back, or were read. */
import { mailOf } from './appointment-mail.ts'
import type { Appointments, MailNote } from './appointments/appointments.ts'
import type { AppointmentBook } from './appointments/book.ts'
import { service } from './chat/message.ts'
import type { MailReportsOptions } from './http/mail-reports.ts'
import type { ReadProofOptions } from './http/read-proof.ts'
import type { Contacts } from './notices/contacts.ts'
import { VisavisError } from './protocol/index.ts'
import { timeZones } from './time-zones.ts'

export interface AppointmentProofOptions {
  readonly book: AppointmentBook
  readonly contacts: Contacts
  readonly regions: readonly { readonly id: string; readonly timeZone: string }[]
  readonly wake: () => void
}

type Handed = Pick<ReadProofOptions, 'about' | 'onRead'> & Pick<MailReportsOptions, 'onReport'>

export function appointmentProof({ book, contacts, regions, wake }: AppointmentProofOptions): Handed {
  const { appointments, settings } = book
  const timeZoneOf = timeZones(regions)

  /** @returns whether there is such an appointment. */
  const note = async (
    region: string,
    key: string,
    what: Pick<MailNote, 'is' | 'why' | 'at'> & { byReader?: boolean },
  ) => {
    const mail = mailOf(key)
    if (mail === undefined) return false
    const found = await known(appointments.get(region, mail.appointment))
    if (found === undefined) return false
    const { byReader = false, ...said } = what
    // A mail that proves anything was to the jobseeker.
    const to = mail.mail.endsWith('-j') ? found.jobseeker : found.advisor
    await appointments.noteMail(region, found.id, { ...said, mail: mail.mail, to, by: byReader ? to : service })
    wake()
    return true
  }

  return {
    async about({ region, key }) {
      const mail = mailOf(key)
      const found = mail === undefined ? undefined : await known(appointments.get(region, mail.appointment))
      if (found === undefined) return undefined
      const [contact, { place }] = await Promise.all([contacts.get(region, found.jobseeker), settings.of(region)])
      const { from, until, modality, state } = found
      const language = contact?.language ?? 'fr'
      return { language, timeZone: timeZoneOf(region), from, until, modality, place, state }
    },
    async onRead({ region, key }) {
      await note(region, key, { is: 'mailRead', why: 'link', byReader: true })
    },
    onReport({ region, key }, { outcome, status, at }) {
      const when = at === undefined ? {} : { at }
      if (outcome === 'delivered') return note(region, key, { is: 'mailDelivered', ...when })
      return note(region, key, { is: 'mailFailed', why: `bounced ${status ?? ''}`.trim(), ...when })
    },
  }
}

/** Undefined for what is gone. */
const known = (found: ReturnType<Appointments['get']>) =>
  found.catch((error: unknown) => {
    if (error instanceof VisavisError && error.code === 'NOT_FOUND') return undefined
    throw error
  })
