/** The jobseeker is written to of every verdict that stands, proposed, confirmed or contested: once for each version of it. */
import type { TellVerdict } from './attendance/judging.ts'
import type { Writing } from './writing.ts'

export const verdictNotice =
  ({ enrolment, notices, mails }: Writing): TellVerdict =>
  async ({ region, appointment, jobseeker, advisor, window }, { is, n, verdict }) => {
    // Of an erased party there is nobody to be told, and nothing to be told of them.
    if (!mails() || jobseeker === undefined || advisor === undefined) return
    const name = (await enrolment().person(region, advisor))?.name ?? advisor
    await notices.put({
      ...{ region, person: jobseeker, key: `verdict/${appointment}/${n}`, kind: 'verdict' },
      data: { appointment, from: window.from, with: name, is, verdict },
      at: Date.now(),
    })
  }
