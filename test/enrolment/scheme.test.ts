/** Joining on record, and the limits of a region: closed, pilot, certified, and how large a portfolio may be. */
import { createHash } from 'node:crypto'
import t from 'tap'
import { Enrolment, type Person } from '../../src/enrolment/enrolment.ts'
import { importPeople } from '../../src/enrolment/import.ts'
import { regionKeys } from '../../src/enrolment/keys.ts'
import { type LastCheck, Scheme } from '../../src/enrolment/scheme.ts'
import { SchemeRules } from '../../src/enrolment/scheme-rules.ts'
import { Transfers } from '../../src/enrolment/transfers.ts'
import type { SchemeSettings } from '../../src/protocol/scheme.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { advisor, jobseeker, newRegion, putAll } from './people.ts'

const redis = await testRedis(t)
const text = { version: '1', fr: 'Oui ?', en: 'Yes?' }
const key = (n = 1) => `scheme-key-${n}`

interface Stage {
  readonly lastCheck?: LastCheck
  readonly server?: TestRedis
}
/** Anne (team rennes) and Bruno (no team). */
async function stage(settings: Partial<SchemeSettings> = {}, { lastCheck, server = redis }: Stage = {}) {
  const region = await newRegion(server.client)
  const { client } = server
  const rules = new SchemeRules({ client, written: new Map([[region, settings]]) })
  const options = { client, rules }
  const enrolment = new Enrolment(options)
  const scheme = new Scheme({ ...options, textOf: () => text, ...(lastCheck === undefined ? {} : { lastCheck }) })
  await putAll(enrolment, { ...advisor(region, 'anne'), team: 'rennes' }, advisor(region, 'bruno'))
  const join = (id: string, n = 1) => scheme.join(region, id, { key: key(n), text: '1' })
  return { region, rules, enrolment, scheme, join, transfers: new Transfers(options), client }
}
const texts = (region: string) => redis.client.hgetall(regionKeys(region).texts)
const bar = (name: string) => ({ code: 'CONFLICT', details: { bar: name } })

t.test('who has yet to join takes part in nothing, and joining is on record with the text that was read', async (t) => {
  const { region, enrolment, scheme, join } = await stage({ joinFirst: true })
  await enrolment.put(jobseeker(region, 'x', 'anne'))
  t.match(await enrolment.person(region, 'x'), { awaiting: true })
  t.same(await enrolment.portfolio(region, 'anne'), [])
  t.same(await scheme.awaited(region, 'anne', 10), ['x'])
  t.same(await enrolment.put(jobseeker(region, 'x', 'anne')).then(({ changed }) => changed), false, 'a nightly repeat')
  await t.rejects(scheme.join(region, 'x', { key: key(), text: '0' }), { code: 'CONFLICT', details: { version: '1' } })
  const act = await join('x')
  t.match(act, { n: 1, is: 'joined', by: 'x', text: '1', check: 'notNeeded', receipt: /^\w{4}-\w{4}-\w\w$/ })
  t.equal(act.digest?.length, 64)
  t.same(await join('x'), act, 'a repeat')
  t.same(await join('x', 2), act, 'by another key, too')
  t.same(
    (await enrolment.portfolio(region, 'anne')).map(({ id }) => id),
    ['x'],
  )
  t.same(await scheme.awaited(region, 'anne', 10), [])
  await enrolment.put({ ...jobseeker(region, 'x', 'anne'), name: 'X' })
  t.notOk((await enrolment.person(region, 'x'))?.awaiting, 'what the agency changes later asks for nothing')
})

t.test('who leaves has a receipt, and comes back to whom they left by their own act', async (t) => {
  const { region, enrolment, scheme, join } = await stage()
  await enrolment.put(jobseeker(region, 'x', 'anne'))
  const leftAt = await enrolment.leave(region, 'x', key(), { reason: 'work' })
  await enrolment.leave(region, 'x', key(), { reason: 'work' })
  t.match(await scheme.acts(region, 'x'), [{ n: 1, is: 'left', at: leftAt, by: 'x', reason: 'work', advisor: 'anne' }])
  t.match(await join('x'), { n: 2, is: 'joined' })
  t.match(await enrolment.person(region, 'x'), { advisor: 'anne', leftAt: undefined })
  await enrolment.leave(region, 'x', key(2))
  const { length } = await scheme.acts(region, 'x')
  t.equal(length, 3)
  t.equal((await scheme.acts(region, 'x'))[2]?.reason, undefined)
})

