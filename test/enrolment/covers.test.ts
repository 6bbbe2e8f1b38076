import t from 'tap'
import { Covers } from '../../src/enrolment/covers.ts'
import { Enrolment } from '../../src/enrolment/enrolment.ts'
import { concerns, type EnrolmentFact } from '../../src/enrolment/facts.ts'
import { regionKeys } from '../../src/enrolment/keys.ts'
import { feedSince, parseEntry } from '../../src/store/events.ts'
import { testRedis } from '../support/redis.ts'
import { advisor, jobseeker, newRegion, putAll } from './people.ts'

const redis = await testRedis(t)
const enrolment = new Enrolment({ client: redis.client })
const covers = new Covers({ client: redis.client })
const hour = 3_600_000
const soon = Date.now() + hour
const later = soon + 8 * hour

/** Anne with x and y, Bruno with z, and Chloé with nobody. */
async function team() {
  const region = await newRegion(redis.client)
  await putAll(
    enrolment,
    ...['anne', 'bruno', 'chloe'].map((id) => advisor(region, id)),
    ...['x', 'y'].map((id) => jobseeker(region, id, 'anne')),
    jobseeker(region, 'z', 'bruno'),
  )
  return region
}
const cover = (region: string, id = 'c1', by = 'bruno') => ({
  id,
  region,
  advisor: 'anne',
  cover: by,
  from: soon,
  until: later,
})
const of = async (region: string, person: string, role: 'advisor' | 'jobseeker', now: number) => {
  const answer = await enrolment.conversations({ region, person, role }, now)
  const told = answer.conversations.map(({ jobseeker: { id }, advisor: by, coverUntil }) =>
    [id, by?.id ?? '-', ...(coverUntil === undefined ? [] : [coverUntil])].join(' '),
  )
  return { ...answer, told: told.sort() }
}

t.test('a cover is made once, read as it was put, and repeating it changes nothing', async (t) => {
  const region = await team()
  t.same(await covers.put(cover(region)), { cover: cover(region), changed: true })
  t.same(await covers.put(cover(region)), { cover: cover(region), changed: false })
  t.same(await covers.get(region, 'c1'), cover(region))
  t.same(await covers.put({ ...cover(region), until: later + 1 }), {
    cover: { ...cover(region), until: later + 1 },
    changed: true,
  })
  await t.rejects(covers.get(region, 'c2'), { code: 'NOT_FOUND' })
})

t.test('only another advisor of the region who takes part can stand in, and not in the past', async (t) => {
  const region = await team()
  await enrolment.put({ ...advisor(region, 'dora'), disabled: true })
  for (const by of ['nobody', 'x', 'dora']) {
    await t.rejects(covers.put({ ...cover(region), cover: by }), { code: 'NOT_FOUND' }, by)
  }
  for (const whose of ['nobody', 'x']) {
    await t.rejects(covers.put({ ...cover(region), advisor: whose }), { code: 'NOT_FOUND' }, whose)
  }
  await t.rejects(covers.put({ ...cover(region), cover: 'anne' }), { code: 'BAD_REQUEST' })
  await t.rejects(covers.put({ ...cover(region), from: 1, until: 2 }), { code: 'BAD_REQUEST' })
  t.same(await covers.list(region, { limit: 10 }), { covers: [] })
  await enrolment.put({ ...advisor(region, 'anne'), disabled: true })
  t.ok((await covers.put(cover(region))).changed, 'an advisor who is away for good can be stood in for')
})

t.test('an id stays with its two advisors', async (t) => {
  const region = await team()
  await covers.put(cover(region))
  await t.rejects(covers.put({ ...cover(region), cover: 'chloe' }), { code: 'CONFLICT' })
  await t.rejects(covers.put({ ...cover(region), advisor: 'chloe' }), { code: 'CONFLICT' })
})

