/** When an appointment is, as one would say it. */
import type { Appointment } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { clock, moment } from '../language/times.ts'

export const begins = ({ from }: Pick<Appointment, 'from'>, now: number): string => moment(from, now)

export const whole = ({ from, until }: Pick<Appointment, 'from' | 'until'>, now: number): string =>
  `${moment(from, now)}–${clock(until)}`

/** A day of a list to choose from: "mardi 3 mars". */
export const dayName = (at: number, language: string): string =>
  new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' }).format(at)

export const minutes = (ms: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(ms / 60_000)

export const placeOf = ({ modality }: Pick<Appointment, 'modality'>): string =>
  t(modality === 'webcam' ? 'apptWebcam' : 'apptAgency')
