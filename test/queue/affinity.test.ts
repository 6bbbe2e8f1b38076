/** Whose turn it is, what becomes of declines and attempts, and what supervisors do: on a real Redis. */
import t from 'tap'
import { createCalendar } from '../../src/calendar/calendar.ts'
import { always } from '../../src/calendar/week.ts'
import type { Callback } from '../../src/protocol/index.ts'
import type { Taker } from '../../src/queue/matching.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { acting, inTurn, later, offered, type TestQueue, testQueue } from './test-queue.ts'

const redis = await testRedis(t, { args: ['--appendonly', 'no'] })
const minute = 60_000

const anne: Taker = { advisor: 'anne', name: 'Anne', team: 'north/1' }
const bruno: Taker = { advisor: 'bruno', name: 'Bruno', team: 'north/1' }
const cover: Taker = { advisor: 'chloe', name: 'Chloé', team: 'south', covers: ['anne'] }
const denis: Taker = { advisor: 'denis', name: 'Denis' }
const mine = { advisor: 'anne', team: 'north/1' }
/** Somebody stands in for Anne. */
const standIn = { isCovered: async (_: string, advisor: string) => advisor === 'anne' }

const waits = (ownWaitMs: number, coverWaitMs: number, teamWaitMs: number) => ({
  ownWaitMs,
  coverWaitMs,
  teamWaitMs,
  maxWaitMs: 24 * 60 * minute,
})
const week = 7 * 24 * 60 * minute
const stateOf = async ({ queue, region }: TestQueue, id: string): Promise<Callback> => queue.callbacks.get(region, id)

t.test('own advisor, then cover, then team, then region: each step after its wait, told and on record', async (t) => {
  const test = testQueue(redis.client, standIn)
  const { region, callbacks } = test
  await test.set(waits(150, 150, 150))
  const { callback } = await test.request('x', mine)
  const seen = new Set([callback.step])
  await until(
    async () => {
      await callbacks.sweep(region)
      const { step } = await stateOf(test, callback.id)
      seen.add(step)
      return step === 'region'
    },
    { what: 'the region’s turn', everyMs: 5 },
  )
  // A machine that stands still may skip some, all of them before the request is in line, and never goes back.
  const order = ['own', 'cover', 'team', 'region']
  t.same(
    [...seen],
    order.filter((step) => seen.has(step as 'own')),
  )
  const told = (await test.steps(callback.id)).map(({ why }) => why)
  t.equal(told[0], 'requested')
  t.equal(told.at(-1), callback.step === 'region' ? 'requested' : 'open to region')
})

t.test('who may take it at each step', async (t) => {
  const cases = [
    { waits: waits(week, 0, 0), takers: ['anne'] },
    { waits: waits(0, week, 0), takers: ['anne', 'chloe'] },
    { waits: waits(0, 0, week), takers: ['anne', 'chloe', 'bruno'] },
    { waits: waits(0, 0, 0), takers: ['anne', 'chloe', 'bruno', 'denis'] },
  ]
  for (const { waits, takers } of cases) {
    const test = testQueue(redis.client, standIn)
    await test.set({ ...waits, maxWaitMs: 40 * 24 * 60 * minute })
    const { callback } = await test.request('x', mine)
    for (const taker of [anne, bruno, cover, denis]) {
      const open = (await test.queue.offers.choices(test.region, taker)).some(({ id }) => id === callback.id)
      t.equal(open, takers.includes(taker.advisor), `${takers.length}: ${taker.advisor} sees it`)
      const given = await test.callbacks.offer(test.region, taker)
      t.equal(given !== undefined, takers.includes(taker.advisor), `${takers.length}: ${taker.advisor} is offered it`)
      if (given !== undefined) await test.callbacks.release(test.region, taker.advisor)
      else await t.rejects(test.callbacks.pick(test.region, taker, callback.id), { code: 'NOT_FOUND' })
    }
  }
})

t.test(
  'an advisor gets their own jobseekers first, but a stranger who came long before goes before them',
  async (t) => {
    for (const [ownStartMs, first] of [
      [60 * minute, 'own'],
      [0, 'stranger'],
    ] as const) {
      const test = testQueue(redis.client, standIn)
      await test.set({ ...waits(0, 0, 0), ownStartMs, coverStartMs: 0, teamStartMs: 0 })
      await inTurn(redis.client, test, ['stranger'], { advisor: 'denis' })
      await test.request('own', mine)
      const given = await offered(test.callbacks, test.region, anne)
      t.equal(given.callback.jobseeker, first)
    }
  },
)

