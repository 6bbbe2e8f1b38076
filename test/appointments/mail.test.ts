/** From an act to the mails and back to its history: real Redis, a real SMTP server that fails and recovers. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { SMTPServer } from 'smtp-server'
import t from 'tap'
import { noticeKeyOf, startAppointmentMail } from '../../src/appointment-mail.ts'
import { appointmentSteps } from '../../src/appointment-steps.ts'
import type { AppointmentFact } from '../../src/appointments/facts.ts'
import { Enrolment } from '../../src/enrolment/enrolment.ts'
import { readCalendar } from '../notices/calendar-lines.ts'
import { place, postOffice } from '../notices/post-office.ts'
import { type ReceivedMail, testSmtp } from '../notices/smtp-server.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { advisor, dayMs, hourMs, jobseeker, neverClosed, testBook, tomorrow } from './test-book.ts'

const patience = { timeoutMs: 30_000 }

async function stage(t: Parameters<typeof testRedis>[0], { mails = true, failures = 0 } = {}) {
  const redis = await testRedis(t)
  const { client } = redis
  const post = postOffice(client)
  const enrolment = new Enrolment({ client })
  const region = place.id
  const anne = { id: 'anne', role: 'advisor', name: 'Anne Le Goff', region, disabled: false } as const
  await enrolment.put(anne)
  await enrolment.put({ ...anne, id: 'bruno', name: 'Bruno' })
  await enrolment.put({ id: 'yann', role: 'jobseeker', name: 'Yann', region, advisor: 'anne', disabled: false })
  await post.contacts.set(region, 'yann', { email: 'yann@example.org', language: 'fr' })
  await post.contacts.set(region, 'anne', { email: 'anne@example.org', language: 'en' })
  const book = testBook(client, neverClosed, region)
  const facts: AppointmentFact[] = []
  let left = failures
  const { bringInLine } = appointmentSteps({ book, enrolment: () => enrolment, wake: () => {} })
  const mail = startAppointmentMail({
    ...{
      book,
      notices: post.notices,
      enrolment,
      regions: [region],
      bringInLine,
      mails: () => mails,
      log: pino({ level: 'silent' }),
    },
    record: async (fact) => {
      left -= 1
      if (left >= 0) throw new Error('not now')
      facts.push(fact)
    },
  })
  const end = async () => {
    await mail[Symbol.asyncDispose]()
    await redis[Symbol.asyncDispose]()
  }
  const words = async (id: string) =>
    (await book.appointments.history(region, id)).map(({ is, mail = '' }) => `${is} ${mail}`.trim())
  return { redis, post, enrolment, region, book, facts, mail, words, [Symbol.asyncDispose]: end }
}

const calendarOf = (mail: ReceivedMail | undefined) =>
  readCalendar(mail?.parts.find(({ type }) => type === 'text/calendar')?.content ?? '')

t.test(
  'both are told of every change, with a calendar file whose version rises, also when the server fails for a while',
  async (t) => {
    await using smtp = await testSmtp(t)
    await using s = await stage(t)
    await using _loop = s.post.deliver(smtp.url)
    const to = (address: string) => smtp.mails.filter((mail) => mail.to[0] === address)
    const one = await s.book.make('yann', tomorrow, { key: 'booking-key-1' })
    s.mail.wake()
    await until(() => smtp.mails.length === 2, patience)
    const [invitation] = to('yann@example.org')
    t.match(invitation?.subject, /^Rendez-vous le /)
    t.match(invitation?.text, /Vous avez rendez-vous avec Anne Le Goff le .*/)
    t.match(invitation?.text, /Par webcam, dans Visavis/)
    t.match(invitation?.text, /avis officiel/)
    t.equal(invitation?.headers.get('list-unsubscribe'), undefined)
    t.match(to('anne@example.org')[0]?.text, /appointment with Name of yann/)
    t.ok(
      to('anne@example.org')[0]?.headers.has('list-unsubscribe'),
      'what an advisor does not need they may do without',
    )
    const first = calendarOf(invitation)
    t.match(
      [first.of('METHOD'), first.of('SEQUENCE'), first.start, first.end],
      ['REQUEST', '0', tomorrow, tomorrow + hourMs / 2],
    )
    await until(async () => (await s.words(one.id)).includes('mailSent 1-j'), patience)

    await smtp.stop()
    const moving = { key: 'move-key-1', from: tomorrow + hourMs, reason: 'un autre rendez-vous' }
    await s.book.bookings.move(s.region, { advisor: 'anne' }, one.id, moving, jobseeker('yann'))
    s.mail.wake()
    await until(async () => ((await s.post.notices.of(s.region, 'yann')).at(-1)?.attempts.length ?? 0) > 0, patience)
    await smtp.start()
    await until(() => to('yann@example.org').length === 2, patience)
    const moved = to('yann@example.org')[1]
    t.match(moved?.text, /Motif : un autre rendez-vous/)
    const second = calendarOf(moved)
    t.match([second.of('METHOD'), second.of('SEQUENCE'), second.start], ['REQUEST', '1', tomorrow + hourMs])
    t.equal(second.of('UID'), first.of('UID'))

    await s.book.appointments.cancel(s.region, one.id, { key: 'cancel-key-1', reason: 'guéri' }, advisor('anne'))
    s.mail.wake()
    await until(() => to('yann@example.org').length === 3 && to('anne@example.org').length === 3, patience)
    const last = calendarOf(to('yann@example.org')[2])
    t.match(
      [last.of('METHOD'), last.of('SEQUENCE'), last.of('STATUS'), last.of('UID')],
      ['CANCEL', '2', 'CANCELLED', first.of('UID')],
    )
    await until(
      async () => (await s.words(one.id)).filter((word) => word.startsWith('mailSent')).length === 6,
      patience,
    )
    await until(() => s.facts.filter(({ is }) => is === 'mailSent').length === 6, patience)
    t.same(
      [...new Set(s.facts.map(({ n }) => n))],
      Array.from({ length: 9 }, (_, n) => n + 1),
      'facts are told in order, none is missing',
    )
    t.equal(await s.redis.client.zscore(s.book.keys.due, one.id), null, 'and then nobody looks any more')
  },
)

