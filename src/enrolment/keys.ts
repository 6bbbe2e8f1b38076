/** Keys of one region's people, all with the region as tag. */
import { key } from '../store/key.ts'

export const regionKeys = (region: string) => ({
  people: key('enrolment', region, 'people'), //     hash  person -> JSON of Person; permanent
  ids: key('enrolment', region, 'ids'), //           zset  person ids in the order of the alphabet, score 0; permanent
  portfolios: key('enrolment', region, 'portfolios'), // zset  <advisor>/<jobseeker>, score 0; permanent
  log: logKey(region), //                            stream  field e: EnrolmentEvent; trimmed to about 10,000
})

const logKey = (region: string) => key('enrolment', region, 'log')

/** The logs of all regions, for followLogs. */
export const enrolmentLogKeys = (regions: readonly string[]): string[] => regions.map(logKey)