t.test('topics and languages are skills; who has none recorded takes all', async (t) => {
  const test = testQueue(redis.client, standIn)
  const { region, queue, callbacks } = test
  await test.set({ ...waits(0, 0, 0), languages: ['fr', 'ar'] })
  await test.request('x', { ...mine, topic: 'training', language: 'ar' })
  const skills = async (advisor: string, given: Parameters<typeof queue.desks.setSkills>[2]) => {
    await queue.desks.arrived(region, { advisor, name: advisor })
    return queue.desks.setSkills(region, advisor, given)
  }
  t.same(await skills('bruno', { topics: ['training'], languages: ['fr'] }), {
    topics: ['training'],
    languages: ['fr'],
  })
  await skills('denis', { languages: ['ar'], topics: [] })
  await skills('anne', { languages: ['ar'] })
  t.equal(await callbacks.offer(region, bruno), undefined, 'another language')
  t.equal(await callbacks.offer(region, denis), undefined, 'no topic at all')
  t.match((await offered(callbacks, region, anne)).callback, { topic: 'training', language: 'ar' })
  await t.rejects(test.request('y', { ...mine, topic: 'gardening' }), {
    code: 'BAD_REQUEST',
    details: { path: '/topic' },
  })
})

t.test('a decline costs the jobseeker nothing, and is repeated without harm', async (t) => {
  const test = testQueue(redis.client, standIn)
  const { region, callbacks } = test
  await test.set(waits(0, 0, 0))
  const { callback } = await test.request('x', mine)
  await later(redis.client, callback.requestedAt)
  await test.request('later', mine)
  const { id, token } = await offered(callbacks, region, anne)
  t.equal(id, callback.id)
  const declined = await callbacks.decline(region, 'anne', id, token)
  t.match(declined, { state: 'waiting', declines: 1, readyAt: callback.readyAt })
  t.same(await callbacks.decline(region, 'anne', id, token), declined)
  await t.rejects(callbacks.accept(region, 'anne', id, token), { code: 'GONE' })
  t.equal((await offered(callbacks, region, anne)).callback.jobseeker, 'later', 'not offered to who declined it')
  t.equal((await offered(callbacks, region, denis)).id, id, 'first for the next advisor')
  t.match((await test.steps(id))[2], { state: 'waiting', by: 'anne', why: 'declined: other' })
})

t.test('of 20 advisors who race on two connections, each request has exactly one', async (t) => {
  const test = testQueue(redis.client)
  const second = redis.client.duplicate()
  using _second = { [Symbol.dispose]: () => second.disconnect() }
  await test.set(waits(0, 0, 0))
  const nodes = [test.callbacks, acting(testQueue(second).queue)]
  const advisors = Array.from({ length: 20 }, (_, n) => ({
    advisor: `a${n}`,
    name: `A${n}`,
    team: n % 2 ? 'odd' : 'even',
  }))
  const ids = await Promise.all(
    Array.from({ length: 60 }, async (_, n) => (await test.request(`x${n}`, { advisor: `a${n % 20}` })).callback.id),
  )
  const took = new Map<string, string[]>()
  await Promise.all(
    advisors.map(async (taker, n) => {
      for (let tries = 0; tries < 12; tries++) {
        const node = nodes[(n + tries) % 2] ?? test.callbacks
        const taken =
          tries % 3 === 2
            ? await node.pick(test.region, taker, ids[(n * 7 + tries) % 60] ?? '').catch(() => undefined)
            : await node.offer(test.region, taker)
        if (taken === undefined) continue
        const { callback, token } = taken.offer
        took.set(callback, [...(took.get(callback) ?? []), taker.advisor])
        await node.accept(test.region, taker.advisor, callback, token)
        await node.complete(test.region, taker.advisor, callback, { token, disposition: 'answered' })
      }
    }),
  )
  t.ok(
    [...took.values()].every((takers) => takers.length === 1),
    'as they were told',
  )
  t.equal(took.size, 60)
  for (const id of ids) t.match(await stateOf(test, id), { state: 'done', attempts: [{ by: took.get(id)?.[0] }] })
})

