/** Keys of the checks of one person, with the region as tag. */
import { key } from '../store/key.ts'

export const checkKeys = (region: string, person: string) => ({
  reports: key('checks', region, 'reports', person), // list    JSON of StoredReport, newest first; a year after the last
  starts: key('checks', region, 'starts', person), //   string  test calls begun; an hour after the first
})
