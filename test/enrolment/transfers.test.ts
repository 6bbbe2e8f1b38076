/** Handing a jobseeker over, and the colleagues to whom. Whether somebody may is decided elsewhere. */
import t from 'tap'
import { Enrolment, type EnrolmentFact, type Person } from '../../src/enrolment/enrolment.ts'
import { regionKeys } from '../../src/enrolment/keys.ts'
import type { Process } from '../../src/enrolment/process.ts'
import { type Transfer, Transfers } from '../../src/enrolment/transfers.ts'
import { parseEntry } from '../../src/store/events.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { advisor, jobseeker, newRegion, putAll } from './people.ts'

const redis = await testRedis(t)
const steps = { left: [], advisorChanged: ['move'] }

/** Anne who follows x, Bruno, and Chloé who is disabled. */
async function scheme(server: TestRedis = redis) {
  const region = await newRegion(server.client)
  const { client } = server
  let woken = 0
  const options = { client, steps, onProcess: () => woken++ }
  const enrolment = new Enrolment(options)
  await putAll(enrolment, advisor(region, 'anne'), advisor(region, 'bruno'), advisor(region, 'dora'), {
    ...advisor(region, 'chloe'),
    disabled: true,
  })
  await enrolment.put(jobseeker(region, 'x', 'anne'))
  const transfers = new Transfers(options)
  const act = (change: Partial<Transfer> = {}): Transfer => ({
    ...{ region, jobseeker: 'x', to: 'bruno', by: 'anne', key: 'transfer-1', reason: 'Part time "now"' },
    ...change,
  })
  const portfolio = async (id: string) => (await enrolment.portfolio(region, id)).map(({ id }) => id)
  return { region, enrolment, transfers, act, portfolio, client, woken: () => woken }
}

/** What the feed of somebody holds. */
async function feedOf(region: string, person: string): Promise<{ event: string; data: unknown }[]> {
  const frames: { event: string; data: unknown }[] = []
  for (let n = 1; ; n++) {
    const frame = await redis.client.hget(regionKeys(region).feeds, `${person}/${n}`)
    if (frame === null) return frames
    const { event, data } = JSON.parse(frame) as { event: string; data: unknown }
    frames.push({ event, data })
  }
}

async function changesOf(region: string): Promise<EnrolmentFact[]> {
  const entries = await redis.client.xrange(regionKeys(region).log, '-', '+')
  const facts = entries.map(([, [, entry]]) => parseEntry(entry ?? '')).filter(({ topic }) => topic === 'fact')
  return facts.map(({ text }) => JSON.parse(text) as EnrolmentFact)
}

t.test('a jobseeker goes from one portfolio to the other, and both advisors learn why', async (t) => {
  const { region, enrolment, transfers, act, portfolio, woken } = await scheme()
  const done = await transfers.transfer(act(), 'anne')
  t.match(done, { jobseeker: 'x', from: 'anne', to: 'bruno', at: Number })
  t.ok(Math.abs(done.at - Date.now()) < 60_000)
  t.same([await portfolio('anne'), await portfolio('bruno')], [[], ['x']])
  t.match((await changesOf(region)).at(-1), {
    type: 'personChanged',
    person: jobseeker(region, 'x', 'bruno'),
    before: jobseeker(region, 'x', 'anne'),
  })
  const changed = { event: 'enrolment.changed', data: { jobseeker: 'x', advisor: 'bruno', left: false } }
  const transferred = { event: 'enrolment.transferred', data: { ...done, by: 'anne', reason: 'Part time "now"' } }
  t.same((await feedOf(region, 'anne')).slice(-2), [changed, transferred])
  t.same(await feedOf(region, 'bruno'), [changed, transferred])
  t.same(await feedOf(region, 'x'), [changed], 'the reason is not for the jobseeker')
  t.equal(woken(), 1)
  const stored = await redis.client.hget(regionKeys(region).processes, 'advisorChanged/x')
  t.match(JSON.parse(stored ?? '{}') as Process, { from: 'anne', to: 'bruno', pending: ['move'] })
  t.equal(
    (await enrolment.put(jobseeker(region, 'x', 'bruno'))).changed,
    false,
    'they are stored as the agency would have put them',
  )
})

