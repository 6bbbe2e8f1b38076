/**
 * An appointment was made, moved, cancelled … or comes soon, with a file for calendars. To the jobseeker it is official; in
 * the advisor's own calendar it is what they wish. Pure.
 */
import { calendarFile } from '../calendar-file.ts'
import type { Kind, Reader, Words } from '../kind.ts'
import { momentOf, plainName, timeOf } from '../wording.ts'
import { type AppointmentNotice, type AppointmentTexts, english, french } from './appointment-texts.ts'

export type { AppointmentNotice } from './appointment-texts.ts'

const words = ([notice]: readonly AppointmentNotice[], reader: Reader, isJobseeker: boolean): Words => {
  if (notice === undefined) return { subject: '', paragraphs: [] }
  const texts = reader.language === 'fr' ? french : english
  const told = {
    when: `${momentOf(notice.from, reader)}–${timeOf(notice.until, reader)}`,
    day: momentOf(notice.from, reader),
    name: plainName(notice.with),
    where: texts.where(notice.modality, notice.place),
    isJobseeker,
  }
  const { subject, paragraph } = texts.told[notice.told](told)
  const isGone = notice.told === 'cancelled' || notice.told === 'released'
  return {
    subject,
    paragraphs: [
      paragraph,
      ...(notice.reason === undefined ? [] : [texts.reason(notice.reason)]),
      ...(isGone ? [] : [told.where]),
      ...(isJobseeker ? [adviceOf(notice, texts)] : []),
    ],
    link: isJobseeker ? texts.confirm : texts.open,
    ...attachmentsOf(notice, reader, {
      summary: texts.summary(told.name),
      description: paragraph,
      location: told.where,
    }),
  }
}

function adviceOf({ told, modality }: AppointmentNotice, texts: AppointmentTexts): string {
  if (told === 'cancelled') return texts.noFault
  return modality === 'webcam' ? texts.beforeWebcam : texts.beforeAgency
}

function attachmentsOf(
  { id, sequence, from, until, at, told }: AppointmentNotice,
  { envelope }: Reader,
  texts: { readonly summary: string; readonly description: string; readonly location: string },
): Pick<Words, 'attachments'> {
  // A reminder changes nothing in a calendar.
  if (envelope === undefined || told === 'reminder') return {}
  const cancelled = told === 'cancelled' || told === 'released'
  return { attachments: [calendarFile({ id, sequence, from, until, at, cancelled, ...texts }, envelope)] }
}

const common = { merges: false, last: false } as const

export const appointment: Kind<AppointmentNotice> = {
  ...common,
  official: true,
  proof: true,
  words: (all, reader) => words(all, reader, true),
}

export const calendarEntry: Kind<AppointmentNotice> = {
  ...common,
  official: false,
  words: (all, reader) => words(all, reader, false),
}
