import t from 'tap'
import { type AppointmentList, listOf, withAppointment } from '../../client/appointment-list.ts'
import { Meanwhile } from '../../client/meanwhile.ts'
import type { Appointment } from '../../src/protocol/index.ts'

const appointment = (id: string, changedAt: number): Appointment => ({
  ...{ id, jobseeker: 'j', jobseekerName: 'J', advisor: 'a', from: 1_000, until: 2_000, modality: 'webcam' },
  ...{ state: 'booked', sequence: 0, madeBy: 'a', madeAt: 1, changedAt, changedBy: 'a' },
})
const change = (one: Appointment) => (list: AppointmentList) =>
  withAppointment(list, one, { self: 'a', role: 'advisor' })

t.test('what is heard of before the answer comes is in the list, and the newer state stays', async (t) => {
  const meanwhile = new Meanwhile<AppointmentList>()
  const answer = Promise.withResolvers<Appointment[]>()
  meanwhile.heard(change(appointment('before', 1)))
  const asked = meanwhile.ask(() => answer.promise)
  meanwhile.heard(change(appointment('new', 5)))
  meanwhile.heard(change(appointment('known', 7)))
  answer.resolve([appointment('known', 6)])
  const [told, again] = await asked
  const list = again(listOf(told, new Map()))
  t.same([...list.values()].map(({ id, changedAt }) => [id, changedAt]).toSorted(), [
    ['known', 7],
    ['new', 5],
  ])
})

t.test('a question that fails keeps nothing', async (t) => {
  const meanwhile = new Meanwhile<AppointmentList>()
  await t.rejects(
    meanwhile.ask(() => Promise.reject(new Error('away'))),
    { message: 'away' },
  )
  meanwhile.heard(change(appointment('new', 5)))
  const [, again] = await meanwhile.ask(async () => undefined)
  t.equal(again(new Map()).size, 0)
})
