/** Keys of the audit log of one region, all with the region as tag. */
import { key } from '../store/key.ts'

export const auditKeys = (region: string) => ({
  log: key('audit', region, 'log'), // stream  ids <ms of storing>-<n>; e entry as JSON, h hash of the chain; kept as long as the settings say
  tip: key('audit', region, 'tip'), // hash    n (number of the newest entry), h (its hash); permanent
  /** Number of the last batch of a writer, so that a batch sent twice is stored once. */
  writer: (id: string) => key('audit', region, 'writer', id), // string  number; 24 h after the last batch
})
