/** What everybody has declined does not wait for ever: the pure rule, and the queue with a clock that is moved. */
import fc from 'fast-check'
import t from 'tap'
import { createCalendar } from '../../src/calendar/calendar.ts'
import { alwaysOpen } from '../../src/calendar/region.ts'
import { readWeek, type Week } from '../../src/calendar/week.ts'
import { declineTimes } from '../../src/queue/decline.ts'
import type { regionDefaults } from '../../src/queue/settings.ts'
import { testRedis } from '../support/redis.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import { inTurn, offered, type TestQueue, testQueue } from './test-queue.ts'

const clock = await shiftedClock(t)
const redis = await testRedis(t, { args: ['--appendonly', 'no'], env: clock.env })
const minute = 60_000
const hour = 60 * minute
const settings = { ownWaitMs: 0, coverWaitMs: 0, teamWaitMs: 0, declineMs: 20 * minute }
const anne = { advisor: 'anne', name: 'Anne', team: 'north/1' }
const bruno = { advisor: 'bruno', name: 'Bruno', team: 'north/1' }

t.test('a decline ends after its time, within the longest wait, and never at once', (t) => {
  const calendar = alwaysOpen('UTC').of()
  const ms = fc.integer({ min: minute, max: 7 * 24 * hour })
  fc.assert(
    fc.property(ms, ms, fc.integer({ min: 0, max: 14 * 24 * hour }), (declineMs, maxWaitMs, waited) => {
      const readyAt = Date.UTC(2026, 4, 4)
      const now = readyAt + waited
      const { until, latest } = declineTimes({ calendar, settings: { declineMs, maxWaitMs } }, readyAt, now)
      return (
        now + minute <= until &&
        until <= Math.min(now + declineMs, latest) &&
        latest === Math.max(readyAt + maxWaitMs, now + minute)
      )
    }),
  )
  t.end()
})

t.test('its time is opening time', (t) => {
  const calendar = createCalendar({
    timeZone: 'Europe/Paris',
    hours: readWeek({ monday: ['09:00-12:00'], tuesday: ['09:00-12:00'] }) as Week,
    isClosed: () => false,
  })
  const at = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime('Europe/Paris').epochMilliseconds
  const times = declineTimes(
    { calendar, settings: { declineMs: 15 * minute, maxWaitMs: 2 * hour } },
    at('2026-06-01T11:00'),
    at('2026-06-01T11:50'),
  )
  t.same(times, { until: at('2026-06-02T09:05'), latest: at('2026-06-02T10:00') })
  t.end()
})

/** The same queue on a node that has not read the clock yet. */
async function advance({ region }: TestQueue, ms: number): Promise<TestQueue> {
  await clock.advance(ms)
  const after = testQueue(redis.client, { region, isHere: async () => true })
  while ((await after.callbacks.sweep(region)) > 0);
  return after
}

/** Two requests, of which Anne has declined the first; both advisors are at work. */
async function declinedByAnne(changes: Partial<typeof regionDefaults> = {}) {
  const test = testQueue(redis.client, { isHere: async () => true })
  await test.set({ ...settings, ...changes })
  for (const advisor of [anne, bruno]) await test.queue.desks.arrived(test.region, advisor)
  const [callback] = await inTurn(redis.client, test, ['x', 'y'], { advisor: 'anne', team: 'north/1' })
  await decline(test, anne)
  return { test, region: test.region, id: callback?.id ?? '', readyAt: callback?.readyAt }
}
async function decline({ callbacks, region }: TestQueue, advisor: typeof anne): Promise<void> {
  const { id, token } = await offered(callbacks, region, advisor)
  await callbacks.decline(region, advisor.advisor, id, token)
}
const shownToSupervisors = async ({ queue, region }: TestQueue) => {
  const [board, waiting] = await Promise.all([
    queue.supervision.board(region, 'north/1'),
    queue.supervision.ofTeam(region, 'north/1', 10),
  ])
  const declined = waiting.filter(({ declinedByAll }) => declinedByAll).map(({ jobseeker }) => jobseeker)
  return [board.teams[0]?.declinedByAll ?? 0, declined]
}

