import t from 'tap'
import { Enrolment, type EnrolmentFact, type Person } from '../../src/enrolment/enrolment.ts'
import { regionKeys } from '../../src/enrolment/keys.ts'
import { parseEntry } from '../../src/store/events.ts'
import { testRedis } from '../support/redis.ts'
import { advisor, jobseeker, newRegion, putAll } from './people.ts'

const redis = await testRedis(t)
const enrolment = new Enrolment({ client: redis.client })

const put = (...people: Person[]) => putAll(enrolment, ...people)
const portfolio = async (region: string, id: string) => (await enrolment.portfolio(region, id)).map(({ id }) => id)

/** Who has changed, as the nodes are told. */
async function changesOf(region: string): Promise<(EnrolmentFact & { type: 'personChanged' })[]> {
  const entries = await redis.client.xrange(regionKeys(region).log, '-', '+')
  const facts = entries.map(([, [, entry]]) => parseEntry(entry ?? '')).filter(({ topic }) => topic === 'fact')
  return facts.map(({ text }) => JSON.parse(text) as EnrolmentFact).filter((fact) => fact.type === 'personChanged')
}

/** What the feed of somebody holds. */
async function feedOf(region: string, person: string): Promise<unknown[]> {
  const frames: unknown[] = []
  for (let n = 1; ; n++) {
    const frame = await redis.client.hget(regionKeys(region).feeds, `${person}/${n}`)
    if (frame === null) return frames
    frames.push((JSON.parse(frame) as { data: unknown }).data)
  }
}

t.test('a person is read as they were put, and nobody else is there', async (t) => {
  const region = await newRegion(redis.client)
  const anne: Person = { ...advisor(region, 'anne'), name: 'Anne-Gaëlle "Lé" Ó/\\ 👩‍💼', team: 'équipe 1' }
  t.same(await enrolment.put(anne), { person: anne, changed: true, created: true })
  t.same(await enrolment.person(region, 'anne'), anne)
  t.equal(await enrolment.person(region, 'bruno'), undefined)
  t.equal(await enrolment.person(await newRegion(redis.client), 'anne'), undefined)
})

t.test('putting the same person again changes nothing and tells nobody', async (t) => {
  const region = await newRegion(redis.client)
  const { name, ...rest } = jobseeker(region, 'x')
  t.equal((await enrolment.put({ name, ...rest })).changed, true)
  t.equal((await enrolment.put({ ...rest, name })).changed, false, 'the order of fields is no change')
  t.equal((await changesOf(region)).length, 1)
})

t.test('an event tells the person and, after the first time, who they were before', async (t) => {
  const region = await newRegion(redis.client)
  const [anne, before, after] = [advisor(region, 'anne'), jobseeker(region, 'x'), jobseeker(region, 'x', 'anne')]
  await put(anne, before, after)
  t.same(await changesOf(region), [
    { type: 'personChanged', person: anne },
    { type: 'personChanged', person: before },
    { type: 'personChanged', person: after, before },
  ])
})

t.test('a replaced advisor loses the jobseeker from their portfolio, the new one has them', async (t) => {
  const region = await newRegion(redis.client)
  await put(advisor(region, 'anne'), advisor(region, 'bruno'), jobseeker(region, 'x', 'anne'))
  t.same(await portfolio(region, 'anne'), ['x'])
  await put(jobseeker(region, 'x', 'bruno'))
  t.same(await portfolio(region, 'anne'), [])
  t.same(await portfolio(region, 'bruno'), ['x'])
})

t.test('a jobseeker without an advisor is in no portfolio, also one who had one', async (t) => {
  const region = await newRegion(redis.client)
  await put(advisor(region, 'anne'), jobseeker(region, 'x', 'anne'), jobseeker(region, 'y'))
  await put(jobseeker(region, 'x'))
  t.same(await portfolio(region, 'anne'), [])
  t.equal((await enrolment.person(region, 'x'))?.advisor, undefined)
  t.equal(await redis.client.exists(regionKeys(region).portfolios), 0)
})

t.test('a disabled jobseeker leaves the portfolio and comes back into it', async (t) => {
  const region = await newRegion(redis.client)
  const x = jobseeker(region, 'x', 'anne')
  await put(advisor(region, 'anne'), x, { ...x, disabled: true })
  t.same(await portfolio(region, 'anne'), [])
  t.match(await enrolment.person(region, 'x'), { disabled: true, advisor: 'anne' })
  await put(x)
  t.same(await portfolio(region, 'anne'), ['x'])
})