t.test('a cover that was taken back stays so, whatever is repeated', async (t) => {
  const region = await team()
  await covers.put(cover(region))
  const ended = await covers.end(region, 'c1')
  t.ok(Math.abs((ended.endedAt ?? 0) - Date.now()) < hour)
  t.same(await covers.end(region, 'c1'), ended)
  t.same(await covers.put(cover(region)), { cover: ended, changed: false }, 'a late repeat')
  await t.rejects(covers.put({ ...cover(region), until: later + 1 }), { code: 'CONFLICT' })
  await t.rejects(covers.end(region, 'c2'), { code: 'NOT_FOUND' })
})

t.test('several colleagues may stand in at once; pages hold each cover once', async (t) => {
  const region = await team()
  const made = ['c1', 'c2', 'c3', 'c4', 'c5'].map((id, n) => cover(region, id, n % 2 === 0 ? 'bruno' : 'chloe'))
  for (const one of made) await covers.put(one)
  await covers.put({ ...cover(region, 'c6', 'anne'), advisor: 'bruno' })
  t.same(await covers.of(region, 'anne'), made)
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await covers.list(region, { limit: 4, ...(after === undefined ? {} : { after }) })
    seen.push(...page.covers.map(({ id }) => id))
    after = page.next
  } while (after !== undefined)
  t.same(seen, ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'])
})

t.test('covers of and by one person are bounded, and what ended a month ago does not count', async (t) => {
  const region = await team()
  for (let n = 0; n < 100; n++) await covers.put(cover(region, `c${n}`))
  await t.rejects(covers.put(cover(region, 'more', 'chloe')), { code: 'CONFLICT' })
  await t.rejects(covers.put({ ...cover(region, 'more'), advisor: 'chloe' }), { code: 'CONFLICT' })
  const { covers: kept } = regionKeys(region)
  const past = { ...cover(region, 'c7'), from: 1, until: 2 }
  await redis.client.hset(kept, 'c7', JSON.stringify(past))
  t.ok((await covers.put(cover(region, 'more'))).changed)
  t.equal(await redis.client.hexists(kept, 'c7'), 0)
  t.equal((await covers.of(region, 'anne')).length, 100)
})

t.test(
  'whoever stands in takes part in the conversations of that portfolio, for that time and no longer',
  async (t) => {
    const region = await team()
    await covers.put(cover(region))
    const own = ['z bruno']
    const all = [`x anne ${later}`, `y anne ${later}`, ...own]
    t.same((await of(region, 'bruno', 'advisor', soon - 1)).told, own)
    t.same((await of(region, 'bruno', 'advisor', soon)).told, all)
    t.same((await of(region, 'bruno', 'advisor', later - 1)).told, all)
    t.same((await of(region, 'bruno', 'advisor', later)).told, own)
    t.same((await of(region, 'anne', 'advisor', soon)).told, ['x anne', 'y anne'], 'and the advisor still does')
    t.same((await of(region, 'chloe', 'advisor', soon)).told, [])
    t.same((await of(region, 'bruno', 'advisor', soon)).counterparts.toSorted(), ['x', 'y', 'z'])
  },
)

t.test('the answer tells when it will change', async (t) => {
  const region = await team()
  await covers.put(cover(region))
  await covers.put({ ...cover(region, 'c2', 'chloe'), until: later + hour })
  const changesAt = async (person: string, role: 'advisor' | 'jobseeker', now: number) =>
    (await of(region, person, role, now)).changesAt
  t.same(await changesAt('bruno', 'advisor', soon - 1), soon)
  t.same(await changesAt('bruno', 'advisor', soon), later)
  t.same(await changesAt('bruno', 'advisor', later), undefined)
  t.same(await changesAt('x', 'jobseeker', soon), later)
  t.same(await changesAt('x', 'jobseeker', later), later + hour)
  t.same(await changesAt('anne', 'advisor', soon), undefined)
  t.same(await changesAt('z', 'jobseeker', soon), undefined)
})

