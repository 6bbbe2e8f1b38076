/** The pure parts of the pages of callbacks: windows by day, and the hours of a week as a form has them. */
import t from 'tap'
import { byDay, withOwn } from '../../web/callback/windows.ts'
import { nextOpening, readHours, usualWeek, writeHours } from '../../web/queue/week.ts'

const at = (text: string) => new Date(text).getTime()
const hour = (text: string) => ({ from: at(text), until: at(text) + 3_600_000 })

t.test('windows are told by the day on which they begin, in order', async (t) => {
  const [early, late, next] = [hour('2026-05-08T09:00'), hour('2026-05-08T23:30'), hour('2026-05-09T00:00')]
  t.same(byDay([next, late, early]), [
    { at: at('2026-05-08T00:00'), windows: [early, late] },
    { at: at('2026-05-09T00:00'), windows: [next] },
  ])
  t.same(byDay([]), [])
})

t.test('a window of one’s own stays among those that are offered until it is over', async (t) => {
  const [own, other] = [hour('2026-05-08T09:00'), hour('2026-05-08T10:00')]
  t.same(withOwn([other], own, own.from), [other, own])
  t.same(withOwn([own, other], own, own.from), [own, other])
  t.same(withOwn([other], own, own.until), [other])
  t.same(withOwn([other], undefined, 0), [other])
})

t.test('hours go into the form and come out the same, also to midnight', async (t) => {
  const hours = { monday: ['09:00-12:00', '14:00-24:00'], sunday: ['22:00-06:00'] }
  t.same(writeHours(readHours(hours)), hours)
  t.same(readHours({}).friday, [])
  t.same(writeHours(readHours({})), {})
  t.same(writeHours(usualWeek)?.monday, ['09:00-12:00', '14:00-16:00'])
})

t.test('an hour that is missing is no week, and a further opening begins after the last', async (t) => {
  t.equal(writeHours({ ...usualWeek, saturday: [{ from: '09:00', until: '' }] }), undefined)
  t.same(nextOpening([]), { from: '09:00', until: '12:00' })
  t.same(nextOpening([{ from: '09:00', until: '12:00' }]), { from: '14:00', until: '16:00' })
  t.same(nextOpening([{ from: '14:00', until: '18:00' }]), { from: '', until: '' })
})
