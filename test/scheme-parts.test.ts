/** The rules of a region as the service is shipped: joining is a choice on record, with a device that was checked. */
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import t from 'tap'
import { createAppointmentBook } from '../src/appointments/book.ts'
import { alwaysOpen } from '../src/calendar/region.ts'
import { Channels } from '../src/chat/channels.ts'
import { Enrolment } from '../src/enrolment/enrolment.ts'
import { Notices } from '../src/notices/notices.ts'
import { createSchemeParts, type WrittenScheme } from '../src/scheme-parts.ts'
import { testRedis } from './support/redis.ts'

const { client } = await testRedis(t)
const root = fileURLToPath(new URL('..', import.meta.url))
const dayMs = 24 * 60 * 60 * 1_000
const place = (id: string, scheme?: object): WrittenScheme => ({ id, timeZone: 'Europe/Paris', scheme })

function parts(trial: boolean, ...places: WrittenScheme[]) {
  const notices = new Notices({ client, retentionMs: dayMs, patienceMs: dayMs })
  const open = alwaysOpen('UTC').of(undefined)
  return createSchemeParts({
    ...{ client, places, trial, root },
    channels: new Channels({ clients: [client] }),
    book: createAppointmentBook({ client, calendars: async () => ({ open, own: open }) }),
    bringInLine: async () => {},
    excuse: async () => {},
    notices,
    mails: () => false,
    log: pino({ level: 'silent' }),
  })
}

t.test('nobody takes part before they have said so, with a passed check, unless a region says otherwise', async (t) => {
  const { rules, open } = parts(false, place('strict'), place('lax', { joinFirst: false, ceiling: 200 }))
  t.match(await rules.limits('strict'), { joinFirst: true, checkRequired: true, target: 100, ceiling: 150 })
  t.match(await rules.limits('lax'), { joinFirst: false, checkRequired: true, ceiling: 200 })
  const enrolment = new Enrolment({ client, rules })
  const scheme = open({ client })
  await enrolment.put({ id: 'anne', role: 'advisor', name: 'Anne', region: 'strict', disabled: false })
  await enrolment.put({ id: 'x', role: 'jobseeker', name: 'X', region: 'strict', advisor: 'anne', disabled: false })
  t.same(await enrolment.portfolio('strict', 'anne'), [])
  const { version } = scheme.textOf('strict')
  const unchecked = { code: 'CONFLICT', details: { bar: 'check' } }
  await t.rejects(scheme.join('strict', 'x', { key: 'shipped-1', text: version }), unchecked)
})

t.test('where anybody may sign in as anybody, things can be tried out at once', async (t) => {
  const { rules } = parts(true, place('trial'))
  t.match(await rules.limits('trial'), { joinFirst: false, checkRequired: false, target: 100 })
})

t.test('what cannot be read is said, with its region', async (t) => {
  t.throws(() => parts(false, place('wrong', { ceiling: 0 })), /the scheme of wrong/)
})