t.test('a jobseeker is in their own channel alone, with whoever follows them or stands in now', async (t) => {
  const region = await team()
  await covers.put(cover(region))
  const before = await of(region, 'x', 'jobseeker', soon - 1)
  t.same([before.told, before.counterparts], [['x anne'], ['anne']])
  const during = await of(region, 'x', 'jobseeker', soon)
  t.same([during.told, during.counterparts], [['x anne'], ['anne', 'bruno']])
  await enrolment.put({ ...advisor(region, 'bruno'), disabled: true })
  t.same((await of(region, 'x', 'jobseeker', soon)).counterparts, ['anne'], 'a disabled colleague is not there')
  t.same((await of(region, 'bruno', 'advisor', soon)).told, [], 'and takes part in nothing')
  await enrolment.put(jobseeker(region, 'x'))
  const alone = await of(region, 'x', 'jobseeker', soon)
  t.same([alone.told, alone.counterparts], [['x -'], []])
})

t.test('who is unknown, disabled, or of another role takes part in nothing', async (t) => {
  const region = await team()
  await enrolment.put({ id: 's', role: 'supervisor', name: 's', region, disabled: false })
  t.same((await of(region, 'nobody', 'jobseeker', soon)).told, [])
  t.same((await of(region, 'x', 'advisor', soon)).told, [])
  t.same((await of(region, 'anne', 'jobseeker', soon)).told, [])
  for (const role of ['supervisor', 'operator'] as const) {
    t.same((await enrolment.conversations({ region, person: 's', role }, soon)).conversations, [])
  }
  await enrolment.put({ ...jobseeker(region, 'x', 'anne'), disabled: true })
  t.same((await of(region, 'x', 'jobseeker', soon)).told, [])
  t.same((await of(region, 'anne', 'advisor', soon)).told, ['y anne'])
})

t.test('both advisors are told of a cover and of its end, and the nodes', async (t) => {
  const region = await team()
  await covers.put(cover(region))
  await covers.put(cover(region))
  await covers.end(region, 'c1')
  await covers.end(region, 'c1')
  const { log } = regionKeys(region)
  const entries = (await redis.client.xrange(log, '-', '+')).map(([, [, entry]]) => parseEntry(entry ?? ''))
  const facts = entries.filter(({ name, topic }) => topic === 'fact' && name === 'enrolment.coverChanged')
  t.match(
    facts.map(({ text }) => JSON.parse(text) as unknown),
    [
      { type: 'coverChanged', cover: cover(region) },
      { type: 'coverChanged', cover: { id: 'c1', endedAt: Number }, before: cover(region) },
    ],
  )
  const { id: _id, region: _region, ...data } = cover(region)
  for (const person of ['anne', 'bruno']) {
    const own = entries.filter(({ topic, name }) => topic === `person:${person}` && name === 'enrolment.coverChanged')
    t.match(
      own.map(({ text }) => JSON.parse(text) as unknown),
      [
        { event: 'enrolment.coverChanged', data: { ...data, ended: false }, stream: `person:${person}` },
        { event: 'enrolment.coverChanged', data: { ...data, ended: true } },
      ],
    )
  }
  const since = { epoch: '', offset: 0 }
  const { position } = await feedSince(redis.client, { tag: region, person: 'chloe', since, most: 10 })
  t.equal(position.offset, 0)
})

