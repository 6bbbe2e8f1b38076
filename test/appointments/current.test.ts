/** Which appointment is on in a room, how long it is shown, and what its advisor has next. */
import t from 'tap'
import { currentOf } from '../../src/appointments/current.ts'
import type { Appointment } from '../../src/protocol/index.ts'

const minute = 60_000
const from = 10_000 * minute
const leadMs = 15 * minute
const one = (id: string, more: Partial<Appointment> = {}): Appointment => ({
  ...{ id, jobseeker: 'yann', jobseekerName: 'Yann', advisor: 'anne', from, until: from + 30 * minute },
  ...({ modality: 'webcam', state: 'booked', sequence: 0, madeBy: 'anne', madeAt: 1, changedAt: 1 } as const),
  changedBy: 'anne',
  ...more,
})
const at = (booked: readonly Appointment[], now: number) => currentOf(booked, 'yann', leadMs, now)?.appointment.id

t.test('the room opens ahead of time, and an overrun is shown for two hours', async (t) => {
  const booked = [one('a')]
  t.equal(at(booked, from - leadMs - 1), undefined)
  t.equal(at(booked, from - leadMs), 'a')
  t.equal(at(booked, from + 30 * minute), 'a', 'who talks longer is not alone with it')
  t.equal(at(booked, from + 150 * minute - 1), 'a')
  t.equal(at(booked, from + 150 * minute), undefined)
})

t.test('it is theirs, by webcam, and takes place', async (t) => {
  t.equal(at([one('a', { jobseeker: 'paul' })], from), undefined)
  t.equal(at([one('a', { modality: 'agency' })], from), undefined)
  t.equal(at([one('a', { state: 'cancelled' })], from), undefined)
  t.equal(at([one('a'), one('b', { from: from + 40 * minute, until: from + 70 * minute })], from + 40 * minute), 'b')
})

t.test('what comes next is whatever the advisor has, with nobody’s name', async (t) => {
  const next = (...others: readonly Appointment[]) => currentOf([one('a'), ...others], 'yann', leadMs, from)
  t.equal(next()?.nextAt, undefined)
  const soon = one('b', { jobseeker: 'paul', modality: 'agency', from: from + 60 * minute })
  const later = one('c', { jobseeker: 'rose', from: from + 90 * minute })
  const answer = next(later, soon)
  t.equal(answer?.nextAt, from + 60 * minute)
  t.notMatch(JSON.stringify(answer), /paul|rose/)
  t.equal(next({ ...soon, state: 'cancelled' })?.nextAt, undefined)
  t.equal(next({ ...soon, from: from + 13 * 60 * minute })?.nextAt, undefined, 'tomorrow is no reason to end a talk')
  t.equal(next({ ...soon, from: from - minute })?.nextAt, undefined, 'what was before is not next')
})
