/** From the end of the window to a verdict that a person confirms and the jobseeker contests; on a real Redis. */
import { pino } from 'pino'
import t from 'tap'
import { startDueLoop } from '../../src/attendance/due-loop.ts'
import { attendanceKeys } from '../../src/attendance/keys.ts'
import { verifyRecord } from '../../src/attendance/verify.ts'
import type { Fact, Verdict } from '../../src/protocol/index.ts'
import { until } from '../support/until.ts'
import { minute, parties, region, testAttendance } from './test-attendance.ts'

const invited: Fact = { type: 'invitation', to: 'jobseeker', about: 'booked', step: 'delivered' }
const advisor = { person: parties.advisor, by: 'advisor' } as const
const tried = (key: string, at: number) => ({
  ...{ key, at, fact: { type: 'attempt', party: 'jobseeker', cause: 'unreachable' } as const },
})

/** A record of somebody who was invited, whose window is over. */
async function over(t: Parameters<typeof testAttendance>[0]) {
  const all = await testAttendance(t)
  await all.open()
  await all.attendance.recordFact(region, 'a1', { key: 'sent', fact: invited })
  all.clock.now = all.window.until + 5 * minute
  const state = async () => {
    const { state, verdict } = await all.judging.told(region, 'a1')
    return `${state} ${verdict}`
  }
  const confirm = async (verdict: Verdict, key = 'confirm-1', seen?: number) => {
    const { head } = await all.attendance.require(region, 'a1')
    return all.judging.confirm(region, 'a1', { ...advisor, key, verdict, seen: seen ?? head.n })
  }
  return { ...all, state, confirm }
}

t.test('a verdict is due when the window is over, and again when evidence comes later', async (t) => {
  const { client, attendance, judging, clock, window } = await over(t)
  const due = async () => Number(await client.zscore(attendanceKeys(region).due, 'verdict/a1'))
  t.equal(await due(), window.until + 5 * minute)
  await judging.propose(region, 'a1')
  t.equal(await due(), 0, 'nothing is due')
  const { head } = await attendance.require(region, 'a1')
  await judging.propose(region, 'a1')
  t.same((await attendance.require(region, 'a1')).head, head, 'the same verdict is not proposed twice')
  clock.now += minute
  await attendance.recordFact(region, 'a1', tried('late', window.from))
  t.equal(await due(), clock.now)
})

t.test('what devices hand in later takes "absent" away, also after it was confirmed', async (t) => {
  const { judging, attendance, window, state, confirm, readFile } = await over(t)
  t.equal(await state(), 'open undefined')
  await judging.propose(region, 'a1')
  t.equal(await state(), 'proposed absent')
  await confirm('absent')
  t.equal(await state(), 'confirmed absent')
  await attendance.recordFact(region, 'a1', tried('attempt', window.from + minute))
  await judging.propose(region, 'a1')
  t.equal(await state(), 'proposed technical-user')
  await t.rejects(confirm('absent', 'confirm-2'), { code: 'CONFLICT' }, 'nobody can call them absent any more')
  await confirm('technical-user', 'confirm-3')
  t.equal(await state(), 'confirmed technical-user')
  const { ok, findings } = verifyRecord(await readFile(region, 'a1'))
  t.ok(ok, JSON.stringify(findings))
})

t.test('an incident that the probe knows is in the record, and excludes "absent"', async (t) => {
  const { judging, found, window, state, confirm, attendance } = await over(t)
  const incidents = [{ from: window.from, until: window.from + minute, failed: ['http' as const] }]
  found.health = { covered: true, incidents, probes: [{ probe: 'p', n: 3, hash: 'ab'.repeat(32) }] }
  await judging.propose(region, 'a1')
  t.equal(await state(), 'proposed technical-service')
  await t.rejects(confirm('absent'), { code: 'CONFLICT' })
  const health = (await attendance.entries(region, 'a1')).find(({ fact }) => fact.type === 'health')?.fact
  t.match(health, { from: window.from - 15 * minute, until: window.until, ...found.health })
})

