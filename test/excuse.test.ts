/** Leaving the scheme, or asking for the agency, in the middle of an appointment: no absence can come of it. */
import t from 'tap'
import { Attendance } from '../src/attendance/attendance.ts'
import { createJudging } from '../src/attendance/judging.ts'
import { createExcuse } from '../src/excuse.ts'
import type { AttendanceWindow } from '../src/protocol/index.ts'
import { testRedis } from './support/redis.ts'

const redis = await testRedis(t)
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const region = 'excuse'
const jobseeker = 'x'
const now = Date.now()
const attendance = new Attendance({
  ...{ client: redis.client, keepMs: 100 * dayMs, verdictAfterMs: dayMs, sealEveryMs: dayMs, awaitAfterMs: dayMs },
})
/** The service was well the whole time, as its probes say: without an excuse nobody who never came is spared. */
const judging = createJudging({
  client: redis.client,
  attendance,
  health: async (from, until) => ({ from, until, covered: true, incidents: [], probes: [] }),
})
const excuse = createExcuse({ attendance: () => attendance })

/** An appointment with an invitation that is proven to have come, and nobody who came. */
async function missed(appointment: string, window: AttendanceWindow) {
  await attendance.open(region, { appointment, jobseeker, advisor: 'anne', window })
  const fact = { type: 'invitation', to: 'jobseeker', about: 'booked', step: 'read' } as const
  await attendance.recordFact(region, appointment, { key: 'mail', fact, at: window.from - 60 * minuteMs })
  return appointment
}
const excuses = async (appointment: string) =>
  (await attendance.entries(region, appointment)).filter(({ fact }) => fact.type === 'excused').length
const proposed = async (appointment: string) => {
  await judging.propose(region, appointment)
  return judging.told(region, appointment)
}
const from = now - 10 * minuteMs

t.test('what has begun is excused, and nobody can make an absence of it', async (t) => {
  const one = await missed('now', { from, until: now + 20 * minuteMs })
  t.match(await proposed(one), { verdict: 'absent', cannotBeAbsent: false }, 'without a word')
  await excuse({ region, jobseeker, at: now, key: 'left/1' })
  await excuse({ region, jobseeker, at: now, key: 'left/1' })
  t.equal(await excuses(one), 1, 'a repeat adds nothing')
  const record = await proposed(one)
  t.match(record, { verdict: 'excused', because: ['excused'], cannotBeAbsent: true })
  const confirmation = { key: 'confirm-1', seen: record.head.n, person: 'anne', by: 'advisor' } as const
  await t.rejects(judging.confirm(region, one, { ...confirmation, verdict: 'absent' }), { code: 'CONFLICT' })
  t.match(await judging.confirm(region, one, { ...confirmation, verdict: 'excused' }), { state: 'confirmed' })
})

t.test('what was over before, and what is still to come, is left to its own rules', async (t) => {
  const over = await missed('over', { from: from - 60 * minuteMs, until: from })
  const ahead = await missed('ahead', { from: now + 60 * minuteMs, until: now + 90 * minuteMs })
  await excuse({ region, jobseeker, at: now, key: 'left/2' })
  t.equal(await excuses(over), 0)
  t.equal(await excuses(ahead), 0)
})

t.test('an act that is carried out late counts from when it was done', async (t) => {
  const ended = await missed('ended', { from: now - 50 * minuteMs, until: now - 20 * minuteMs })
  await excuse({ region, jobseeker, at: now - 40 * minuteMs, key: 'left/3' })
  t.equal(await excuses(ended), 1, 'it was under way then')
  const begun = await missed('begun', { from: now - 15 * minuteMs, until: now - 5 * minuteMs })
  await excuse({ region, jobseeker, at: now - 40 * minuteMs, key: 'left/4' })
  t.equal(await excuses(begun), 1, 'it began before it could be turned')
})

t.test('whoever cancelled, or was turned to the agency, cannot be called absent by a person either', async (t) => {
  const one = await missed('turned', { from, until: now + 20 * minuteMs })
  await attendance.recordFact(region, one, { key: 'turned', fact: { type: 'cancelled', by: 'jobseeker' } })
  t.match(await proposed(one), { verdict: 'excused', cannotBeAbsent: true })
})