t.test('whatever changes an answer is told by a fact that concerns it', async (t) => {
  const region = await team()
  const people = (['anne', 'bruno', 'chloe'] as const).map((person) => ({ region, person, role: 'advisor' as const }))
  const seekers = (['x', 'y', 'z'] as const).map((person) => ({ region, person, role: 'jobseeker' as const }))
  const everybody = [...people, ...seekers]
  const { log } = regionKeys(region)
  const acts: (() => Promise<unknown>)[] = [
    () => covers.put({ ...cover(region), from: Date.now() - 1 }),
    () => enrolment.put(jobseeker(region, 'x', 'bruno')),
    () => enrolment.put(jobseeker(region, 'z', 'anne')),
    () => enrolment.put(jobseeker(region, 'y')),
    () => enrolment.put({ ...jobseeker(region, 'x', 'bruno'), disabled: true }),
    () => enrolment.put(jobseeker(region, 'x', 'anne')),
    () => enrolment.put({ ...advisor(region, 'anne'), name: 'Anne' }),
    () => enrolment.put({ ...advisor(region, 'bruno'), disabled: true }),
    () => enrolment.put(advisor(region, 'bruno')),
    () => covers.put({ ...cover(region, 'c2', 'chloe'), from: Date.now() - 1 }),
    () => covers.end(region, 'c1'),
    () => enrolment.leave(region, 'z', 'leaving-1'),
    () => enrolment.put(jobseeker(region, 'new', 'anne')),
  ]
  const now = soon
  for (const [n, act] of acts.entries()) {
    const before = await Promise.all(everybody.map((who) => enrolment.conversations(who, now)))
    const from = (await redis.client.xrevrange(log, '+', '-', 'COUNT', 1))[0]?.[0] ?? '-'
    await act()
    const after = await Promise.all(everybody.map((who) => enrolment.conversations(who, now)))
    const entries = await redis.client.xrange(log, from === '-' ? '-' : `(${from}`, '+')
    const facts = entries
      .map(([, [, entry]]) => parseEntry(entry ?? ''))
      .filter(({ topic }) => topic === 'fact')
      .map(({ text }) => JSON.parse(text) as EnrolmentFact)
    for (const [i, who] of everybody.entries()) {
      const told = facts.some((fact) => concerns(fact, who, before[i]?.related))
      const unasked = facts.some((fact) => concerns(fact, who))
      const changed = JSON.stringify(before[i]) !== JSON.stringify(after[i])
      if (changed) t.ok(told && unasked, `act ${n}: ${who.person} is told`)
      t.notOk(facts.some((fact) => concerns(fact, { ...who, region: 'elsewhere' }, before[i]?.related)))
    }
  }
  const fact: EnrolmentFact = { type: 'personChanged', person: jobseeker(region, 'x', 'anne') }
  t.notOk(
    concerns(fact, { region, person: 'y', role: 'jobseeker' }, ['y', 'anne']),
    'another’s matters to no jobseeker',
  )
  t.notOk(concerns(fact, { region, person: 'dora', role: 'advisor' }, ['dora']))
})

t.test('access tells in one answer what the rules of access ask', async (t) => {
  const region = await team()
  await covers.put(cover(region))
  const ask = (person: string, role: 'advisor' | 'jobseeker', subject: string) =>
    enrolment.access({ region, person, role }, subject)
  t.same(await ask('bruno', 'advisor', 'x'), {
    self: advisor(region, 'bruno'),
    subject: jobseeker(region, 'x', 'anne'),
    covers: [cover(region)],
  })
  t.same((await ask('anne', 'advisor', 'x')).covers, [], 'their own advisor needs none')
  t.same((await ask('chloe', 'advisor', 'x')).covers, [])
  t.same(await ask('x', 'jobseeker', 'nobody'), {
    self: jobseeker(region, 'x', 'anne'),
    subject: undefined,
    covers: [],
  })
})

t.test('a portfolio larger than Lua’s stack is told whole', async (t) => {
  const region = await newRegion(redis.client)
  await putAll(enrolment, advisor(region, 'anne'), advisor(region, 'bruno'))
  const everybody = Array.from({ length: 9_000 }, (_, n) => jobseeker(region, `j${n}`, n % 2 === 0 ? 'anne' : 'bruno'))
  // In parts: the last of so many at once would wait longer than a command may.
  for (let n = 0; n < everybody.length; n += 500) {
    await Promise.all(everybody.slice(n, n + 500).map((person) => enrolment.put(person)))
  }
  await covers.put(cover(region))
  t.equal((await of(region, 'bruno', 'advisor', soon)).told.length, 9_000)
})

t.test('the keys of covers share a slot', async (t) => {
  const cluster = await testRedis(t, { cluster: true })
  const region = await newRegion(redis.client)
  const there = new Enrolment({ client: cluster.client })
  const coversThere = new Covers({ client: cluster.client })
  await putAll(there, advisor(region, 'anne'), advisor(region, 'bruno'), jobseeker(region, 'x', 'anne'))
  await coversThere.put(cover(region))
  t.match((await there.conversations({ region, person: 'bruno', role: 'advisor' }, soon)).conversations, [
    { jobseeker: { id: 'x' }, advisor: { id: 'anne' }, coverUntil: later },
  ])
  t.match(await coversThere.end(region, 'c1'), { endedAt: Number })
})
