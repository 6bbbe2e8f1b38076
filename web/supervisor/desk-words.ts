/** Where an advisor stands, in words. */
import type { DeskState } from '../../client/index.ts'
import type { SupervisorKey } from './words.ts'

export const deskWords: Readonly<Record<DeskState, SupervisorKey>> = {
  ready: 'deskReady',
  busy: 'deskBusy',
  away: 'deskAway',
  'wrap-up': 'deskWrapUp',
  offline: 'deskOffline',
}