t.test('while somebody at work could still take it, whoever declined is not asked again', async (t) => {
  const { test, region } = await declinedByAnne()
  t.same(await shownToSupervisors(test), [0, []])
  const after = await advance(test, 30 * minute)
  t.equal((await offered(after.callbacks, region, anne)).callback.jobseeker, 'y')
  t.same(await shownToSupervisors(after), [0, []])
})

t.test('what everybody declined is shown as such, and open again after the time, at its place', async (t) => {
  const { test, region, id, readyAt } = await declinedByAnne()
  await decline(test, bruno)
  t.same(await shownToSupervisors(test), [1, ['x']])
  t.notOk((await test.queue.callbacks.get(region, id)).declinedByAll, 'nobody else is told')
  const before = await advance(test, 19 * minute)
  t.same(await shownToSupervisors(before), [1, ['x']])
  const after = await advance(before, 2 * minute)
  t.same(await shownToSupervisors(after), [0, []])
  const again = await offered(after.callbacks, region, bruno)
  t.match(again.callback, { id, readyAt, declines: 2 }, 'before the one that came later')
  t.match((await after.steps(id)).at(-2), { state: 'waiting', by: 'anne', why: 'open again' })
  t.equal(await redis.client.zscore(after.keys.due, `d|${id}`), null, 'nothing is looked at any more')
})

t.test('who goes leaves it declined by all; who comes may take it at once', async (t) => {
  const { test, region, id } = await declinedByAnne()
  await test.queue.desks.set(region, 'bruno', 'away')
  const alone = await advance(test, 2 * minute)
  t.same(await shownToSupervisors(alone), [1, ['x']])
  await alone.queue.desks.arrived(region, { advisor: 'denis', name: 'Denis' })
  t.equal((await offered(alone.callbacks, region, { advisor: 'denis', name: 'Denis' })).id, id)
  t.same(await shownToSupervisors(alone), [0, []], 'it is in somebody’s hands')
})

t.test('those without the skill do not count', async (t) => {
  const { test, region } = await declinedByAnne()
  await test.queue.desks.setSkills(region, 'bruno', { topics: ['training'] })
  t.same(await shownToSupervisors(await advance(test, 2 * minute)), [1, ['x']])
})

t.test('after the longest wait nobody’s decline holds, though somebody never takes it', async (t) => {
  const { test, region, id } = await declinedByAnne({ maxWaitMs: 3 * hour, declineMs: 5 * hour })
  const before = await advance(test, 2 * hour + 50 * minute)
  t.not((await offered(before.callbacks, region, anne)).id, id)
  await before.callbacks.release(region, 'anne')
  const after = await advance(before, 11 * minute)
  t.equal((await offered(after.callbacks, region, anne)).id, id)
})

t.test('until it is open to all, more may still come: it is not declined by all', async (t) => {
  const { test } = await declinedByAnne({ ownWaitMs: hour, maxWaitMs: 24 * hour })
  t.same(await shownToSupervisors(await advance(test, 30 * minute)), [0, []])
})

t.test('nothing is left of declines once it has ended or goes to another advisor', async (t) => {
  for (const end of ['cancelled', 'reassigned'] as const) {
    const { test, region, id } = await declinedByAnne()
    await decline(test, bruno)
    if (end === 'cancelled') await test.callbacks.cancel(region, 'x', id)
    else {
      const to = { advisor: 'bruno', team: 'north/1' }
      await test.queue.supervision.reassign(region, { id, by: 'sue', to, reason: 'Anne is ill', take: true })
    }
    t.same(await shownToSupervisors(test), [0, []])
    t.equal(await redis.client.zscore(test.keys.due, `d|${id}`), null)
  }
})
