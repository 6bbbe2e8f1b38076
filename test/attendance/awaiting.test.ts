/** Who has not come is noticed once, both are told, and it weighs nothing; a record follows its appointment to another advisor. */
import t from 'tap'
import { evidenceOf } from '../../src/attendance/evidence.ts'
import { attendanceKeys } from '../../src/attendance/keys.ts'
import { verdictOf } from '../../src/attendance/verdict.ts'
import { verifyRecord } from '../../src/attendance/verify.ts'
import type { Fact } from '../../src/protocol/index.ts'
import { minute, parties, region, testAttendance } from './test-attendance.ts'

const came = (party: 'jobseeker' | 'advisor'): Fact => ({ type: 'arrived', party, visit: `v-${party}` })

t.test('five minutes after the beginning whoever is not there is awaited, and both are told once', async (t) => {
  const { client, attendance, awaiting, told, clock, window, open } = await testAttendance(t)
  await open()
  t.equal(Number(await client.zscore(attendanceKeys(region).due, 'awaited/a1')), window.from + 5 * minute)
  await attendance.recordFact(region, 'a1', { key: 'came', fact: came('advisor') })
  clock.now = window.from + 5 * minute
  await Promise.all([awaiting.look(region, 'a1'), awaiting.look(region, 'a1')])
  const types = (await attendance.entries(region, 'a1')).map(({ fact }) => fact)
  t.match(types.slice(2), [{ type: 'awaited', party: 'jobseeker' }])
  t.equal(types.length, 3)
  t.same([...new Set(told.map(({ awaited }) => awaited.join()))], ['jobseeker'])
  t.equal(await client.zscore(attendanceKeys(region).due, 'awaited/a1'), null, 'nothing is due any more')
})

t.test('nobody is awaited who is there, whose appointment was cancelled, or when it is over', async (t) => {
  const { attendance, awaiting, told, clock, window, open } = await testAttendance(t)
  for (const id of ['there', 'cancelled', 'late']) await open(id)
  for (const party of ['jobseeker', 'advisor'] as const)
    await attendance.recordFact(region, 'there', { key: party, fact: came(party) })
  await attendance.recordFact(region, 'cancelled', { key: 'off', fact: { type: 'cancelled', by: 'agency' } })
  clock.now = window.from + 5 * minute
  await awaiting.look(region, 'there')
  await awaiting.look(region, 'cancelled')
  clock.now = window.until + 1
  await awaiting.look(region, 'late')
  await awaiting.look(region, 'none')
  t.same(told, [])
})

t.test('a moved appointment is looked at anew, in a short one at half of it', async (t) => {
  const { client, attendance, awaiting, told, clock, window, open } = await testAttendance(t)
  await open()
  clock.now = window.from + 5 * minute
  await awaiting.look(region, 'a1')
  const moved = { from: window.from + 60 * minute, until: window.from + 64 * minute }
  await attendance.recordFact(region, 'a1', { key: 'm', fact: { type: 'moved', window: moved } })
  t.equal(Number(await client.zscore(attendanceKeys(region).due, 'awaited/a1')), moved.from + 2 * minute)
  clock.now = moved.from + 2 * minute
  await awaiting.look(region, 'a1')
  t.equal(told.length, 2)
})

t.test('being awaited neither proves nor weighs anything', async (t) => {
  const { attendance, awaiting, clock, window, open } = await testAttendance(t)
  await open()
  const before = evidenceOf(await attendance.entries(region, 'a1'))
  const { evidence } = await attendance.require(region, 'a1')
  clock.now = window.from + 5 * minute
  await awaiting.look(region, 'a1')
  const after = evidenceOf(await attendance.entries(region, 'a1'))
  t.same(after, before)
  if (after === undefined) throw new Error('no evidence')
  t.not(verdictOf(after).verdict, 'absent', 'of itself it never makes anybody absent')
  t.equal((await attendance.require(region, 'a1')).evidence, evidence, 'who has read everything before may confirm')
})

for (const cluster of [false, true]) {
  t.test(
    `a record goes to the new advisor, who keeps its heads from then on${cluster ? ' (cluster)' : ''}`,
    async (t) => {
      const { attendance, open, headsOf, readFile, window } = await testAttendance(t, { cluster })
      await open()
      await attendance.recordFact(region, 'a1', {
        ...{ key: 'appointment/2', fact: { type: 'carried' }, advisor: 'advisor-bruno' },
        personal: [{ name: 'advisor', value: 'advisor-bruno', of: ['advisor-bruno'] }],
      })
      await attendance.recordFact(region, 'a1', { key: 'm', fact: { type: 'moved', window } })
      t.match(await attendance.require(region, 'a1'), { advisor: 'advisor-bruno', jobseeker: parties.jobseeker })
      t.equal((await attendance.of(region, 'advisor-bruno', 10)).length, 1)
      t.same(await attendance.of(region, parties.advisor, 10), [], 'it is no more the former one’s')
      const theirs = await headsOf('advisor-bruno')
      t.same(
        theirs.map(({ n }) => n),
        [2, 3],
      )
      t.same(
        (await headsOf(parties.advisor)).map(({ n }) => n),
        [1],
      )
      t.ok(verifyRecord(await readFile(region, 'a1'), { heads: theirs }).ok)
      await attendance.forget(region, 'advisor-bruno')
      const erased = await readFile(region, 'a1')
      t.notMatch(JSON.stringify(erased), /bruno/)
      t.ok(verifyRecord(erased, { heads: theirs }).ok, 'the chain is as whole as before')
    },
  )
}