t.test(
  'not reached: tried again by the policy, told to the jobseeker each time, unreachable only at the end',
  async (t) => {
    const test = testQueue(redis.client)
    const { region, callbacks } = test
    await test.set({ attempts: 3, spacingMs: minute, busySpacingMs: minute })
    const { callback } = await test.request('x')
    const { id } = callback
    let token = 0
    for (const [n, outcome] of (['no-answer', 'busy', 'no-answer'] as const).entries()) {
      const taken = n === 0 ? await offered(callbacks, region) : await callbacks.pick(region, 'anne', id)
      token = taken.offer.token
      if (n === 0) await callbacks.accept(region, 'anne', id, token)
      const attempt = { token, outcome, key: `attempt-key-${n}`, note: `try ${n}` }
      const after = await callbacks.attempt(region, 'anne', id, attempt)
      t.same(await callbacks.attempt(region, 'anne', id, attempt), after, 'a repeat adds none')
      t.equal(after.attempts?.length, n + 1)
      if (n === 2) break
      t.match(after, { state: 'scheduled' })
      t.ok(after.readyAt >= after.changedAt + minute - 1_000)
      t.same((await callbacks.ofAdvisor(region, 'anne')).offers, [], 'the advisor is free')
      await test.queue.callbacks.reschedule(region, 'x', { callback: id, key: `reschedule-${n}` })
    }
    const end = await stateOf(test, id)
    t.match(end, { state: 'unreachable' })
    t.same(
      end.attempts?.map(({ outcome }) => outcome),
      ['no-answer', 'busy', 'no-answer'],
    )
    await t.rejects(callbacks.complete(region, 'anne', id, { token, disposition: 'answered' }), { code: 'CONFLICT' })
    t.equal((await test.request('x')).created, true, 'they may ask again')
  },
)

t.test('a wrong number waits for another one, and goes on with it', async (t) => {
  const test = testQueue(redis.client)
  const { region, callbacks, queue } = test
  const { callback } = await test.request('x')
  const { id, token } = await offered(callbacks, region)
  await callbacks.accept(region, 'anne', id, token)
  const held = await callbacks.attempt(region, 'anne', id, { token, outcome: 'wrong-number' })
  t.match(held, { state: 'scheduled', needsNumber: true })
  const asked = { callback: id, key: 'number-key', phone: '+33 6 11 11 11 11' }
  const again = await queue.callbacks.reschedule(region, 'x', asked)
  t.match(again, { state: 'waiting', phone: '+33 6 11 11 11 11' })
  t.notOk(again.needsNumber)
  t.same(await queue.callbacks.reschedule(region, 'x', asked), again, 'a repeat gives the same')
  t.equal((await offered(callbacks, region)).id, callback.id)
})

t.test('whoever puts it off while it is offered or in work takes it from the advisor', async (t) => {
  for (const reached of ['offered', 'active']) {
    const test = testQueue(redis.client)
    const { region, callbacks, queue } = test
    await test.request('x')
    const { id, token } = await offered(callbacks, region)
    if (reached === 'active') await callbacks.accept(region, 'anne', id, token)
    const from = Date.now() + 60 * minute
    const window = { from, until: from + 60 * minute }
    const put = await queue.callbacks.reschedule(region, 'x', { callback: id, key: 'later-key', window })
    t.match(put, { state: 'scheduled', window, readyAt: from })
    t.notOk(put.holder)
    await t.rejects(callbacks.complete(region, 'anne', id, { token, disposition: 'answered' }), { code: 'GONE' })
    t.equal(await callbacks.offer(region, 'anne'), undefined, 'it is not due')
    await t.rejects(queue.callbacks.reschedule(region, 'y', { callback: id, key: 'other-key' }), { code: 'NOT_FOUND' })
  }
})

