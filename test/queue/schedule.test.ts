/** When a callback is due, when others may take it, and when somebody is tried again. Pure. */
import fc from 'fast-check'
import t from 'tap'
import { type Calendar, createCalendar } from '../../src/calendar/calendar.ts'
import { readWeek, type Week } from '../../src/calendar/week.ts'
import type { Attempt, AttemptOutcome, Window } from '../../src/protocol/callback.ts'
import { estimateWait } from '../../src/queue/estimate.ts'
import { afterAttempt, type Planning, partOfDay, plan, planNow, planWindow } from '../../src/queue/schedule.ts'
import { regionDefaults } from '../../src/queue/settings.ts'
import { capacityOf, windowsAhead } from '../../src/queue/windows.ts'

const minute = 60_000
const hour = 60 * minute
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday']
const hours = readWeek(Object.fromEntries(days.map((day) => [day, ['09:00-12:00', '13:00-17:00']]))) as Week
const calendar: Calendar = createCalendar({
  timeZone: 'Europe/Paris',
  hours,
  isClosed: (date) => date === '2026-05-01',
})
const planning: Planning = { calendar, settings: regionDefaults, covered: true, inTeam: true }
const at = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime('Europe/Paris').epochMilliseconds
const shown = (ms: number) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('Europe/Paris').toPlainDateTime().toString()

t.test(
  'as soon as possible is now, or the next opening; steps and the service level count opening time only',
  async (t) => {
    const open = planNow(planning, at('2026-06-02T11:30'))
    t.equal(shown(open.readyAt), '2026-06-02T11:30:00')
    t.same([open.at.cover, open.at.team, open.at.region, open.answerBy].map(shown), [
      '2026-06-02T11:45:00',
      '2026-06-02T12:00:00',
      '2026-06-02T13:30:00',
      '2026-06-02T12:00:00',
    ])
    const night = planNow(planning, at('2026-04-30T18:00'))
    t.equal(shown(night.readyAt), '2026-05-04T09:00:00', 'after a holiday and a weekend')
    t.equal(shown(night.at.cover), '2026-05-04T09:15:00')
  },
)

t.test('a step for nobody takes no time', async (t) => {
  const { cover, team, region } = plan({ ...planning, covered: false, inTeam: false }, at('2026-06-02T09:00')).at
  t.equal(cover, team)
  t.equal(team, region)
})

t.test('a window must lie ahead, within reach, and be open at all', async (t) => {
  const now = at('2026-06-02T10:00')
  const window = (from: string, until: string): Window => ({ from: at(from), until: at(until) })
  const good = planWindow(planning, now, window('2026-06-03T12:00', '2026-06-03T14:00'))
  t.equal(shown(good.readyAt), '2026-06-03T13:00:00', 'when it opens')
  t.equal(planWindow(planning, now, window('2026-06-02T09:00', '2026-06-02T11:00')).readyAt, now, 'it has begun')
  for (const [from, until] of [
    ['2026-06-02T08:00', '2026-06-02T09:30'],
    ['2026-06-03T11:00', '2026-06-03T11:00'],
    ['2026-06-06T09:00', '2026-06-06T12:00'],
    ['2026-08-03T09:00', '2026-08-03T12:00'],
  ] as const)
    t.throws(() => planWindow(planning, now, window(from, until)), { code: 'BAD_REQUEST' }, from)
  for (const endless of [
    { from: 170, until: now + hour },
    { from: now, until: Number.MAX_SAFE_INTEGER },
  ])
    t.throws(() => planWindow(planning, now, endless), { code: 'BAD_REQUEST' }, JSON.stringify(endless))
})

const vain = (when: string, outcome: AttemptOutcome = 'no-answer'): Attempt => ({ at: at(when), by: 'anne', outcome })

t.test(
  'after no answer it is tried at another time of the day, and unreachable only after the last attempt',
  async (t) => {
    const first = afterAttempt({ ...planning, attempts: [] }, 'no-answer', at('2026-06-02T09:30'))
    t.equal(first.is === 'retry' && shown(first.plan.readyAt), '2026-06-02T13:00:00', 'in the afternoon')
    const attempts = [vain('2026-06-02T09:30')]
    const second = afterAttempt({ ...planning, attempts }, 'no-answer', at('2026-06-02T13:10'))
    t.equal(
      second.is === 'retry' && shown(second.plan.readyAt),
      '2026-06-02T15:10:00',
      'all parts were tried: two hours later',
    )
    t.same(
      afterAttempt(
        { ...planning, attempts: [...attempts, vain('2026-06-02T13:10')] },
        'no-answer',
        at('2026-06-02T15:20'),
      ),
      { is: 'unreachable' },
    )
  },
)

t.test('an engaged line is tried sooner, a wrong number waits for another, reached goes on', async (t) => {
  const now = at('2026-06-02T11:50')
  const busy = afterAttempt({ ...planning, attempts: [] }, 'busy', now)
  t.equal(busy.is === 'retry' && shown(busy.plan.readyAt), '2026-06-02T13:00:00', 'not during lunch')
  t.match(afterAttempt({ ...planning, attempts: [] }, 'wrong-number', now), {
    is: 'hold',
    until: now + regionDefaults.numberWaitMs,
  })
  t.same(afterAttempt({ ...planning, attempts: [] }, 'reached', now), { is: 'stay' })
})

