/** A jobseeker is told that somebody answers for their device: once for each act. They may open no session yet, so by mail. */
import type { SchemeAct } from './protocol/scheme.ts'
import type { Writing } from './writing.ts'

export const waiverNotice =
  ({ enrolment, notices, mails }: Writing) =>
  async (region: string, person: string, { n, at, by }: SchemeAct): Promise<void> => {
    if (!mails()) return
    const name = (await enrolment().person(region, by))?.name
    const data = { at, ...(name === undefined ? {} : { by: name }) }
    await notices.put({ region, person, key: `check-waived/${person}/${n}`, kind: 'checkWaived', data, at })
  }