t.test('whatever happens to it, each calendar keeps one entry, whose newest version it takes', async (t) => {
  await using smtp = await testSmtp(t)
  await using s = await stage(t)
  await s.post.contacts.set(s.region, 'bruno', { email: 'bruno@example.org', language: 'fr' })
  await using _loop = s.post.deliver(smtp.url)
  const one = await s.book.make('yann', tomorrow)
  const { appointments, bookings } = s.book
  const acts: readonly (() => Promise<unknown>)[] = [
    async () => {},
    () =>
      bookings.move(
        s.region,
        { advisor: 'anne' },
        one.id,
        { key: 'move-1', from: tomorrow + hourMs, reason: 'x' },
        jobseeker('yann'),
      ),
    () => appointments.turnAll(s.region, 'yann', { to: 'agency', why: 'asked', by: 'yann' }),
    // What the record says is what a look makes of it.
    () =>
      s.enrolment
        .put({ id: 'yann', role: 'jobseeker', name: 'Yann', region: s.region, advisor: 'bruno', disabled: false })
        .then(() => appointments.hurry(s.region, 'yann')),
    () => appointments.cancel(s.region, one.id, { key: 'cancel-1', reason: 'y' }, advisor('bruno')),
  ]
  for (const [n, act] of acts.entries()) {
    await act()
    s.mail.wake()
    await until(() => smtp.mails.filter(({ to }) => to[0] === 'yann@example.org').length === n + 1, patience)
  }
  await until(() => smtp.mails.length === 11, patience)
  const told = (person: string) =>
    smtp.mails
      .filter(({ to }) => to[0] === `${person}@example.org`)
      .map((mail) => {
        const part = mail.parts.find(({ type }) => type === 'text/calendar')
        const file = readCalendar(part?.content ?? '')
        t.equal(part?.parameters.get('method'), file.of('METHOD'), 'mail programs look at the method before the file')
        t.equal(part?.parameters.get('charset'), 'utf-8')
        t.equal(mail.parts.find(({ type }) => type === 'application/ics')?.content, part?.content, 'and as a file')
        t.match(file.of('ATTENDEE'), new RegExp(`^mailto:${person}@example.org$`, 'i'))
        t.equal(file.of('ORGANIZER'), `mailto:${mail.from}`)
        return {
          uid: file.of('UID'),
          stamp: file.of('DTSTAMP') ?? '',
          is: `${file.of('METHOD')} ${file.of('SEQUENCE')}`,
        }
      })
  t.same(
    told('yann').map(({ is }) => is),
    ['REQUEST 0', 'REQUEST 1', 'REQUEST 2', 'REQUEST 3', 'CANCEL 4'],
  )
  t.same(
    told('anne').map(({ is }) => is),
    ['REQUEST 0', 'REQUEST 1', 'REQUEST 2', 'CANCEL 3'],
    'it leaves the calendar of whoever had it before',
  )
  t.same(
    told('bruno').map(({ is }) => is),
    ['REQUEST 3', 'CANCEL 4'],
  )
  const all = ['yann', 'anne', 'bruno'].map(told)
  t.equal(new Set(all.flat().map(({ uid }) => uid)).size, 1)
  for (const stamps of all.map((those) => those.map(({ stamp }) => stamp))) t.same(stamps, stamps.toSorted())
})

t.test('what was not sent yet is not sent when it is not true any more', async (t) => {
  await using smtp = await testSmtp(t)
  await using s = await stage(t)
  const one = await s.book.make('yann', tomorrow)
  s.mail.wake()
  await until(async () => (await s.post.notices.of(s.region, 'yann')).length === 1, patience)
  const moving = { key: 'move-key-1', from: tomorrow + hourMs, reason: 'x' }
  await s.book.bookings.move(s.region, { advisor: 'anne' }, one.id, moving, advisor('anne'))
  s.mail.wake()
  await until(async () => (await s.post.notices.of(s.region, 'yann')).length === 2, patience)
  await until(async () => (await s.words(one.id)).includes('mailFailed 1-j'), patience)
  await using _loop = s.post.deliver(smtp.url)
  await until(() => smtp.mails.length === 2, patience)
  for (const mail of smtp.mails) t.equal(calendarOf(mail).of('SEQUENCE'), '1')
})