t.test('without a probe, or a proof of the invitation, a person may still weigh it', async (t) => {
  const { judging, found, state, confirm } = await over(t)
  found.health = { covered: false, incidents: [], probes: [] }
  await judging.propose(region, 'a1')
  t.equal(await state(), 'proposed undetermined')
  await confirm('absent')
  t.equal(await state(), 'confirmed absent')
})

t.test('a probe’s log that comes later is looked for, and before anybody is called absent', async (t) => {
  const { client, clock, judging, found, window, state, confirm, attendance } = await over(t)
  const due = async () => Number(await client.zscore(attendanceKeys(region).due, 'verdict/a1'))
  found.health = { covered: false, incidents: [], probes: [] }
  await judging.propose(region, 'a1')
  t.equal(await due(), clock.now + 10 * minute)
  clock.now = window.until + 60 * minute
  await judging.propose(region, 'a1')
  t.equal(await due(), clock.now + 30 * minute, 'each wait is longer')
  const { head } = await attendance.require(region, 'a1')
  const incidents = [{ from: window.from, until: window.from + minute, failed: ['http' as const] }]
  found.health = { covered: true, incidents, probes: [{ probe: 'p', n: 3, hash: 'ab'.repeat(32) }] }
  await t.rejects(confirm('absent', 'confirm-1', head.n), { code: 'CONFLICT' }, 'it is there by now')
  t.equal(await state(), 'proposed technical-service')
  await judging.propose(region, 'a1')
  t.equal(await due(), 0, 'it is known how the service was')
})

t.test('a log that comes later and says the same does not undo what a person has confirmed', async (t) => {
  const { clock, judging, found, window, state, confirm } = await over(t)
  const { health } = found
  found.health = { covered: false, incidents: [], probes: [] }
  await judging.propose(region, 'a1')
  await confirm('absent')
  found.health = health
  await judging.propose(region, 'a1')
  t.equal(await state(), 'confirmed absent')
  found.health = { covered: false, incidents: [], probes: [] }
  clock.now = window.until + 25 * 60 * minute
  await judging.propose(region, 'a1')
  t.equal(await state(), 'confirmed absent')
})

t.test('after a day without any log nobody looks for it any more', async (t) => {
  const { client, clock, judging, found, window } = await over(t)
  found.health = { covered: false, incidents: [], probes: [] }
  clock.now = window.until + 25 * 60 * minute
  await judging.propose(region, 'a1')
  t.equal(await client.zscore(attendanceKeys(region).due, 'verdict/a1'), null)
})

t.test('nobody confirms what they have not read', async (t) => {
  const { judging, attendance, window, confirm } = await over(t)
  await t.rejects(confirm('absent'), { code: 'CONFLICT' }, 'nothing is proposed yet')
  await judging.propose(region, 'a1')
  const { head } = await attendance.require(region, 'a1')
  await confirm('absent', 'confirm-1', head.n)
  await attendance.recordFact(region, 'a1', tried('attempt', window.from))
  await t.rejects(confirm('absent', 'confirm-2', head.n), { code: 'CONFLICT' })
  const repeated = await confirm('absent', 'confirm-1', head.n)
  t.equal(repeated.state, 'proposed', 'a repeat is no new act: what came since has reopened it')
  const all = await attendance.entries(region, 'a1')
  t.equal(all.filter(({ fact }) => fact.type === 'verdictConfirmed').length, 1)
})