t.test('a window takes as many as the advisor can call in it, and is offered while there is room', async (t) => {
  const test = testQueue(redis.client)
  const { region, queue } = test
  await test.set({ handlingMs: 30 * minute, windowMs: 60 * minute, windowDays: 1 })
  const [window] = (await queue.callbacks.options(region, { advisor: 'anne' })).windows
  if (window === undefined) throw new Error('there is no window')
  for (const name of ['x', 'y']) t.equal((await test.request(name, { window })).callback.state, 'scheduled')
  await t.rejects(test.request('z', { window }), { code: 'CONFLICT', details: { path: '/window' } })
  const { windows } = await queue.callbacks.options(region, { advisor: 'anne' })
  t.notOk(windows.some(({ from }) => from === window.from))
  const { windows: others } = await queue.callbacks.options(region, { advisor: 'bruno' })
  t.ok(
    others.some(({ from }) => from === window.from),
    'another advisor has theirs',
  )
  const [one] = await queue.callbacks.ofJobseeker(region, 'x')
  await queue.callbacks.cancel(region, 'x', one?.id ?? '')
  t.equal((await test.request('z', { window })).created, true)
})

t.test('a window that goes by without a call is told, and the place is kept', async (t) => {
  const test = testQueue(redis.client)
  const { region, callbacks } = test
  const from = Date.now() - 1_000
  const { callback } = await test.request('x', { window: { from, until: Date.now() + 2_000 } })
  await until(async () => {
    await callbacks.sweep(region)
    return (await stateOf(test, callback.id)).windowMissed === true
  })
  t.match(await stateOf(test, callback.id), { state: 'waiting', readyAt: callback.readyAt })
  t.equal((await offered(callbacks, region)).id, callback.id)
})

t.test('outside opening hours a request waits for the opening, and nothing is offered', async (t) => {
  const closed = createCalendar({ timeZone: 'Europe/Paris', hours: always, isClosed: (date) => date === today })
  const today = closed.dateOf(Date.now())
  const test = testQueue(redis.client, { calendars: () => ({ of: () => closed }) })
  const { callback } = await test.request('x')
  t.equal(callback.state, 'scheduled')
  t.equal(closed.dateOf(callback.readyAt - 1), today)
  const options = await test.queue.callbacks.options(test.region, { advisor: 'anne' })
  t.match(options, { open: false, opensAt: callback.readyAt })
  t.equal(await test.callbacks.offer(test.region, 'anne'), undefined)
})

t.test('an advisor is offered nothing outside their own hours', async (t) => {
  const test = testQueue(redis.client)
  const { region, queue, callbacks } = test
  await test.request('x')
  await queue.availability.setHours(region, 'anne', {})
  t.equal(await callbacks.offer(region, 'anne'), undefined)
  t.same((await queue.callbacks.options(region, { advisor: 'anne' })).windows, [])
  await t.rejects(queue.availability.setHours(region, 'anne', { monday: ['8-12 Uhr   '] }), { code: 'BAD_REQUEST' })
  await queue.availability.setHours(region, 'anne', undefined)
  t.ok(await callbacks.offer(region, 'anne'))
})

t.test('a team that picks is offered nothing; a limit holds however a callback is taken', async (t) => {
  const test = testQueue(redis.client, standIn)
  const { region, queue, callbacks } = test
  await test.set(waits(0, 0, 0))
  await inTurn(redis.client, test, ['x', 'y', 'z'], mine)
  await queue.policies.setTeam(region, 'north/1', { mode: 'pick', limit: 2 })
  t.equal(await callbacks.offer(region, anne), undefined)
  const choices = await queue.offers.choices(region, anne)
  t.same(
    choices.map(({ jobseeker }) => jobseeker),
    ['x', 'y', 'z'],
  )
  const [first, second, third] = choices.map(({ id }) => id)
  t.match(await callbacks.pick(region, anne, first ?? ''), {
    callback: { state: 'active', holder: { id: 'anne', name: 'Anne' } },
  })
  await t.rejects(callbacks.pick(region, bruno, first ?? ''), { code: 'CONFLICT', details: { state: 'active' } })
  await callbacks.pick(region, anne, second ?? '')
  await t.rejects(callbacks.pick(region, anne, third ?? ''), { code: 'CONFLICT' })
})