t.test('a disabled advisor keeps the portfolio until each jobseeker has another', async (t) => {
  const region = await newRegion(redis.client)
  await put(advisor(region, 'anne'), jobseeker(region, 'x', 'anne'), { ...advisor(region, 'anne'), disabled: true })
  t.same(await portfolio(region, 'anne'), ['x'])
})

t.test('an advisor who is unknown, of another region, or no advisor is refused, and nothing changes', async (t) => {
  const [region, other] = [await newRegion(redis.client), await newRegion(redis.client)]
  await put(advisor(other, 'else'), jobseeker(region, 'y'), jobseeker(region, 'x'))
  for (const named of ['nobody', 'else', 'y', 'x']) {
    await t.rejects(enrolment.put(jobseeker(region, 'x', named)), { code: 'NOT_FOUND' }, named)
  }
  t.same(await enrolment.person(region, 'x'), jobseeker(region, 'x'))
  t.equal((await changesOf(region)).length, 2)
})

t.test('an id is one person in the whole country: another region cannot enrol it', async (t) => {
  const [region, other] = [await newRegion(redis.client), await newRegion(redis.client)]
  await put(jobseeker(region, 'x'))
  await t.rejects(enrolment.put(jobseeker(other, 'x')), { code: 'CONFLICT' })
  await t.rejects(enrolment.put(advisor(other, 'x')), { code: 'CONFLICT' })
  t.equal(await enrolment.person(other, 'x'), undefined)
  t.equal((await enrolment.put({ ...jobseeker(region, 'x'), name: 'another' })).changed, true, 'its own may change it')
})

t.test('only a jobseeker has an advisor', async (t) => {
  const region = await newRegion(redis.client)
  await put(advisor(region, 'anne'))
  await t.rejects(enrolment.put({ ...advisor(region, 'bruno'), advisor: 'anne' }), {
    code: 'BAD_REQUEST',
    details: { path: '/advisor' },
  })
})

t.test('an advisor whom somebody names cannot become something else', async (t) => {
  const region = await newRegion(redis.client)
  await put(advisor(region, 'anne'), advisor(region, 'anne-b'), jobseeker(region, 'x', 'anne'))
  const promoted: Person = { ...advisor(region, 'anne'), role: 'supervisor' }
  await t.rejects(enrolment.put(promoted), { code: 'CONFLICT' })
  await put(jobseeker(region, 'x', 'anne-b'))
  t.equal((await enrolment.put(promoted)).changed, true)
})

t.test('portfolios of advisors whose ids begin alike stay apart', async (t) => {
  const region = await newRegion(redis.client)
  const ids = ['a', 'a-', 'a.', 'a0', 'aa', 'a_', 'A']
  for (const id of ids) await put(advisor(region, id), jobseeker(region, `of-${id}`, id))
  for (const id of ids) t.same(await portfolio(region, id), [`of-${id}`])
})

t.test('a portfolio is sorted by name as people expect', async (t) => {
  const region = await newRegion(redis.client)
  await put(advisor(region, 'anne'))
  for (const [id, name] of [
    ['1', 'Zoé'],
    ['2', 'émile'],
    ['3', 'Eva'],
    ['4', 'Alix'],
    ['5', 'Alix'],
  ] as const) {
    await put({ ...jobseeker(region, id, 'anne'), name })
  }
  t.same(await portfolio(region, 'anne'), ['4', '5', '2', '3', '1'])
})

t.test('names without a UTF-8 are made well-formed before they are compared', async (t) => {
  const region = await newRegion(redis.client)
  const odd: Person = { ...advisor(region, 'anne'), name: 'A\ud800' }
  t.equal((await enrolment.put(odd)).person.name, 'A\ufffd')
  t.equal((await enrolment.put(odd)).changed, false)
})

t.test('pages hold everybody once, in the order of their ids, and the last has no next', async (t) => {
  const region = await newRegion(redis.client)
  const ids = Array.from({ length: 23 }, (_, n) => `p${String(n).padStart(3, '0')}`)
  await put(...ids.toReversed().map((id) => jobseeker(region, id)))
  for (const limit of [1, 5, 22, 23, 24, 100]) {
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await enrolment.list(region, { limit, ...(after === undefined ? {} : { after }) })
      t.ok(page.people.length <= limit && page.people.length > 0)
      seen.push(...page.people.map(({ id }) => id))
      after = page.next
    } while (after !== undefined)
    t.same(seen, ids, `pages of ${limit}`)
  }
  t.same(await enrolment.list(await newRegion(redis.client), { limit: 5 }), { people: [] })
})

