/** The pure parts of the supervisor's page. */
import t from 'tap'
import type { Board } from '../../client/index.ts'
import { regionDefaults } from '../../src/queue/settings.ts'
import { byDesk, coverUntil, firstTeam, partsOf, shareOf, totalsOf, waitedBy } from '../../web/supervisor/figures.ts'
import { localOf, momentOf, usualCover } from '../../web/supervisor/local-time.ts'
import { changesOf, groups, isAmount, writtenOf } from '../../web/supervisor/settings-fields.ts'

const at = 1_800_000_000_000
const minute = 60_000
const team = { team: 'a', waiting: 2, oldestAt: at, waitedMs: minute, taken: 3, inTime: 2, open: true }
const advisor = {
  advisor: 'x',
  name: 'X',
  state: 'ready',
  since: at,
  holds: 0,
  waiting: 0,
  taken: 0,
  inTime: 0,
} as const
const board: Board = {
  ...{ at, serviceLevelMs: 30 * minute, open: true },
  teams: [
    team,
    { team: 'b', waiting: 1, oldestAt: at, waitedMs: 2 * minute, taken: 1, inTime: 1, open: false },
    { team: '', waiting: 0, taken: 0, inTime: 0, open: true },
  ],
  advisors: [
    { ...advisor, advisor: 'z', name: 'Zoé', state: 'offline' },
    { ...advisor, advisor: 'y', name: 'Éric', state: 'away' },
    advisor,
    { ...advisor, advisor: 'a', name: 'Anne' },
  ],
}

t.test('totals add up, and the longest wait goes on while its team is open', async (t) => {
  const totals = totalsOf(board, at + 30_000)
  t.same(totals, { waiting: 3, waitedMs: 2 * minute, taken: 4, inTime: 3, ready: 2, here: 3 })
  t.equal(totalsOf(board, at + 5 * minute).waitedMs, 6 * minute, 'the open one has overtaken the closed one')
  t.equal(totalsOf({ ...board, teams: [] }, at).waitedMs, undefined)
  t.equal(waitedBy(team, { at, open: true }, at - 1), minute, 'a clock that is behind takes nothing away')
})

t.test('the share in time is unknown while nothing was taken', async (t) => {
  t.equal(shareOf({ taken: 4, inTime: 3 }), 0.75)
  t.equal(shareOf({ taken: 0, inTime: 0 }), undefined)
})

t.test('a time is told in at most two units, to the minute up to two days', async (t) => {
  const hour = 60 * minute
  const told = (ms: number) => partsOf(ms).map(([value, unit]) => `${value} ${unit}`)
  t.same(told(59_999), [])
  t.same(told(42 * minute), ['42 minute'])
  t.same(told(hour + 40 * minute + 59_999), ['1 hour', '40 minute'])
  t.same(told(2 * hour), ['2 hour'])
  t.same(told(47 * hour + 59 * minute), ['47 hour', '59 minute'])
  t.same(told(65 * hour), ['3 day'])
})

t.test('the team to look at first is the only one, else that of the longest wait', async (t) => {
  t.equal(firstTeam(board), 'b')
  t.equal(firstTeam({ ...board, team: 'a' }), 'a')
  t.equal(firstTeam({ ...board, teams: [] }), undefined)
})

t.test('whoever can call comes first, then by name', async (t) => {
  t.same(
    byDesk(board.advisors).map(({ name }) => name),
    ['Anne', 'X', 'Éric', 'Zoé'],
  )
})

t.test('whoever can answer because they stand in is told with the end of that', async (t) => {
  const answerers = [
    { id: 'anne', name: 'Anne' },
    { id: 'bruno', name: 'Bruno' },
  ]
  const cover = { id: 'c', advisor: 'anne', cover: 'bruno', from: at, until: at + minute }
  t.equal(coverUntil('bruno', answerers, [cover], at), at + minute)
  t.equal(coverUntil('anne', answerers, [cover], at), undefined, 'the advisor')
  t.equal(coverUntil('bruno', answerers, [cover], at - 1), undefined, 'not yet')
  t.equal(coverUntil('bruno', answerers, [{ ...cover, endedAt: at }], at), undefined, 'taken back')
  t.equal(coverUntil('bruno', answerers, [{ ...cover, advisor: 'chloe' }], at), undefined, 'for somebody else')
})

t.test('a form has every setting of a region; only what was changed is sent, in the server’s units', async (t) => {
  const before = writtenOf(regionDefaults)
  t.same(Object.keys(before).toSorted(), Object.keys(regionDefaults).toSorted())
  t.same(changesOf(before, before), {})
  const written = { ...before, ownWaitMs: '1.5', windowDays: ' 12', topics: 'general,  emploi;emploi' }
  t.same(changesOf(before, written), { ownWaitMs: 90_000, windowDays: 12, topics: ['general', 'emploi'] })
})

t.test('what is no value at all is not sent', async (t) => {
  const before = writtenOf(regionDefaults)
  for (const change of [
    { ownWaitMs: '' },
    { ownWaitMs: '-1' },
    { attempts: '11' },
    { attempts: '1.5' },
    { topics: ' , ' },
  ])
    t.equal(changesOf(before, { ...before, ...change }), undefined, JSON.stringify(change))
})

t.test('every default lies between the bounds of its field', async (t) => {
  const written = writtenOf(regionDefaults)
  for (const field of groups.flatMap(({ fields }) => fields)) t.ok(isAmount(field, written[field.name]), field.name)
})

t.test('moments go into a field and come out again, to the minute', async (t) => {
  const moment = new Date(2026, 2, 9, 7, 5).getTime()
  t.equal(localOf(moment), '2026-03-09T07:05')
  t.equal(momentOf(localOf(moment)), moment)
  t.ok(Number.isNaN(momentOf('')))
})

t.test('a cover usually ends in the evening, and never before it begins', async (t) => {
  const day = usualCover(new Date(2026, 2, 9, 7, 5, 42).getTime())
  t.same([localOf(day.from), localOf(day.until)], ['2026-03-09T07:05', '2026-03-09T20:00'])
  const night = usualCover(new Date(2026, 2, 9, 21, 0).getTime())
  t.equal(localOf(night.until), '2026-03-10T20:00')
})