t.test('the jobseeker contests in one act, and a person has to look again', async (t) => {
  const { judging, attendance, state, confirm } = await over(t)
  const contest = (key: string) => judging.contest(region, 'a1', { key, person: parties.jobseeker })
  await t.rejects(contest('contest-0'), { code: 'CONFLICT' }, 'there is no verdict yet')
  await judging.propose(region, 'a1')
  await contest('contest-1')
  await contest('contest-1')
  await contest('contest-2')
  t.equal(await state(), 'contested absent')
  const all = await attendance.entries(region, 'a1')
  t.equal(all.filter(({ fact }) => fact.type === 'contested').length, 1)
  await confirm('undetermined')
  t.equal(await state(), 'confirmed undetermined')
  await contest('contest-1')
  t.equal(await state(), 'confirmed undetermined', 'an old act is not done again')
  await contest('contest-3')
  t.equal(await state(), 'contested undetermined')
})

t.test('what waits for a person is in the list of its advisor, until somebody has decided', async (t) => {
  const { attendance, judging, confirm, open, window } = await over(t)
  const waiting = async (person = parties.advisor) => {
    const { standings, total } = await attendance.toConfirm(region, person, 10)
    t.equal(total, standings.length)
    return standings.map(({ appointment }) => appointment)
  }
  await open('a2', { window: { from: window.from - minute, until: window.until } })
  t.same(await waiting(), [], 'nothing is proposed yet')
  for (const appointment of ['a1', 'a2']) await judging.propose(region, appointment)
  t.same(await waiting(), ['a1', 'a2'], 'the latest first')
  await confirm('undetermined')
  t.same(await waiting(), ['a2'])
  await judging.contest(region, 'a1', { key: 'contest-1', person: parties.jobseeker })
  t.same(await waiting(), ['a1', 'a2'], 'who contests is looked at again')
  const earlier = { from: window.from - 5 * minute, until: window.until - minute }
  await attendance.recordFact(region, 'a1', { key: 'moved-1', fact: { type: 'moved', window: earlier } })
  t.same(await waiting(), ['a2', 'a1'])
  const one = await attendance.toConfirm(region, parties.advisor, 1)
  t.match(one, { standings: [{ appointment: 'a2' }], total: 2 })

  await attendance.recordFact(region, 'a1', { key: 'carried-1', fact: { type: 'carried' }, advisor: 'advisor-new' })
  t.same(await waiting(), ['a2'])
  t.same(await waiting('advisor-new'), ['a1'], 'whoever has the appointment decides')
  t.same(await waiting(parties.jobseeker), [])
  await attendance.forget(region, 'advisor-new')
  t.same(await waiting('advisor-new'), [])
  await judging.contest(region, 'a1', { key: 'contest-2', person: parties.jobseeker })
  t.same(await waiting('advisor-new'), [], 'nothing is kept of who was erased')
})

t.test('several nodes that make the same verdict at once make one', async (t) => {
  const { judging, attendance } = await over(t)
  await Promise.all(Array.from({ length: 8 }, () => judging.propose(region, 'a1')))
  const types = (await attendance.entries(region, 'a1')).map(({ fact }) => fact.type)
  t.same(types, ['opened', 'invitation', 'health', 'verdictProposed'])
})

t.test('the loop proposes and seals what is due, and what has failed once more', async (t) => {
  const { client, judging, sealing, awaiting, clock, state, readFile } = await over(t)
  let failed = false
  const loop = startDueLoop({
    ...{ client, regions: [region], sealing, awaiting, log: pino({ level: 'silent' }), everyMs: 20 },
    now: () => clock.now,
    judging: {
      async propose(where, which) {
        if (failed) return judging.propose(where, which)
        failed = true
        throw new Error('not now')
      },
    },
  })
  t.teardown(() => loop[Symbol.asyncDispose]())
  await until(() => loop.failures === 1, { what: 'the first try' })
  t.equal(await state(), 'open undefined')
  // Its lease is over.
  clock.now += minute
  await until(async () => (await state()) === 'proposed absent', { what: 'the verdict' })
  await until(async () => (await readFile(region, 'a1')).seals.at(-1)?.n === 4, { what: 'the seal of the verdict' })
})