t.test('a device check is needed where the region says so, and somebody may answer for who has none', async (t) => {
  const checks = new Map<string, { at: number; passed: boolean }>()
  const { region, enrolment, scheme, join } = await stage(
    { joinFirst: true, checkRequired: true },
    { lastCheck: async (_region, person) => checks.get(person) },
  )
  await putAll(enrolment, jobseeker(region, 'x', 'anne'), jobseeker(region, 'y', 'anne'))
  await t.rejects(join('x'), bar('check'))
  checks.set('x', { at: Date.now(), passed: false })
  await t.rejects(join('x'), bar('check'))
  checks.set('x', { at: Date.now() - 40 * 86_400_000, passed: true })
  await t.rejects(join('x'), bar('check'), 'too long ago')
  t.match(
    await scheme.acts(region, 'x'),
    [{ n: 1, is: 'asked', by: 'x', text: '1' }],
    'that they want to is on record, once',
  )
  checks.set('x', { at: Date.now(), passed: true })
  t.match(await join('x'), { n: 2, is: 'joined', check: 'passed' })
  await scheme.waiveCheck(region, 'y', { key: key(7), by: 'anne', why: 'Only an old telephone' })
  t.match(await join('y'), { check: 'waived' })
  t.match((await scheme.acts(region, 'y'))[0], { is: 'checkWaived', by: 'anne', why: 'Only an old telephone' })
})

t.test('the text is kept as it was read, once for all who have, and in which language', async (t) => {
  const { region, enrolment, scheme, join } = await stage({ joinFirst: true })
  await putAll(enrolment, jobseeker(region, 'x', 'anne'), jobseeker(region, 'y', 'anne'))
  const first = await scheme.join(region, 'x', { key: key(), text: '1', language: 'en' })
  await join('y')
  t.equal(first.language, 'en')
  t.equal(Object.keys(await texts(region)).length, 1)
  t.same(await scheme.textsOf(region, await scheme.acts(region, 'x')), [{ ...text, digest: first.digest }])
  const { version, fr, en } = text
  const digest = createHash('sha256')
    .update(JSON.stringify([version, fr, en]))
    .digest('hex')
  t.equal(first.digest, digest, 'whoever has the text can tell that it is this one')
  t.same(await scheme.textsOf(region, []), [])
})

t.test(
  'who wants to join and may not is on record with what was in the way, and the page says it before',
  async (t) => {
    const { region, rules, enrolment, scheme, join } = await stage({ joinFirst: true, ceiling: 1, target: 1 })
    await putAll(enrolment, jobseeker(region, 'first', 'anne'), jobseeker(region, 'x', 'anne'))
    const obstacle = async () => {
      const person = await enrolment.person(region, 'x')
      return person === undefined ? undefined : scheme.obstacle(person, undefined)
    }
    const asked: string[] = []
    const refused = async (name: string) => {
      t.equal(await obstacle(), name)
      await t.rejects(join('x', 10 + asked.length), bar(name))
      asked.push(name)
      const acts = await scheme.acts(region, 'x')
      t.same(
        acts.map(({ is, bar: was }) => (is === 'asked' ? was : is)),
        asked,
        `asked, and ${name} was in the way`,
      )
    }
    await rules.set(region, { status: 'closed' })
    await refused('closed')
    await rules.set(region, { status: 'pilot', pilotTeams: ['brest'] })
    await refused('pilot')
    await rules.set(region, { status: 'open', checkRequired: true })
    await refused('check')
    await rules.set(region, { checkRequired: false })
    t.ok(await join('first', 2))
    await refused('ceiling')
    await rules.set(region, { ceiling: 10 })
    const certificate = { certificate: 'c-1', expiresAt: Date.now() + 60_000 }
    await rules.capEnrolment(region, { capacity: 1, ...certificate }, 'agency')
    await refused('capacity')
    await rules.capEnrolment(region, { capacity: 9, ...certificate, expiresAt: Date.now() - 1 }, 'agency')
    await refused('certificate')
    await rules.uncap(region)
    await enrolment.put({ ...jobseeker(region, 'x', 'anne'), followUp: 'reinforced' })
    t.match(await enrolment.person(region, 'x'), { awaiting: true }, 'they are kept, and take part in nothing')
    await refused('reinforced')
    await t.rejects(join('x', 30), bar('reinforced'))
    t.equal((await scheme.acts(region, 'x')).length, asked.length, 'the same wish again is not noted again')
    await enrolment.put(jobseeker(region, 'x', 'anne'))
    t.equal(await obstacle(), undefined)
    t.match(await join('x', 40), { is: 'joined' })
  },
)