t.test('a repeat gives the first result and does nothing, also after they have gone further', async (t) => {
  const { region, transfers, act, portfolio } = await scheme()
  t.equal(await transfers.repeated(act()), undefined)
  const done = await transfers.transfer(act(), 'anne')
  const told = (await changesOf(region)).length
  t.same(await transfers.repeated(act()), done)
  t.same(await transfers.transfer(act(), 'anne'), done)
  await transfers.transfer(act({ to: 'dora', by: 'bruno' }), 'bruno')
  t.same(await transfers.transfer(act(), 'anne'), done)
  t.same(await portfolio('dora'), ['x'])
  t.equal((await changesOf(region)).length, told + 1)
  const ttl = await redis.client.pttl(regionKeys(region).transferred('anne', 'transfer-1'))
  t.ok(ttl > 47 * 3_600_000 && ttl <= 48 * 3_600_000)
})

t.test('a key is of one act: another with it is refused', async (t) => {
  const { region, enrolment, transfers, act, portfolio } = await scheme()
  await enrolment.put(jobseeker(region, 'y', 'anne'))
  await transfers.transfer(act(), 'anne')
  for (const other of [act({ jobseeker: 'y' }), act({ to: 'dora' })]) {
    await t.rejects(transfers.repeated(other), { code: 'CONFLICT' })
    await t.rejects(transfers.transfer(other, other.jobseeker === 'y' ? 'anne' : 'bruno'), { code: 'CONFLICT' })
  }
  t.same(await portfolio('anne'), ['y'])
})

t.test('whoever comes second with what was true before is refused', async (t) => {
  const { region, enrolment, transfers, act, portfolio } = await scheme()
  await enrolment.put(jobseeker(region, 'x', 'dora'))
  await t.rejects(transfers.transfer(act(), 'anne'), { code: 'CONFLICT' })
  await t.rejects(transfers.transfer(act({ to: 'dora' }), 'dora'), { code: 'CONFLICT' }, 'who follows them already')
  await enrolment.put({ ...jobseeker(region, 'x', 'dora'), disabled: true })
  await t.rejects(transfers.transfer(act(), 'dora'), { code: 'CONFLICT' })
  await enrolment.put(jobseeker(region, 'x', 'dora'))
  await enrolment.leave(region, 'x', 'leave-key-1')
  await t.rejects(transfers.transfer(act(), undefined), { code: 'CONFLICT' })
  await t.rejects(transfers.transfer(act({ jobseeker: 'nobody' }), undefined), { code: 'CONFLICT' })
  await t.rejects(transfers.transfer(act({ jobseeker: 'anne' }), undefined), { code: 'CONFLICT' })
  t.same(await portfolio('bruno'), [])
})

t.test('of two transfers at once one is done and the other refused', async (t) => {
  for (let round = 0; round < 10; round++) {
    const { region, transfers, act, portfolio } = await scheme()
    const both = [act(), act({ to: 'dora', key: 'transfer-2' })]
    const results = await Promise.allSettled(both.map((one) => transfers.transfer(one, 'anne')))
    const done = results.filter(({ status }) => status === 'fulfilled')
    t.equal(done.length, 1)
    for (const result of results) if (result.status === 'rejected') t.match(result.reason, { code: 'CONFLICT' })
    const places = [await portfolio('anne'), await portfolio('bruno'), await portfolio('dora')]
    t.same(places.flat(), ['x'])
    t.equal((await changesOf(region)).filter((fact) => fact.type === 'personChanged' && fact.before).length, 1)
  }
})

t.test('of the same transfer twice at once both are told the same', async (t) => {
  const { region, transfers, act } = await scheme()
  const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => transfers.transfer(act(), 'anne')))
  for (const other of others) t.same(other, first)
  t.equal((await changesOf(region)).filter((fact) => fact.type === 'personChanged' && fact.before).length, 1)
})

t.test('another change of the jobseeker at the same time is not lost, and stops no transfer', async (t) => {
  const { region, enrolment, transfers, act } = await scheme()
  const named = (name: string): Person => ({ ...jobseeker(region, 'x', 'anne'), name })
  await Promise.all([enrolment.put(named('Xavier')), transfers.transfer(act(), 'anne')])
  // The agency's put may have come last, and then it names Anne again; but never is one half of each stored.
  const { name, advisor: by } = (await enrolment.person(region, 'x')) ?? named('')
  t.ok(['Xavier anne', 'Xavier bruno'].includes(`${name} ${by}`), `${name} ${by}`)
})

t.test('nobody is handed over to who could not follow them', async (t) => {
  const { region, enrolment, transfers, act, portfolio } = await scheme()
  const elsewhere = `${region}-south`
  await enrolment.put(advisor(elsewhere, 'else'))
  await enrolment.put({ id: 'sara', role: 'supervisor', name: 'S', region, disabled: false })
  await enrolment.put(jobseeker(region, 'y'))
  for (const to of ['chloe', 'else', 'sara', 'y', 'nobody'])
    await t.rejects(transfers.transfer(act({ to }), 'anne'), { code: 'NOT_FOUND' }, to)
  t.same(await portfolio('anne'), ['x'])
  t.ok(await transfers.transfer(act(), 'anne'), 'and the key is still free')
})

