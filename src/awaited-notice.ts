/** When an appointment has begun and somebody is not there yet, both are written to: once for each window. */
import type { TellAwaited } from './attendance/awaiting.ts'
import type { Writing } from './writing.ts'

export const awaitedNotice =
  ({ enrolment, notices, mails }: Writing): TellAwaited =>
  async ({ region, appointment, jobseeker, advisor, window }, awaited) => {
    // Of an erased party there is nobody to be told, and nothing to be told of them.
    if (!mails() || jobseeker === undefined || advisor === undefined) return
    const [theirs, other] = await enrolment().persons(region, [jobseeker, advisor])
    const at = window.from
    const missing = { jobseeker: awaited.includes('jobseeker'), advisor: awaited.includes('advisor') }
    const about = (person: string) => ({
      region,
      person,
      at,
      urgent: true,
      key: `awaited/${appointment}/${at}/${person}`,
    })
    await notices.put({
      ...about(jobseeker),
      kind: 'notThereYet',
      data: { ...window, self: missing.jobseeker, other: missing.advisor, with: other?.name ?? advisor },
    })
    await notices.put({
      ...about(advisor),
      kind: 'notThereYetAdvisor',
      data: { ...window, self: missing.advisor, other: missing.jobseeker, with: theirs?.name ?? jobseeker },
    })
  }
