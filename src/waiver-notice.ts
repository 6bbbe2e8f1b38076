/** A jobseeker is told that somebody answers for their device: once for each act. They may open no session yet, so by mail. */
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Notices } from './notices/notices.ts'
import type { SchemeAct } from './protocol/scheme.ts'

export interface WaiverNoticeOptions {
  readonly enrolment: Enrolment
  readonly notices: Notices
  /** Whether mail is sent: what nobody sends would pile up, and be late. The act is on their page in any case. */
  readonly mails: () => boolean
}

export const waiverNotice =
  ({ enrolment, notices, mails }: WaiverNoticeOptions) =>
  async (region: string, person: string, { n, at, by }: SchemeAct): Promise<void> => {
    if (!mails()) return
    const name = (await enrolment.person(region, by))?.name
    const data = { at, ...(name === undefined ? {} : { by: name }) }
    await notices.put({ region, person, key: `check-waived/${person}/${n}`, kind: 'checkWaived', data, at })
  }