t.test('wrap-up comes after a callback and goes by itself', async (t) => {
  const test = testQueue(redis.client, standIn)
  const { region, queue, callbacks } = test
  await queue.policies.setTeam(region, 'north/1', { wrapUpMs: 40 })
  await queue.desks.arrived(region, anne)
  for (const name of ['x', 'y']) await test.request(name, mine)
  const { id, token } = await offered(callbacks, region, anne)
  await callbacks.accept(region, 'anne', id, token)
  await queue.offers.complete(
    region,
    'anne',
    { callback: id, token, disposition: 'follow-up', followUp: true },
    'north/1',
  )
  t.equal((await stateOf(test, id)).followUp, true)
  // As it is stored: it ends by the clock.
  t.match(JSON.parse((await redis.client.hget(test.keys.desks, 'anne')) ?? ''), { state: 'wrap-up' })
  await until(async () => (await callbacks.offer(region, anne)) !== undefined)
  t.match(await queue.desks.get(region, 'anne'), { state: 'ready' })
})

t.test('who is gone gives back what was offered after a grace; who comes back in time keeps it', async (t) => {
  const here = new Set(['bruno'])
  const test = testQueue(redis.client, { graceMs: 30, isHere: async (_, advisor) => here.has(advisor) })
  const { region, queue, callbacks } = test
  for (const advisor of [anne, bruno]) {
    await queue.desks.arrived(region, advisor)
    await test.request(`x-${advisor.advisor}`, { advisor: advisor.advisor })
    await offered(callbacks, region, advisor)
    await queue.desks.leaving(region, advisor.advisor)
  }
  await until(async () => {
    await callbacks.sweep(region)
    return (await queue.desks.get(region, 'anne')).state === 'offline'
  })
  t.match((await callbacks.ofJobseeker(region, 'x-anne'))[0], { state: 'waiting', missedOffers: 0 })
  t.match((await callbacks.ofJobseeker(region, 'x-bruno'))[0], { state: 'offered' })
  t.equal(await callbacks.offer(region, anne), undefined, 'nobody is there')
  await queue.desks.arrived(region, anne)
  t.ok(await callbacks.offer(region, anne))
})

t.test('what advisors say of themselves survives a short drop', async (t) => {
  const { region, queue } = testQueue(redis.client)
  await queue.desks.arrived(region, anne)
  await queue.desks.set(region, 'anne', 'busy')
  await queue.desks.leaving(region, 'anne')
  t.match(await queue.desks.arrived(region, anne), { state: 'busy' })
})

t.test('a higher priority goes before, on record; nothing is passed for more than it is worth', async (t) => {
  const test = testQueue(redis.client)
  const { region, queue, callbacks } = test
  await test.request('first')
  const { callback } = await test.request('second')
  const raised = await queue.supervision.raise(region, {
    id: callback.id,
    by: 'sue',
    priority: 1,
    reason: 'has no home',
  })
  t.equal(raised.priority, 1)
  t.match((await callbacks.history(region, callback.id)).at(-1), { by: 'sue', why: 'priority 1', note: 'has no home' })
  t.match(await queue.callbacks.place(region, callback.id), { ahead: 0 })
  t.equal((await offered(callbacks, region)).id, callback.id)
})

t.test('a supervisor gives a callback to another advisor, at its old place, whoever holds it', async (t) => {
  for (const reached of ['waiting', 'offered', 'active']) {
    const test = testQueue(redis.client, standIn)
    const { region, queue, callbacks } = test
    const { callback } = await test.request('x', mine)
    const { id } = callback
    const token = reached === 'waiting' ? 0 : (await offered(callbacks, region, anne)).token
    if (reached === 'active') await callbacks.accept(region, 'anne', id, token)
    const to = { advisor: 'denis' }
    const given = await queue.supervision.reassign(region, { id, by: 'sue', to, reason: 'Anne is ill', take: true })
    t.match(given, { state: 'waiting', advisor: 'denis', readyAt: callback.readyAt, step: 'own' })
    if (token > 0)
      await t.rejects(callbacks.complete(region, 'anne', id, { token, disposition: 'answered' }), { code: 'GONE' })
    t.equal(await callbacks.offer(region, anne), undefined)
    t.equal((await offered(callbacks, region, denis)).id, id)
    t.match(
      (await test.steps(id)).find(({ why }) => why === 'reassigned'),
      { by: 'sue', note: 'Anne is ill' },
    )
  }
})