t.test('an advisor sees who has left them, until they are back', async (t) => {
  const { region, enrolment, scheme, join } = await stage()
  const ids = ['x', 'y', 'z']
  await putAll(enrolment, ...ids.map((id) => jobseeker(region, id, 'anne')), jobseeker(region, 'b', 'bruno'))
  const former = (advisor = 'anne') => scheme.former(region, advisor, 10)
  for (const [n, id] of [...ids, 'b'].entries()) await enrolment.leave(region, id, key(n))
  t.same(await former(), ids)
  t.same(await former('bruno'), ['b'])
  await join('x', 20)
  await enrolment.put(jobseeker(region, 'y', 'bruno'), { rejoin: true })
  t.same(await former(), ['z'], 'by their own act, or by the agency')
  await enrolment.leave(region, 'x', key(30))
  t.same(await former(), ['x', 'z'])
  t.equal((await scheme.former(region, 'anne', 1)).length, 1)
})

t.test('who left long ago is not kept there, but for who asks to come back', async (t) => {
  const { region, rules, enrolment, scheme, join } = await stage()
  await putAll(enrolment, ...['old', 'asks', 'x'].map((id) => jobseeker(region, id, 'anne')))
  const { acts } = regionKeys(region)
  for (const id of ['old', 'asks']) {
    await enrolment.leave(region, id, key())
    const [act] = await scheme.acts(region, id)
    const longAgo = { ...act, at: Date.now() - 91 * 86_400_000 }
    await redis.client.hset(acts, `${id}/1`, JSON.stringify(longAgo))
  }
  await rules.set(region, { status: 'closed' })
  await enrolment.leave(region, 'x', key())
  t.same(await scheme.former(region, 'anne', 10), ['x'])
  await t.rejects(join('asks', 2), bar('closed'))
  t.same(await scheme.former(region, 'anne', 10), ['asks', 'x'])
})

t.test(
  'the kind of follow-up of who has left is the agency’s to say: it brings nobody back, and may keep them out',
  async (t) => {
    const { region, enrolment, scheme, join } = await stage()
    await enrolment.put(jobseeker(region, 'x', 'anne'))
    const leftAt = await enrolment.leave(region, 'x', key())
    const reinforced: Person = { ...jobseeker(region, 'x', 'anne'), followUp: 'reinforced' }
    const rehearsed = await importPeople([{ line: 2, id: 'x', person: reinforced }], {
      ...{ enrolment, region, dryRun: true, reported: 10 },
    })
    t.equal(rehearsed.counts.changed, 1)
    t.match(await enrolment.put(reinforced), { person: { leftAt, followUp: 'reinforced' }, changed: true })
    t.same(await enrolment.portfolio(region, 'anne'), [])
    await t.rejects(enrolment.put(reinforced), { code: 'CONFLICT', message: /has left/ }, 'once')
    await t.rejects(join('x'), bar('reinforced'))
    t.match(await scheme.acts(region, 'x'), [{ is: 'left' }, { is: 'asked', bar: 'reinforced' }])
    await enrolment.put(jobseeker(region, 'x', 'anne'))
    t.match(await enrolment.person(region, 'x'), { leftAt, followUp: undefined })
    t.match(await join('x', 2), { is: 'joined' })
  },
)

