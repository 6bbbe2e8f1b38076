/**
 * What happened to an appointment, for whoever keeps a record of it elsewhere. Each is told at least once, those of one
 * appointment in their order: `n` counts them from 1 without a gap, so that a repeat is known.
 */
import type { Appointment, AppointmentEntry, Modality } from '../protocol/index.ts'

export type AppointmentFact = {
  readonly region: string
  readonly appointment: string
  readonly jobseeker: string
  readonly n: number
  /** ms, Redis's clock. */
  readonly at: number
  /** Who acted; `visavis` for the service itself. */
  readonly by: string
  /** Which version of the appointment it is about. */
  readonly sequence: number
} & (
  | {
      readonly is: 'made'
      readonly advisor: string
      readonly from: number
      readonly until: number
      readonly modality: Modality
    }
  | {
      readonly is: 'moved'
      readonly from: number
      readonly until: number
      readonly modality: Modality
      readonly reason?: string
    }
  | { readonly is: 'cancelled'; readonly reason?: string }
  /** In the agency, or by webcam again: because the jobseeker has `left` the scheme (or is back), or `asked`. */
  | { readonly is: 'turned'; readonly modality: Modality; readonly why: string }
  /** It is another advisor's. */
  | { readonly is: 'carried'; readonly advisor: string; readonly former: string }
  /** `mail` names the mail within the appointment, `to` is a person. */
  | { readonly is: 'mailSent'; readonly mail: string; readonly to: string; readonly code?: number }
  | {
      readonly is: 'mailFailed'
      readonly mail: string
      readonly to: string
      readonly why?: string
      readonly code?: number
    }
  | { readonly is: 'mailDelivered'; readonly mail: string; readonly to: string; readonly why?: string }
  /** By a click of the reader, in the page behind the mail's link (`why: link`) or signed in (`why: page`). */
  | { readonly is: 'mailRead'; readonly mail: string; readonly to: string; readonly why: string }
)

/** The entries were written by our own scripts, each with what its kind has. */
export const factOf = (
  region: string,
  { id, jobseeker }: Pick<Appointment, 'id' | 'jobseeker'>,
  n: number,
  entry: AppointmentEntry,
): AppointmentFact => ({ region, appointment: id, jobseeker, n, ...entry }) as AppointmentFact