t.test('postponing is no attempt in vain, and goes where the jobseeker wants it', async (t) => {
  const attempts = [vain('2026-06-01T09:30'), vain('2026-06-01T14:00'), vain('2026-06-01T16:00', 'postponed')]
  const now = at('2026-06-02T10:00')
  const wanted = { from: at('2026-06-04T14:00'), until: at('2026-06-04T15:00') }
  const verdict = afterAttempt({ ...planning, attempts, wanted }, 'postponed', now)
  t.match(verdict, { is: 'retry', plan: { readyAt: wanted.from, window: wanted } })
  t.equal(afterAttempt({ ...planning, attempts }, 'postponed', now).is, 'retry')
})

t.test('attempts stay within the window, on the day, or at the same hours of the next day that is open', async (t) => {
  const window = { from: at('2026-04-30T14:00'), until: at('2026-04-30T17:00') }
  const same = afterAttempt({ ...planning, attempts: [], window }, 'no-answer', at('2026-04-30T14:05'))
  t.equal(same.is === 'retry' && shown(same.plan.readyAt), '2026-04-30T16:05:00')
  const next = afterAttempt({ ...planning, attempts: [], window }, 'no-answer', at('2026-04-30T16:00'))
  t.match(next, { is: 'retry', plan: { window: { from: at('2026-05-04T14:00'), until: at('2026-05-04T17:00') } } })
  t.equal(next.is === 'retry' && shown(next.plan.readyAt), '2026-05-04T14:00:00', 'after a holiday and a weekend')
})

t.test(
  'whatever the history: the next attempt is open, spaced, within the window, and the policy’s number is kept',
  async () => {
    const moment = fc.integer({ min: at('2026-03-20T00:00'), max: at('2026-11-05T00:00') })
    const attempt = fc.record({
      at: moment,
      by: fc.constant('anne'),
      outcome: fc.constantFrom<AttemptOutcome>('no-answer', 'busy', 'postponed'),
    })
    const length = fc.integer({ min: 1, max: 20 })
    const window = fc.option(
      fc.record({ startsMs: fc.integer({ min: -3 * hour, max: 40 * hour }), lengthHours: length }),
      { nil: undefined },
    )
    fc.assert(
      fc.property(
        moment,
        fc.array(attempt, { maxLength: 6 }),
        fc.constantFrom<AttemptOutcome>('no-answer', 'busy'),
        window,
        (now, attempts, outcome, wished) => {
          const window = wished && {
            from: now + wished.startsMs,
            until: now + wished.startsMs + wished.lengthHours * hour,
          }
          const verdict = afterAttempt({ ...planning, attempts, window }, outcome, now)
          const counted = attempts.filter((one) => one.outcome !== 'postponed').length + 1
          if (verdict.is !== 'retry') return verdict.is === 'unreachable' && counted >= regionDefaults.attempts
          if (counted >= regionDefaults.attempts) return false
          const { readyAt, window: within } = verdict.plan
          const spacing = outcome === 'busy' ? regionDefaults.busySpacingMs : regionDefaults.spacingMs
          if (readyAt < now + spacing || !calendar.isOpen(readyAt)) return false
          return within === undefined || (within.from <= readyAt && readyAt < within.until)
        },
      ),
    )
  },
)

t.test('parts of the day are those of the local clock', async (t) => {
  t.same(
    ['2026-06-02T11:59', '2026-06-02T12:00', '2026-06-02T17:30'].map((when) => partOfDay(calendar, at(when))),
    ['morning', 'afternoon', 'evening'],
  )
})

t.test('windows ahead are whole, open, and hold as many calls as fit', async (t) => {
  const now = at('2026-04-30T14:30')
  const windows = windowsAhead(calendar, { ...regionDefaults, windowDays: 4 }, now)
  t.same(
    windows.slice(0, 4).map(({ from }) => shown(from)),
    ['2026-04-30T15:00:00', '2026-04-30T16:00:00', '2026-05-04T09:00:00', '2026-05-04T10:00:00'],
  )
  t.equal(capacityOf({ from: 0, until: hour }, 10 * minute), 6)
  t.equal(capacityOf({ from: 0, until: minute }, 10 * minute), 1)
})

t.test('the estimate is the mean of the Erlang distribution, its uncertainty the middle eight of ten', async (t) => {
  t.equal(estimateWait(3, 0, minute), undefined, 'nobody is at work')
  for (const [ahead, staff] of [
    [0, 1],
    [4, 2],
    [30, 5],
  ] as const) {
    const wait = estimateWait(ahead, staff, 600_000)
    // Drawn: the sum of as many exponential times.
    let seed = 12_345
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed / 2_147_483_647
    }
    const drawn = Array.from({ length: 20_000 }, () =>
      Array.from({ length: ahead + 1 }, () => (-Math.log(random()) * 600_000) / staff).reduce((sum, x) => sum + x, 0),
    ).toSorted((a, b) => a - b)
    const near = (found: number | undefined, expected: number, what: string) =>
      t.ok(Math.abs((found ?? 0) - expected) < 0.06 * expected + 5_000, `${what}: ${found} ≈ ${expected}`)
    near(wait?.expectedMs, drawn.reduce((sum, x) => sum + x, 0) / drawn.length, 'mean')
    near(wait?.earliestMs, drawn[2_000] ?? 0, '10 %')
    near(wait?.latestMs, drawn[18_000] ?? 0, '90 %')
  }
})