t.test('reinforced follow-up is not open to the scheme', async (t) => {
  const { region, enrolment, join } = await stage()
  const reinforced: Person = { ...jobseeker(region, 'x', 'anne'), followUp: 'reinforced' }
  await t.rejects(enrolment.put(reinforced), bar('reinforced'))
  await enrolment.put(jobseeker(region, 'x', 'anne'))
  await t.rejects(enrolment.put(reinforced), bar('reinforced'), 'they leave first')
  await enrolment.leave(region, 'x', key())
  await t.rejects(enrolment.put(reinforced, { rejoin: true }), bar('reinforced'))
  await t.rejects(enrolment.put({ ...advisor(region, 'z'), followUp: 'reinforced' }), { code: 'BAD_REQUEST' })
  t.ok(await join('x'))
})

t.test('a closed region and a pilot let in nobody new, and whoever takes part stays', async (t) => {
  const { region, rules, enrolment, join } = await stage()
  await putAll(enrolment, jobseeker(region, 'x', 'anne'), jobseeker(region, 'y', 'bruno'))
  await rules.set(region, { status: 'closed' })
  await t.rejects(enrolment.put(jobseeker(region, 'z', 'anne')), bar('closed'))
  t.equal((await enrolment.put({ ...jobseeker(region, 'x', 'bruno'), name: 'X' })).changed, true)
  await enrolment.leave(region, 'x', key())
  await t.rejects(join('x'), bar('closed'))
  await rules.set(region, { status: 'pilot', pilotTeams: ['rennes'] })
  await t.rejects(enrolment.put(jobseeker(region, 'z', 'bruno')), bar('pilot'))
  t.ok((await enrolment.put(jobseeker(region, 'z', 'anne'))).created)
})

t.test('a portfolio beyond the target is told to its supervisors, and never grows beyond the ceiling', async (t) => {
  const { region, enrolment, scheme, transfers, client } = await stage({ target: 2, ceiling: 3 })
  const supervisor = { id: 'sylvie', role: 'supervisor', name: 'S', region, team: 'rennes', disabled: false } as const
  await putAll(enrolment, supervisor, { ...supervisor, id: 'paul', team: 'brest' })
  const ids = Array.from({ length: 12 }, (_, n) => `j${n}`)
  const outcomes = await Promise.allSettled(ids.map((id) => enrolment.put(jobseeker(region, id, 'anne'))))
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 3, 'however many come at once')
  t.match(
    outcomes.find(({ status }) => status === 'rejected'),
    { reason: bar('ceiling') },
  )
  t.equal((await enrolment.portfolio(region, 'anne')).length, 3)
  t.same(await scheme.sizes(region, 2), { followed: 3, awaited: 0, overTarget: [{ advisor: 'anne', size: 3 }] })
  const { feeds } = regionKeys(region)
  t.match(JSON.parse((await client.hget(feeds, 'sylvie/1')) ?? '{}'), {
    event: 'enrolment.portfolioOverTarget',
    data: { advisor: 'anne', size: 3, target: 2 },
  })
  t.equal(await client.hget(feeds, 'sylvie/2'), null)
  t.equal(await client.hget(feeds, 'paul/1'), null)
  await enrolment.put(jobseeker(region, 'b', 'bruno'))
  const transfer = { region, jobseeker: 'b', to: 'anne', by: 'agency', key: key(3) }
  await t.rejects(transfers.transfer(transfer, 'bruno'), bar('ceiling'))
  await enrolment.leave(region, (await enrolment.portfolio(region, 'anne'))[0]?.id ?? '', key(4))
  t.same((await scheme.sizes(region, 2)).overTarget, [])
  t.match(await transfers.transfer(transfer, 'bruno'), { to: 'anne' })
})

t.test('a region takes no more than it is certified for, and nobody once that has expired', async (t) => {
  const { region, rules, enrolment } = await stage()
  await enrolment.put(jobseeker(region, 'x', 'anne'))
  const certificate = { certificate: 'c-1', expiresAt: Date.now() + 60_000 }
  t.match(await rules.capEnrolment(region, { capacity: 2, ...certificate }, 'operator-denis'), {
    setBy: 'operator-denis',
  })
  await enrolment.put(jobseeker(region, 'y', 'bruno'))
  await t.rejects(enrolment.put(jobseeker(region, 'z', 'bruno')), bar('capacity'))
  t.equal((await enrolment.put(jobseeker(region, 'y', 'anne'))).changed, true, 'who is followed may change advisors')
  await rules.capEnrolment(region, { capacity: 9, ...certificate, expiresAt: Date.now() - 1 }, 'agency')
  await t.rejects(enrolment.put(jobseeker(region, 'z', 'bruno')), bar('certificate'))
  await rules.uncap(region)
  t.ok((await enrolment.put(jobseeker(region, 'z', 'bruno'))).created)
})