t.test('people of one role are found among many others, page by page', async (t) => {
  const region = await newRegion(redis.client)
  const isAdvisor = (n: number) => n % 40 === 39
  const id = (n: number) => `p${String(n).padStart(3, '0')}`
  await Promise.all(
    Array.from({ length: 120 }, (_, n) => enrolment.put((isAdvisor(n) ? advisor : jobseeker)(region, id(n)))),
  )
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await enrolment.list(region, { role: 'advisor', limit: 2, ...(after === undefined ? {} : { after }) })
    t.ok(page.people.length <= 2)
    seen.push(...page.people.map(({ id }) => id))
    after = page.next
  } while (after !== undefined)
  t.same(seen, [id(39), id(79), id(119)])
})

t.test(
  'many changes of one advisor at once leave the jobseeker in exactly one portfolio: that of their record',
  async (t) => {
    const region = await newRegion(redis.client)
    const advisors = ['a', 'b', 'c', 'd']
    await put(...advisors.map((id) => advisor(region, id)))
    const choices = Array.from({ length: 40 }, (_, n) => advisors[(n * 7) % 4])
    await Promise.all(
      choices.map((of, n) => enrolment.put({ ...jobseeker(region, 'x', of), name: `x${n}`, disabled: n % 5 === 0 })),
    )
    await put({ ...jobseeker(region, 'x', 'c'), name: 'last' })
    const found = await Promise.all(advisors.map((id) => portfolio(region, id)))
    t.same(found, [[], [], ['x'], []])
    // Each event begins where the one before ended: no change was lost or told twice.
    const events = (await changesOf(region)).filter(({ person }) => person.id === 'x')
    for (const [n, event] of events.entries()) t.same(event.before, events[n - 1]?.person)
  },
)

t.test(
  'the jobseeker and both advisors are told in their feeds when who follows them changes, and only then',
  async (t) => {
    const region = await newRegion(redis.client)
    const x = jobseeker(region, 'x', 'anne')
    await put(advisor(region, 'anne'), advisor(region, 'bruno'), x)
    await put({ ...x, name: 'another' }, jobseeker(region, 'x', 'bruno'), {
      ...jobseeker(region, 'x', 'bruno'),
      disabled: true,
    })
    const toBruno = { jobseeker: 'x', advisor: 'bruno', left: false }
    const gone = { jobseeker: 'x', advisor: 'bruno', left: true }
    t.same(await feedOf(region, 'anne'), [{ jobseeker: 'x', advisor: 'anne', left: false }, toBruno])
    t.same(await feedOf(region, 'bruno'), [toBruno, gone])
    t.same(await feedOf(region, 'x'), [toBruno, gone], 'who is new knows of nothing that changed')
    await put(jobseeker(region, 'x'))
    t.same((await feedOf(region, 'x')).at(-1), { jobseeker: 'x', left: false })
    t.same((await feedOf(region, 'bruno')).at(-1), { jobseeker: 'x', left: false })
  },
)

t.test('nobody has an id that belongs to load benchmarks', async (t) => {
  await t.rejects(enrolment.put(jobseeker(await newRegion(redis.client), 'synthetic-1')), { code: 'BAD_REQUEST' })
})

t.test('people and portfolios stay for good, survive a restart, and work on a cluster', async (t) => {
  const region = await newRegion(redis.client)
  for (const server of [redis, await testRedis(t, { cluster: true })]) {
    const there = new Enrolment({ client: server.client })
    await there.put(advisor(region, 'anne'))
    await there.put(jobseeker(region, 'x', 'anne'))
    const { people, ids, portfolios, log, feeds } = regionKeys(region)
    for (const key of [people, ids, portfolios, log, feeds]) t.equal(await server.client.pttl(key), -1, key)
    if (server === redis) await server.restart()
    t.equal((await there.put(jobseeker(region, 'x', 'anne'))).changed, false)
    t.same(await there.portfolio(region, 'anne'), [jobseeker(region, 'x', 'anne')])
    t.equal((await there.list(region, { limit: 10 })).people.length, 2)
  }
})
