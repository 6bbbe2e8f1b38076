import t from 'tap'
import type { Contact } from '../../src/notices/contact.ts'
import { contactOf } from '../../src/notices/contact.ts'
import type { Notice } from '../../src/notices/notice.ts'
import { Pace } from '../../src/notices/pace.ts'
import { changeFor, type Outcome, stepFor, waitAfter } from '../../src/notices/plan.ts'

const hour = 3_600_000
const day = 24 * hour
const moment = (text: string) => Temporal.ZonedDateTime.from(`${text}[Europe/Paris]`).epochMilliseconds
const rules = { timeZone: 'Europe/Paris', dailyAt: '09:00', giveUpMs: 3 * day }
const now = moment('2027-03-03T12:00')
const night = { from: '20:00', until: '08:00' }
const contact: Contact = { email: 'yann@example.org', language: 'fr', digest: 'each' }
const notice: Notice = {
  ...{ key: 'k', person: 'yann', kind: 'unreadMessages', official: false, urgent: false, merges: true, last: false },
  ...{ at: now, putAt: now, changedAt: now, state: 'leased' },
}
const official: Notice = { ...notice, kind: 'left', official: true, merges: false }
const send = { is: 'send', email: 'yann@example.org' }

t.test('what is due is sent, to whoever wants it and has an address', async (t) => {
  t.same(stepFor(notice, contact, now, rules), send)
  t.same(stepFor(notice, { ...contact, digest: 'off' }, now, rules), { is: 'end', state: 'withdrawn', why: 'unwanted' })
  for (const nowhere of [undefined, { language: 'fr', digest: 'each' } as const])
    t.same(stepFor(notice, nowhere, now, rules), { is: 'end', state: 'failed', why: 'noAddress' })
})

t.test('an official notice heeds quiet hours alone, an urgent one nothing', async (t) => {
  const evening = moment('2027-03-03T21:00')
  const morning = moment('2027-03-04T08:00')
  const unsubscribed: Contact = { ...contact, digest: 'off', quiet: night }
  t.same(stepFor(official, unsubscribed, now, rules), send)
  t.same(stepFor(official, { ...contact, digest: 'daily' }, now, rules), send)
  t.same(stepFor(official, unsubscribed, evening, rules), { is: 'wait', until: morning })
  t.same(stepFor({ ...official, urgent: true }, unsubscribed, evening, rules), send)
  t.same(stepFor(notice, { ...contact, quiet: night }, evening, rules), { is: 'wait', until: morning })
})

t.test('a daily notice is ready at the hour after it was put, however often it is looked at', async (t) => {
  const daily: Contact = { ...contact, digest: 'daily' }
  const morning = moment('2027-03-04T09:00')
  t.same(stepFor(notice, daily, now, rules), { is: 'wait', until: morning })
  t.same(stepFor(notice, daily, morning - 1, rules), { is: 'wait', until: morning })
  for (const later of [morning, morning + 5, morning + 6 * hour]) t.same(stepFor(notice, daily, later, rules), send)
  const early = { ...notice, at: now - 10 * hour }
  t.same(stepFor(early, daily, now, rules), { is: 'wait', until: morning }, 'from when it was put, not before')
})

t.test(
  'what could not be sent in time does not come in quiet hours, nor after days, unless it is official',
  async (t) => {
    const quiet: Contact = { ...contact, quiet: night }
    t.same(stepFor(notice, quiet, moment('2027-03-05T03:00'), rules), { is: 'wait', until: moment('2027-03-05T08:00') })
    t.same(stepFor(notice, contact, now + 3 * day, rules), send)
    t.same(stepFor(notice, contact, now + 3 * day + 1, rules), { is: 'end', state: 'withdrawn', why: 'tooLate' })
    t.same(stepFor(official, contact, now + 30 * day, rules), send)
  },
)

t.test('the last notice of somebody forgotten has its address with it', async (t) => {
  const farewell: Notice = { ...official, last: true, to: { email: 'yann@example.org', language: 'en' } }
  t.same(stepFor(farewell, undefined, now, rules), send)
})

t.test('only a no for good ends a notice; else it waits, for so many days', async (t) => {
  const recording = { giveUpMs: 3 * day, repeated: false }
  const change = (outcome: Outcome, of = notice, more = {}) => changeFor(of, outcome, now, { ...recording, ...more })
  t.same(change({ is: 'sent', code: 250 }), { key: 'k', state: 'sent', attempt: { outcome: 'sent', code: 250 } })
  t.match(change({ is: 'failed', why: 'refused', code: 550 }), {
    state: 'failed',
    why: 'refused',
    attempt: { code: 550 },
  })
  const away: Outcome = { is: 'again', why: 'unreachable', code: undefined }
  t.same(change(away), {
    ...{ key: 'k', state: 'waiting', waitMs: 60_000 },
    attempt: { outcome: 'again', why: 'unreachable' },
  })
  const tried = (at: number): Notice => ({ ...notice, attempts: [{ at, outcome: 'again', why: 'unreachable' }] })
  t.match(change(away, tried(now - 3 * day)), { state: 'waiting', waitMs: 120_000 })
  t.match(change(away, tried(now - 3 * day - 1)), { state: 'failed', why: 'gaveUp', attempt: { outcome: 'again' } })
  t.match(change({ ...away, why: 'unknown' }), { state: 'waiting', same: true })
  t.match(change(away, notice, { repeated: true }), { state: 'waiting', same: true })
  t.notOk('same' in change(away))
})

t.test('waits double from a minute up to an hour', async (t) => {
  t.same(
    [1, 2, 3, 6, 7, 50].map(waitAfter),
    [1, 2, 4, 32, 60, 60].map((minutes) => minutes * 60_000),
  )
})

t.test('no minute has more than the pace', async (t) => {
  const pace = new Pace(3)
  t.equal(pace.free(0), 3)
  for (const at of [0, 10_000, 20_000]) pace.count(at)
  t.equal(pace.free(59_999), 0)
  t.equal(pace.free(60_000), 1)
  t.equal(pace.free(80_000), 3)
  pace.count(80_000)
  pace.giveBack()
  t.equal(pace.free(80_000), 3)
})

t.test('what somebody has chosen counts before what the agency says, and an unsubscription before both', async (t) => {
  const agency = JSON.stringify({ language: 'en', digest: 'daily', quiet: night })
  t.same(contactOf({}), { language: 'fr', digest: 'each' })
  t.same(contactOf({ email: 'a@b', agency }), { email: 'a@b', language: 'en', digest: 'daily', quiet: night })
  const own = JSON.stringify({ language: 'fr', digest: 'each', quiet: false })
  t.same(contactOf({ email: 'a@b', agency, own }), { email: 'a@b', language: 'fr', digest: 'each' })
  t.same(contactOf({ agency, own, unsubscribed: true }), { language: 'fr', digest: 'off' })
})
