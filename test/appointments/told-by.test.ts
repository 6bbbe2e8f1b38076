/** What a mail about an appointment has told, for its attendance record: of which version, and so of which time. */
import t from 'tap'
import { toldBy } from '../../src/appointment-record.ts'
import type { AppointmentEntry } from '../../src/protocol/index.ts'

const entry = (
  is: AppointmentEntry['is'],
  sequence: number,
  more: Partial<AppointmentEntry> = {},
): AppointmentEntry => ({
  ...{ at: 1, by: 'anne', is, sequence },
  ...more,
})
const sent = (sequence: number) => entry('mailSent', sequence, { mail: '1-j', to: 'yann' })

t.test('a mail tells of the time of its own version, however late it is heard of', async (t) => {
  const history = [
    entry('made', 0, { from: 100, modality: 'webcam' }),
    sent(0),
    entry('moved', 1, { from: 200, modality: 'webcam' }),
    entry('carried', 2, { advisor: 'bruno', former: 'anne' }),
    sent(2),
  ]
  t.same(toldBy('1-j', history), { about: 'booked', begins: 100 })
  t.same(toldBy('3-j', history), { about: 'moved', begins: 200 })
  t.same(toldBy('4-j', history), { about: 'moved', begins: 200 })
  t.same(toldBy('4-f0', history), { about: 'moved', begins: 200 })
  t.same(toldBy('r0-1440-j', history), { about: 'reminder', begins: 100 })
  t.same(toldBy('r2-60-j', history), { about: 'reminder', begins: 200 })
  t.same(toldBy('page-0', history), { about: 'booked', begins: 100 })
  t.same(toldBy('page-1', history), { about: 'moved', begins: 200 })
})

t.test('whoever follows the link of an old mail is shown how it stands now', async (t) => {
  const history = [
    entry('made', 0, { from: 100, modality: 'webcam' }),
    entry('moved', 1, { from: 200, modality: 'webcam' }),
    entry('mailRead', 1, { mail: '1-j', to: 'yann' }),
  ]
  t.same(toldBy('1-j', history, 1), { about: 'moved', begins: 200 })
  t.same(toldBy('1-j', history, 0), { about: 'booked', begins: 100 })
})

t.test('whoever is told to come to the agency, or that it is off, is not invited to a webcam talk', async (t) => {
  const history = [
    entry('made', 0, { from: 100, modality: 'webcam' }),
    entry('turned', 1, { modality: 'agency' }),
    entry('turned', 2, { modality: 'webcam' }),
    entry('cancelled', 2),
  ]
  t.same(toldBy('2-j', history), { about: 'cancelled' })
  t.same(toldBy('r1-60-j', history), { about: 'cancelled' })
  t.same(toldBy('page-1', history), { about: 'cancelled' })
  t.same(toldBy('3-j', history), { about: 'moved', begins: 100 })
  t.same(toldBy('4-j', history), { about: 'cancelled' })
})

t.test('of a history that is gone nothing is made up', async (t) => {
  t.same(toldBy('3-j', []), { about: 'moved' })
  t.same(toldBy('', []), { about: 'moved' })
})
