/** Arriving in the lobby, being let in, and giving up waiting, as facts of a jobseeker's attendance record. */
import type { VisitChanged } from './lobby/lobby.ts'
import type { Fact } from './protocol/index.ts'
import type { Recording } from './recording.ts'

/**
 * Whoever is told that they have arrived, or were let in, is on record: it is awaited, and a repeat of the act, which changes
 * nothing in the lobby, adds what was missed.
 */
export function createLobbyRecord(recording: Pick<Recording, 'now'>): (change: VisitChanged) => Promise<void> {
  return async ({ region, visit, act }) => {
    // A third person is no party of the appointment.
    if (visit.role !== 'jobseeker') return
    const { room, person, state, arrivedAt, changedAt } = visit
    const who = { party: 'jobseeker', visit: `lobby-${arrivedAt}` } as const
    const write = (key: string, at: number, fact: Fact) =>
      recording.now(region, room, [{ key: `lobby/${arrivedAt}/${key}`, at, fact, ...named(person, fact) }])
    if (act === 'arrive') await write('arrived', arrivedAt, { type: 'arrived', ...who, place: 'lobby' })
    if (act === 'admit') await write('admitted', changedAt, { type: 'admitted', ...who })
    // Who was let in and leaves has left the room, which the room tells.
    if (state !== 'waiting') return
    if (act === 'leave') await write('left', Date.now(), { type: 'dropped', ...who, cause: 'left' })
    if (act === 'forget') await write('left', Date.now(), { type: 'dropped', ...who, cause: 'connection-lost' })
  }
}

const named = (person: string, { type }: Fact) =>
  type === 'arrived' ? { personal: [{ name: 'person', value: person, of: [person] }] } : {}