t.test('with another advisor go a jobseeker’s requests, but not the call that is under way', async (t) => {
  const test = testQueue(redis.client, standIn)
  const { region, queue, callbacks } = test
  const active = await test.request('x', { ...mine, topic: 'general' })
  const { id, token } = await offered(callbacks, region, anne)
  await callbacks.accept(region, 'anne', id, token)
  const waiting = await test.request('x', { ...mine, topic: 'training' })
  await queue.supervision.follow(region, 'x', { advisor: 'denis' })
  t.match(await stateOf(test, waiting.callback.id), { advisor: 'denis', state: 'waiting' })
  t.match(await stateOf(test, active.callback.id), { advisor: 'denis', state: 'active', holder: { id: 'anne' } })
  t.equal((await callbacks.complete(region, 'anne', id, { token, disposition: 'answered' })).state, 'done')
  await queue.supervision.follow(region, 'x', { advisor: 'denis' })
})

t.test('a pause stops offers to a team or a region, and tells why', async (t) => {
  const test = testQueue(redis.client, standIn)
  const { region, queue, callbacks } = test
  await test.set(waits(0, 0, 0))
  const { callback } = await test.request('x', mine)
  await queue.supervision.pause(region, { by: 'sue', team: 'north/1', message: 'a meeting until ten' })
  t.equal(await callbacks.offer(region, anne), undefined)
  t.match(await queue.callbacks.place(region, callback.id), { paused: 'a meeting until ten' })
  t.match(await queue.callbacks.options(region, mine), { paused: 'a meeting until ten' })
  t.ok(await callbacks.offer(region, denis), 'other teams go on')
  await callbacks.release(region, 'denis')
  await queue.supervision.pause(region, { by: 'sue', message: 'a storm' })
  t.equal(await callbacks.offer(region, denis), undefined)
  await queue.supervision.pause(region, { by: 'sue' })
  await queue.supervision.pause(region, { by: 'sue', team: 'north/1' })
  t.ok(await callbacks.offer(region, anne))
})

t.test('the board counts who waits, since when, and the service level, by team and advisor', async (t) => {
  const test = testQueue(redis.client, standIn)
  const { region, queue, callbacks } = test
  for (const advisor of [anne, bruno, denis]) await queue.desks.arrived(region, advisor)
  const [first] = await inTurn(redis.client, test, ['x', 'y'], mine)
  await test.request('z', { advisor: 'denis' })
  const { id, token } = await offered(callbacks, region, denis)
  await callbacks.accept(region, 'denis', id, token)
  const board = await queue.supervision.board(region)
  t.match(
    board.teams.find(({ team }) => team === 'north/1'),
    { waiting: 2, oldestAt: first?.readyAt, taken: 0, inTime: 0 },
  )
  const of = (advisor: string) => board.advisors.find((one) => one.advisor === advisor)
  t.match(of('denis'), { name: 'Denis', state: 'ready', holds: 1, waiting: 0, taken: 1, inTime: 1 })
  t.match(of('anne'), { team: 'north/1', waiting: 2, oldestAt: first?.readyAt })
  const north = await queue.supervision.board(region, 'north/1')
  t.same(
    [north.teams.map(({ team }) => team), north.advisors.map(({ advisor }) => advisor).toSorted()],
    [['north/1'], ['anne', 'bruno']],
  )
  t.same(
    (await queue.supervision.ofTeam(region, 'north/1', 10)).map(({ jobseeker }) => jobseeker),
    ['x', 'y'],
  )
})

t.test('the estimate goes by who is at work in the step, and by how long calls take', async (t) => {
  const test = testQueue(redis.client, standIn)
  const { region, queue } = test
  await test.set({ handlingMs: 10 * minute })
  await inTurn(redis.client, test, ['x'], mine)
  const { callback } = await test.request('y', mine)
  t.same(
    await queue.callbacks.place(region, callback.id),
    { state: 'waiting', step: 'own', ahead: 1 },
    'nobody is there',
  )
  await queue.desks.arrived(region, anne)
  const { estimate } = await queue.callbacks.place(region, callback.id)
  const inMs = (estimate?.expectedAt ?? 0) - Date.now()
  t.ok(inMs > 19 * minute && inMs <= 20 * minute + 5_000, `two calls of ten minutes: ${inMs}`)
  t.ok(
    (estimate?.earliestAt ?? 0) < (estimate?.expectedAt ?? 0) &&
      (estimate?.expectedAt ?? 0) < (estimate?.latestAt ?? 0),
  )
})
