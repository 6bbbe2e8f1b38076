/** What it takes to write to somebody, for whatever tells people something by mail. */
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Notices } from './notices/notices.ts'

export interface Writing {
  /** Who is who. */
  readonly enrolment: () => Enrolment
  readonly notices: Pick<Notices, 'put'>
  /** Whether mail is sent: what nobody sends would pile up, and be late. What it tells is on the pages in any case. */
  readonly mails: () => boolean
}
