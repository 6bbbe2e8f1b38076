/** Keys of the counts of one region. No count names anybody. */
import { key } from '../store/key.ts'

export const reportKeys = (region: string) => ({
  counts: key('report', region, 'counts'), // hash  <week>/<measure> -> how often; permanent
  /** That something was counted, and as what: by a digest of what it was. */
  counted: (digest: string) => key('report', region, 'counted', digest), // string  <week>/<measure>; 8 days, or 10 s of what is told once
  /** That somebody has said of a talk how it was: by a digest of both. */
  answered: (digest: string) => key('report', region, 'answered', digest), // string  key of the act; 8 days
})
