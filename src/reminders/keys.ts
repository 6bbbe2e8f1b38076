/** Keys of one region's reminders. */
import { key } from '../store/key.ts'

/** hash  channel -> JSON { person: key of the notice }; while they have not read what it tells of */
export const remindedKey = (region: string) => key('reminders', region, 'reminded')