t.test('whom nobody follows is given to somebody, and what follows from that begins', async (t) => {
  const { region, enrolment, transfers, act, woken } = await scheme()
  await enrolment.put(jobseeker(region, 'y'))
  const { reason: _, ...rest } = act({ jobseeker: 'y' })
  const done = await transfers.transfer(rest, undefined)
  t.match(done, { jobseeker: 'y', to: 'bruno' })
  t.notOk('from' in done)
  t.same((await feedOf(region, 'bruno')).at(-1), { event: 'enrolment.transferred', data: { ...done, by: 'anne' } })
  t.equal(woken(), 1)
})

t.test('a team is its advisors who take part, by name, whatever it is called', async (t) => {
  const { region, enrolment } = await scheme()
  const names = ['a', 'a/a', 'a/anne', 'é', '1:a', 'team {b}', '\u0000']
  for (const [n, team] of names.entries()) {
    await enrolment.put({ ...advisor(region, `t${n}-z`), name: 'Abel', team })
    await enrolment.put({ ...advisor(region, `t${n}-a`), name: 'Zoé', team })
  }
  const ids = async (team: string, most = 10) => (await enrolment.team(region, team, most)).map(({ id }) => id)
  for (const [n, team] of names.entries()) t.same(await ids(team), [`t${n}-z`, `t${n}-a`], JSON.stringify(team))
  t.equal((await ids('a', 1)).length, 1)
  await enrolment.put({ ...jobseeker(region, 'y'), team: 'a' })
  await enrolment.put({ id: 'sara', role: 'supervisor', name: 'S', region, team: 'a', disabled: false })
  t.same(await ids('a'), ['t0-z', 't0-a'], 'neither jobseekers nor supervisors')
  await enrolment.put({ ...advisor(region, 't0-z'), team: 'a', disabled: true })
  t.same(await ids('a'), ['t0-a'])
  await enrolment.put({ ...advisor(region, 't0-z'), team: 'é' })
  t.same([await ids('a'), (await ids('é')).length], [['t0-a'], 3])
  await enrolment.put({ ...advisor(region, 't0-a'), role: 'supervisor', team: 'a' })
  t.same(await ids('a'), [])
})

t.test('an advisor who was stored before there was an index is found after the same is put again', async (t) => {
  const { region, enrolment } = await scheme()
  const eva: Person = { ...advisor(region, 'eva'), team: 'red' }
  await enrolment.put(eva)
  await redis.client.del(regionKeys(region).teams)
  t.same(await enrolment.team(region, 'red', 10), [])
  t.equal((await enrolment.put(eva)).changed, false)
  t.same(await enrolment.team(region, 'red', 10), [eva])
})

t.test('whoever works in another team is told so, and nobody else', async (t) => {
  const { region, enrolment } = await scheme()
  const people: Person[] = [
    advisor(region, 'eva'),
    { ...advisor(region, 'sara'), role: 'supervisor' },
    jobseeker(region, 'y'),
  ]
  for (const person of people) {
    await putAll(enrolment, { ...person, team: 'red' }, { ...person, team: 'red', name: 'N' }, person)
    const told = (await feedOf(region, person.id)).filter(({ event }) => event === 'enrolment.teamChanged')
    t.same(told, person.id === 'y' ? [] : [{ event: 'enrolment.teamChanged', data: {} }], person.id)
    await enrolment.put({ ...person, team: 'blue' })
    if (person.id !== 'y') t.same((await feedOf(region, person.id)).at(-1)?.data, { team: 'blue' })
  }
})

t.test('the keys of a transfer share a slot, and the act survives a restart', async (t) => {
  const cluster = await testRedis(t, { cluster: true })
  const { region, enrolment, transfers, act, portfolio, client } = await scheme(cluster)
  const done = await transfers.transfer(act(), 'anne')
  await cluster.restart()
  t.same(await transfers.repeated(act()), done)
  t.same(await portfolio('bruno'), ['x'])
  t.equal(await client.pttl(regionKeys(region).portfolios), -1)
  await enrolment.put({ ...advisor(region, 'bruno'), team: 'red' })
  t.match(await enrolment.team(region, 'red', 10), [{ id: 'bruno' }])
})