t.test('however many come at once, nobody is beyond what a region is certified for', async (t) => {
  const { region, rules, enrolment, join } = await stage({ joinFirst: true })
  const ids = Array.from({ length: 12 }, (_, n) => `j${n}`)
  await putAll(enrolment, ...ids.map((id, n) => jobseeker(region, id, n % 2 === 0 ? 'anne' : 'bruno')))
  await rules.capEnrolment(region, { capacity: 5, certificate: 'c-1', expiresAt: Date.now() + 60_000 }, 'agency')
  const outcomes = await Promise.allSettled(ids.map((id) => join(id)))
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 5)
  t.equal(await rules.followed(region), 5)
})

t.test('an import is refused line by line, and its rehearsal says the same', async (t) => {
  const settings: Partial<SchemeSettings> = { ceiling: 2, status: 'pilot', pilotTeams: ['rennes'] }
  const { region, enrolment } = await stage(settings)
  const people: Person[] = [
    ...['a', 'b', 'c'].map((id) => jobseeker(region, id, 'anne')),
    jobseeker(region, 'd', 'bruno'),
    { ...jobseeker(region, 'e', 'anne'), followUp: 'reinforced' },
  ]
  const lines = people.map((person, n) => ({ line: n + 2, id: person.id, person }))
  const run = (dryRun: boolean) => importPeople(lines, { enrolment, region, dryRun, reported: 10 })
  const rehearsed = await run(true)
  const done = await run(false)
  t.same(done.counts, { created: 2, changed: 0, unchanged: 0, error: 3 })
  t.same(rehearsed.counts, done.counts)
  t.match(done.lines[3], { line: 5, outcome: 'error', message: /pilot/ })
  t.match(done.lines[4], { line: 6, outcome: 'error', message: /reinforced/ })
})

t.test('the keys of joining share a slot', async (t) => {
  const server = await testRedis(t, { cluster: true })
  const { region, enrolment, scheme, join } = await stage({ joinFirst: true }, { server })
  await enrolment.put(jobseeker(region, 'x', 'anne'))
  await join('x')
  await scheme.askAgency(region, 'x', key(5))
  await enrolment.leave(region, 'x', key(6))
  t.same(
    (await scheme.acts(region, 'x')).map(({ is }) => is),
    ['joined', 'agency', 'left'],
  )
})

t.test(
  'two who change different settings at once both have their way, and a target stays within the ceiling',
  async (t) => {
    const { region, rules } = await stage()
    await Promise.all([
      ...[1, 2, 3, 4].map((n) => rules.set(region, { ceiling: 200 + n })),
      ...[1, 2, 3, 4].map((n) => rules.set(region, { target: 10 + n })),
      rules.set(region, { joinFirst: true }),
      rules.set(region, { status: 'pilot', pilotTeams: [] }),
    ])
    const settings = await rules.settings(region)
    t.match(settings, { joinFirst: true, status: 'pilot', pilotTeams: [] })
    t.ok(settings.ceiling > 200 && settings.target < 20)
    await t.rejects(rules.set(region, { target: 10_000 }), { code: 'BAD_REQUEST', details: { path: '/target' } })
    t.same(await rules.settings(region), settings)
  },
)

t.test('the teams of a region are those that have an advisor', async (t) => {
  const { region, enrolment } = await stage()
  await putAll(
    enrolment,
    { ...advisor(region, 'c'), team: 'rennes' },
    { ...advisor(region, 'd'), team: 'brest/nord' },
    { ...advisor(region, 'e'), team: 'équipe d’Auray' },
    { ...advisor(region, 'f'), team: 'gone', disabled: true },
  )
  t.same(await enrolment.teams(region, 10), ['brest/nord', 'équipe d’Auray', 'rennes'])
  t.equal((await enrolment.teams(region, 2)).length, 2)
})
