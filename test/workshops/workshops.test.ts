/** What workshops promise, on one Redis and on one in cluster mode. */
import t, { type Test } from 'tap'
import { parseEntry } from '../../src/store/events.ts'
import { fence } from '../../src/store/fence.ts'
import { workshopKeys } from '../../src/workshops/keys.ts'
import { type Draft, Workshops } from '../../src/workshops/workshops.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'

const region = 'bretagne'
const hour = 3_600_000

for (const cluster of [false, true]) {
  t.test(cluster ? 'on a Redis in cluster mode' : 'on one Redis', async (t) => {
    await using redis = await testRedis(t, { cluster, args: ['--appendonly', 'no'] })
    await play(t, redis)
  })
}

async function play(t: Test, { client }: TestRedis): Promise<void> {
  let clock = 1_767_000_000_000
  let keys = 0
  const nextKey = () => `key-${String(++keys).padStart(8, '0')}`
  // Two nodes, which know nothing of each other.
  const [here, there] = [0, 1].map(() => new Workshops({ client, mostSpeakers: 3, now: () => clock }))
  if (here === undefined || there === undefined) throw new Error('two were made')
  const draft = (more: Partial<Draft> = {}): Draft => ({
    key: nextKey(),
    title: 'Lire une offre d’emploi',
    language: 'fr',
    advisor: 'anne',
    advisorName: 'Anne Kerbrat',
    from: clock + hour,
    lengthMs: hour,
    capacity: 20,
    open: true,
    ...more,
  })
  const create = async (more: Partial<Draft> = {}) => (await here.create(region, draft(more))).record.id
  const person = (n: number) => ({ person: `p${n}`, name: `Person ${n}` })
  const told = async () =>
    (await client.xrange(workshopKeys(region).log, '-', '+')).map(([, [, entry]]) => parseEntry(entry ?? ''))
  const toldOf = async (id: string) =>
    (await told())
      .filter(({ name, text }) => name === 'workshop.changed' && text.includes(id))
      .map(({ topic }) => topic)

  await t.test('the same key makes one workshop, whichever node is asked', async (t) => {
    const one = draft()
    const made = await Promise.all([here, there, here].map((node) => node.create(region, one)))
    t.equal(new Set(made.map(({ record }) => record.id)).size, 1)
    t.equal(made.filter(({ created }) => created).length, 1)
    await t.rejects(here.create(region, draft({ from: clock })), { code: 'BAD_REQUEST' })
    t.match((await here.ofAdvisor(region, 'anne'))[0], { title: one.title, state: 'planned', places: [] })
  })

  await t.test('of fifty who sign up at once as many find a place as there are, each one of their own', async (t) => {
    const id = await create()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        (n % 2 === 0 ? here : there).change(
          region,
          id,
          { type: 'signUp', who: person(n) },
          { by: `p${n}`, key: nextKey() },
        ),
      ),
    )
    t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 20)
    for (const outcome of outcomes) if (outcome.status === 'rejected') t.match(outcome.reason, { code: 'CONFLICT' })
    const { places, seats } = await there.get(region, id)
    t.equal(new Set(places.map(({ seat }) => seat)).size, 20)
    t.equal(seats, 20)
    const [first] = places
    const [own] = await here.ofJobseeker(region, first?.person ?? '')
    t.equal(own?.id, id)
    const topics = await toldOf(id)
    t.equal(topics.filter((topic) => topic === `person:${first?.person}`).length, 1, 'who signs up is told once')
    await here.change(region, id, { type: 'cancel', reason: 'ill' }, { by: 'anne', key: nextKey() })
    const after = await toldOf(id)
    t.equal(after.length, topics.length + 21, 'everybody with a place, and the advisor, hears that it is off')
    t.same((await here.open(region)).map((each) => each.id).includes(id), false)
  })

  await t.test('a repeat does nothing more, even when what was done has been undone since', async (t) => {
    const id = await create({ capacity: 1 })
    const key = nextKey()
    const signUp = { type: 'signUp', who: person(1) } as const
    await here.change(region, id, signUp, { by: 'p1', key })
    await here.change(region, id, { type: 'decline', person: 'p1' }, { by: 'p1', key: nextKey() })
    const { places } = await there.change(region, id, signUp, { by: 'p1', key })
    t.same(places, [])
    // Hands too.
    const raise = { type: 'raise', seat: 'seat-1' } as const
    const raised = nextKey()
    await here.changeFloor(region, id, raise, { by: 'p1', key: raised })
    await here.changeFloor(region, id, { type: 'lowerAll' }, { by: 'anne', key: nextKey() })
    t.same((await there.changeFloor(region, id, raise, { by: 'p1', key: raised })).hands, [])
    await t.rejects(here.change(region, 'workshop-0', signUp, { by: 'p1' }), { code: 'NOT_FOUND' })
    await t.rejects(here.changeFloor(region, 'workshop-0', raise, { by: 'p1' }), { code: 'NOT_FOUND' })
  })

  await t.test(
    'of twenty hands raised at once on two nodes none is lost, and the floor is never too full',
    async (t) => {
      const id = await create()
      const seats = Array.from({ length: 20 }, (_, n) => `seat-${n + 1}`)
      await Promise.all(
        seats.map((seat, n) =>
          (n % 2 === 0 ? here : there).changeFloor(region, id, { type: 'raise', seat }, { by: seat }),
        ),
      )
      t.same((await here.floor(region, id)).hands.map(({ seat }) => seat).sort(), seats.sort())
      const given = await Promise.allSettled(
        seats.map((seat) => there.changeFloor(region, id, { type: 'give', seat }, { by: 'anne', key: nextKey() })),
      )
      t.equal(given.filter(({ status }) => status === 'fulfilled').length, 3)
      t.match(await here.floor(region, id), { speakers: { length: 3 }, hands: { length: 17 } })
    },
  )

  await t.test(
    'whoever leaves the scheme has no place ahead; of whoever is erased nothing is left or made',
    async (t) => {
      const id = await create()
      const gone = { person: 'gone-person', name: 'Kanarien Nachname' }
      await here.change(region, id, { type: 'invite', people: [gone, person(1)] }, { by: 'anne', key: nextKey() })
      await here.leave(region, 'p1')
      t.same(
        (await here.get(region, id)).places.map((place) => place.person),
        ['gone-person'],
      )
      const out = await create()
      await here.change(region, out, { type: 'invite', people: [gone] }, { by: 'anne' })
      await here.change(region, out, { type: 'remove', seat: 'seat-1' }, { by: 'anne' })
      t.equal(await here.count(region, 'gone-person'), 1)
      await fence(client, region, 'gone-person')
      await here.forget(region, 'gone-person')
      await here.forget(region, 'gone-person')
      const { records, lists, floors } = workshopKeys(region)
      const kept = JSON.stringify([
        await client.hvals(records),
        await client.zrange(lists, 0, '-1'),
        await client.hvals(floors),
      ])
      t.notMatch(kept, /gone-person|Kanarien/)
      await t.rejects(here.change(region, id, { type: 'invite', people: [gone] }, { by: 'anne', key: nextKey() }), {
        code: 'GONE',
      })
      const own = await create({ advisor: 'bruno', advisorName: 'Bruno Kanarien' })
      await here.change(region, own, { type: 'invite', people: [person(102)] }, { by: 'bruno' })
      await here.forget(region, 'bruno')
      t.equal(await here.find(region, own), undefined)
      const topics = await toldOf(own)
      t.ok(topics.includes('person:p102'), 'whoever had a place was told that it is off')
      t.same(
        (await here.ofJobseeker(region, 'p102')).map((each) => each.id),
        [],
      )
    },
  )

  await t.test('what is old enough goes whole; lists show what is not over since yesterday', async (t) => {
    const id = await create()
    await here.change(region, id, { type: 'invite', people: [person(107)] }, { by: 'anne' })
    await here.changeFloor(region, id, { type: 'raise', seat: 'seat-1' }, { by: 'p107' })
    t.equal((await here.ofJobseeker(region, 'p107')).length, 1)
    clock += 40 * 24 * hour
    t.same(await here.ofJobseeker(region, 'p107'), [])
    t.equal((await here.everyOf(region, 'p107')).length, 1, 'an export has it still')
    while ((await here.expire(region, clock)) > 0);
    const { records, lists, floors } = workshopKeys(region)
    t.same([await client.hlen(records), await client.zcard(lists), await client.hlen(floors)], [0, 0, 0])
  })
}
