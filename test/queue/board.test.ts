/** What the board tells supervisors of teams and of their opening hours: on a real Redis. */
import t from 'tap'
import { readRegionCalendars } from '../../src/calendar/region.ts'
import { weekdays } from '../../src/calendar/week.ts'
import { testRedis } from '../support/redis.ts'
import { testQueue } from './test-queue.ts'

const redis = await testRedis(t, { args: ['--appendonly', 'no'] })
const minute = 60_000
const hour = 60 * minute

t.test('of the whole region or of one team, with what counts as in time', async (t) => {
  const { region, queue, request, set } = testQueue(redis.client)
  await set({ serviceLevelMs: 20 * minute })
  await queue.desks.arrived(region, { advisor: 'anne', name: 'Anne', team: 'north' })
  await request('x', { advisor: 'anne', team: 'north' })
  const { at, ...board } = await queue.supervision.board(region)
  t.match(board, { serviceLevelMs: 20 * minute, open: true, teams: [{ team: 'north', waiting: 1, open: true }] })
  t.notOk('team' in board || 'closesAt' in board, 'of the whole region, which never closes')
  t.equal((await queue.supervision.board(region, 'north')).team, 'north')
})

t.test('a region’s has every team in which somebody waits, also where no advisor was ever here', async (t) => {
  const { region, queue, request } = testQueue(redis.client)
  const teams = ['south', undefined, 'south-west', 'é|}', 'a', 'a~', '~']
  for (const [n, team] of [...teams, ...teams].entries()) await request(`x${n}`, { advisor: `advisor-${n}`, team })
  const board = await queue.supervision.board(region)
  t.same(
    board.teams.map(({ team, waiting }) => [team, waiting]).toSorted(),
    teams.map((team = '') => [team, 2]).toSorted(),
  )
})

t.test('opening hours and waits in opening time are told, of each team by its own calendar', async (t) => {
  const now = Date.now()
  const daily = (from: number, until: number) => {
    const [begin, end] = [from, until].map((at) => new Date(at).toISOString().slice(11, 16))
    return Object.fromEntries(weekdays.map((day) => [day, [`${begin}-${end}`]]))
  }
  // Whatever the time of the day is: openings may cross midnight.
  const calendars = readRegionCalendars('x', {
    timeZone: 'UTC',
    hours: daily(now - 2 * hour, now + 2 * hour),
    teams: { closed: { hours: daily(now + 2 * hour, now + 4 * hour) } },
  })
  if ('mistakes' in calendars) throw new Error(calendars.mistakes.join())
  const { region, queue, request } = testQueue(redis.client, { calendars: () => calendars })
  await request('x', { team: 'open' })
  await request('y', { team: 'closed', advisor: 'bruno' })
  const about = (at: number | undefined, expected: number) => t.ok(Math.abs((at ?? 0) - expected) <= minute, `${at}`)

  const { teams, ...whole } = await queue.supervision.board(region)
  t.ok(whole.open)
  about(whole.closesAt, now + 2 * hour)
  t.match(teams, [{ team: 'open', open: true, waiting: 1, waitedMs: Number }])
  t.ok((teams[0]?.waitedMs ?? minute) < minute)

  const closed = await queue.supervision.board(region, 'closed')
  t.notOk(closed.open)
  about(closed.opensAt, now + 2 * hour)
  t.match(closed.teams, [{ team: 'closed', open: false, waiting: 0 }], 'it waits when it opens')
})