t.test('a mail that is refused for good, and an advisor without address, are on record as that', async (t) => {
  await using smtp = await testSmtp(t)
  smtp.refuse = () => ({ to: 'RCPT', code: 550 })
  await using s = await stage(t)
  await s.post.notices.forget(s.region, 'anne')
  await using _loop = s.post.deliver(smtp.url)
  const one = await s.book.make('yann', tomorrow)
  s.mail.wake()
  const failed = () =>
    s.facts.flatMap((fact) => (fact.is === 'mailFailed' ? [`${fact.to} ${fact.why} ${fact.code ?? ''}`.trim()] : []))
  await until(() => failed().length === 2, patience)
  t.same(failed().sort(), ['anne noAddress', 'yann refused 550'])
  t.ok(s.facts.every(({ appointment }) => appointment === one.id))
})

t.test('a fact that could not be kept comes again, and mails are not sent twice for that', async (t) => {
  await using smtp = await testSmtp(t)
  await using s = await stage(t, { failures: 1 })
  await using _loop = s.post.deliver(smtp.url)
  const one = await s.book.make('yann', tomorrow)
  s.mail.wake()
  await until(() => smtp.mails.length === 2, patience)
  // Before its lease runs out: whoever changes it makes it due.
  await s.book.appointments.noteMail(s.region, one.id, {
    is: 'mailRead',
    by: 'yann',
    mail: '1-j',
    to: 'yann',
    why: 'link',
  })
  s.mail.wake()
  await until(() => s.facts.some(({ is }) => is === 'made'), patience)
  await until(async () => (await s.words(one.id)).filter((word) => word.startsWith('mailSent')).length === 2, patience)
  t.equal(smtp.mails.length, 2)
})

t.test('the jobseeker is reminded, not the advisor; and without mail nothing piles up', async (t) => {
  await using smtp = await testSmtp(t)
  await using s = await stage(t)
  await s.book.settings.set(s.region, { remindersMs: [dayMs, hourMs] })
  await using _loop = s.post.deliver(smtp.url)
  const soon = Math.ceil((Date.now() + 23 * hourMs) / hourMs) * hourMs
  const one = await s.book.make('yann', soon)
  s.mail.wake()
  await until(() => smtp.mails.length === 2, patience)
  await until(async () => (await s.words(one.id)).length === 3, patience)
  // Before it was looked at to the end, the lease stands there.
  const due = async () => Number(await s.redis.client.zscore(s.book.keys.due, one.id))
  await until(async () => [soon - hourMs, soon - dayMs].includes(await due()), patience)

  await using quiet = await stage(t, { mails: false })
  const other = await quiet.book.make('yann', tomorrow)
  quiet.mail.wake()
  await until(() => quiet.facts.length === 1, patience)
  t.same(await quiet.post.notices.of(quiet.region, 'yann'), [])
  t.match(quiet.facts, [{ is: 'made', appointment: other.id, n: 1 }])
})

t.test('whoever has left meets nobody by webcam, also if it was made while they left', async (t) => {
  await using s = await stage(t, { mails: false })
  await s.enrolment.leave(s.region, 'yann', 'leaving-key-1')
  const one = await s.book.make('yann', tomorrow)
  s.mail.wake()
  const now = () => s.book.appointments.get(s.region, one.id)
  await until(async () => (await now()).modality === 'agency', patience)
  const back = {
    id: 'yann',
    role: 'jobseeker',
    name: 'Yann',
    region: s.region,
    advisor: 'bruno',
    disabled: false,
  } as const
  await s.enrolment.put(back, { rejoin: true })
  await s.book.appointments.hurry(s.region, 'yann')
  s.mail.wake()
  await until(async () => (await now()).modality === 'webcam', patience)
  t.equal((await now()).advisor, 'bruno', 'and is with whoever follows them now')
})

t.test('where the server knows how, it is asked to report what becomes of official mails', async (t) => {
  const reports: unknown[] = []
  const server = new SMTPServer({
    ...{
      logger: false,
      hideDSN: false,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 1,
    },
    onData(stream, { envelope }, done) {
      stream.resume()
      stream.on('end', () => {
        reports.push({ dsn: envelope.dsn, to: envelope.rcptTo.map(({ address, dsn }) => ({ address, dsn })) })
        done(null)
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())))
  await using s = await stage(t)
  await using _loop = s.post.deliver(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`)
  const one = await s.book.make('yann', tomorrow)
  s.mail.wake()
  await until(() => reports.length === 2, patience)
  const asked = reports.filter((report) => JSON.stringify(report).includes('yann@'))
  t.match(asked, [
    { dsn: { envid: `${s.region}/${noticeKeyOf(one.id, '1-j')}` }, to: [{ dsn: { notify: ['SUCCESS', 'FAILURE'] } }] },
  ])
})
