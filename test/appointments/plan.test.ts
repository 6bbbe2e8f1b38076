import t from 'tap'
import type { AppointmentRecord } from '../../src/appointments/appointment.ts'
import { nextLook, planOf } from '../../src/appointments/plan.ts'
import type { AppointmentEntry } from '../../src/protocol/index.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const madeAt = 1_000_000_000
const from = madeAt + 10 * dayMs
const reminders = [dayMs, hourMs]

const record = (
  appointment: Partial<AppointmentRecord['appointment']> = {},
  inner: Partial<AppointmentRecord['inner']> = {},
): AppointmentRecord => ({
  appointment: {
    ...{ id: 'a1', jobseeker: 'yann', jobseekerName: 'Yann', advisor: 'anne', from, until: from + hourMs },
    ...{
      modality: 'webcam',
      state: 'booked',
      sequence: 0,
      madeBy: 'anne',
      madeAt,
      changedAt: madeAt,
      changedBy: 'anne',
    },
    ...appointment,
  },
  inner: { steps: 1, told: 0, busyUntil: from + hourMs, mails: {}, waits: 0, ...inner },
})
const entry = (is: AppointmentEntry['is'], more: Partial<AppointmentEntry> = {}): AppointmentEntry => ({
  ...{ at: madeAt, by: 'anne', is, sequence: 0 },
  ...more,
})
const named = (plan: ReturnType<typeof planOf>) => plan.mails.map(({ name, told }) => `${name} ${told}`)

t.test('who has an appointment is invited, and so is the advisor', async (t) => {
  t.same(named(planOf(record(), [entry('made')], reminders, madeAt)), ['1-j made', '1-a made'])
})

t.test('of changes in a row how it stands at last is told, and what was not sent yet is withdrawn', async (t) => {
  const changed = record({ sequence: 2 }, { told: 1, steps: 3, mails: { '1-j': 'yann', '1-a': 'anne' } })
  const plan = planOf(changed, [entry('moved'), entry('turned')], reminders, madeAt)
  t.same(named(plan), ['3-j turned', '3-a turned'])
  t.same(plan.stale, ['1-j', '1-a'])
  t.same(named(planOf(record({ sequence: 1 }), [entry('made'), entry('moved')], reminders, madeAt)), [
    '2-j made',
    '2-a made',
  ])
  t.same(named(planOf(record({ state: 'cancelled' }), [entry('made'), entry('cancelled')], reminders, madeAt)), [])
})

t.test('whoever may have been invited by a look that did not come to its end is told what became of it', async (t) => {
  const mails = { '1-j': 'yann', '1-a': 'anne' }
  const cancelled = record({ state: 'cancelled', sequence: 1 }, { steps: 2, mails })
  const plan = planOf(cancelled, [entry('made'), entry('cancelled')], reminders, madeAt)
  t.same(named(plan), ['2-j cancelled', '2-a cancelled'])
  t.same(plan.stale, ['1-j', '1-a'])
  const carried = record({ advisor: 'bruno', sequence: 1 }, { steps: 2, mails })
  const change = entry('carried', { advisor: 'bruno', former: 'anne' })
  t.same(named(planOf(carried, [entry('made'), change], reminders, madeAt)), ['2-j made', '2-a made', '2-f0 released'])
})

t.test('what became of a mail calls for no other one', async (t) => {
  const sent = record({}, { told: 1, steps: 2 })
  t.same(named(planOf(sent, [entry('mailSent', { mail: '1-j' })], reminders, madeAt)), [])
})

t.test('whoever had it before is released from it, and the new advisor is invited', async (t) => {
  const carried = record({ advisor: 'bruno' }, { told: 1, steps: 2 })
  const plan = planOf(carried, [entry('carried', { advisor: 'bruno', former: 'anne' })], reminders, madeAt)
  t.same(
    plan.mails.map(({ person, told }) => `${person} ${told}`),
    ['yann carried', 'bruno made', 'anne released'],
  )
})

t.test('the jobseeker is reminded once for each time that has come since it was last changed', async (t) => {
  const told = record({}, { told: 1 })
  t.same(named(planOf(told, [], reminders, from - dayMs - 1)), [])
  const first = planOf(told, [], reminders, from - dayMs)
  t.same(named(first), ['r0-1440-j reminder'])
  const reminded = record({}, { told: 1, reminded: { sequence: 0, beforeMs: dayMs }, mails: { 'r0-1440-j': 'yann' } })
  t.same(named(planOf(reminded, [], reminders, from - 2 * hourMs)), [])
  const second = planOf(reminded, [], reminders, from - hourMs)
  t.same(named(second), ['r0-60-j reminder'])
  t.same(second.stale, ['r0-1440-j'])
  t.same(named(planOf(told, [], reminders, from - hourMs / 2)), ['r0-60-j reminder'], 'only the last after an outage')
  const late = record({ changedAt: from - 2 * hourMs }, { told: 1 })
  t.same(named(planOf(late, [], reminders, from - 2 * hourMs)), [], 'who has just been told is not reminded')
  t.same(named(planOf(late, [], reminders, from - hourMs)), ['r0-60-j reminder'])
  t.same(named(planOf(told, [], reminders, from)), [], 'not when it has begun')
  const over = planOf(reminded, [], reminders, from)
  t.same(over.stale, ['r0-1440-j'], 'what was not sent by then is not sent')
  t.same(named(planOf(record({ state: 'cancelled' }, { told: 1 }), [], reminders, from - hourMs)), [])
})

t.test('of what is over nobody is told that they have it', async (t) => {
  const { until } = record().appointment
  t.same(named(planOf(record(), [entry('made')], reminders, until - 1)), ['1-j made', '1-a made'])
  t.same(named(planOf(record(), [entry('made')], reminders, until)), [])
  const unsent = record({}, { told: 1, mails: { '1-j': 'yann', '1-a': 'anne' } })
  t.same(planOf(unsent, [], reminders, until - 1).stale, [])
  t.same(planOf(unsent, [], reminders, until).stale, ['1-j', '1-a'])
  const cancelled = record({ state: 'cancelled' }, { told: 1 })
  t.same(named(planOf(cancelled, [entry('cancelled')], reminders, until)), ['2-j cancelled', '2-a cancelled'])
})

t.test(
  'it is looked at when a reminder is due, when it begins, and while the fate of a mail is not known',
  async (t) => {
    const { appointment } = record()
    const calm = { waiting: false, waits: 0 }
    t.equal(nextLook(appointment, reminders, calm, madeAt), from - dayMs)
    t.equal(nextLook(appointment, reminders, calm, from - dayMs), from - hourMs)
    t.equal(nextLook(appointment, reminders, calm, from - hourMs), from)
    t.equal(nextLook(appointment, reminders, calm, from), undefined)
    t.equal(nextLook({ ...appointment, state: 'cancelled' }, reminders, calm, madeAt), undefined)
    t.equal(nextLook(appointment, reminders, { waiting: true, waits: 0 }, madeAt), madeAt + 2_000)
    t.equal(nextLook(appointment, reminders, { waiting: true, waits: 30 }, madeAt), madeAt + 900_000)
  },
)
