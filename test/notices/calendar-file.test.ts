import fc from 'fast-check'
import t from 'tap'
import { calendarFile } from '../../src/notices/calendar-file.ts'
import { readDeliveryReport } from '../../src/notices/delivery-report.ts'
import { readNotice, signNotice } from '../../src/notices/proofs.ts'
import { signToken } from '../../src/notices/unsubscribe.ts'
import { readCalendar } from './calendar-lines.ts'

const envelope = { from: { name: 'Visavis', address: 'no-reply@example.org' }, to: 'yann@example.org' }
const event = {
  ...{
    id: 'a1',
    sequence: 3,
    from: Date.UTC(2027, 2, 28, 0, 30),
    until: Date.UTC(2027, 2, 28, 1, 30),
    at: Date.UTC(2027, 0, 1),
  },
  ...{ summary: 'Rendez-vous', description: 'd', location: 'l', cancelled: false },
}

t.test('a calendar file says which version of what it is, and when, in UTC', async (t) => {
  const { mediaType, content } = calendarFile(event, envelope)
  t.equal(mediaType, 'text/calendar; method=REQUEST')
  const read = readCalendar(content)
  t.match(
    ['METHOD', 'UID', 'SEQUENCE', 'STATUS', 'DTSTAMP', 'ORGANIZER', 'ATTENDEE'].map((name) => read.of(name)),
    ['REQUEST', 'a1@visavis', '3', 'CONFIRMED', '20270101T000000Z', 'mailto:no-reply@example.org', /yann@example.org/i],
  )
  t.same([read.start, read.end], [event.from, event.until], 'the hour before and the hour after the clock changes')
  const cancelled = readCalendar(calendarFile({ ...event, sequence: 4, cancelled: true }, envelope).content)
  t.match(
    ['METHOD', 'UID', 'SEQUENCE', 'STATUS'].map((name) => cancelled.of(name)),
    ['CANCEL', 'a1@visavis', '4', 'CANCELLED'],
  )
})

t.test('no text breaks out of its line', async () => {
  fc.assert(
    fc.property(
      fc.record({
        summary: fc.string({ unit: 'grapheme', maxLength: 200 }),
        description: fc.string({ unit: 'binary', maxLength: 300 }),
        location: fc.constantFrom('a\r\nATTENDEE:x', 'b\nEND:VEVENT', '; , \\ :"', 'é'.repeat(90)),
      }),
      (texts) => {
        const read = readCalendar(calendarFile({ ...event, ...texts }, envelope).content)
        return read.of('SEQUENCE') === '3' && read.start === event.from && read.of('UID') === 'a1@visavis'
      },
    ),
    { numRuns: 300 },
  )
})

t.test('control characters are left out, and every line break is one', async (t) => {
  const read = (summary: string) => readCalendar(calendarFile({ ...event, summary }, envelope).content).of('SUMMARY')
  for (const control of ['\u0000', '\u000b', '\u007f', '\u0085']) t.equal(read(`a${control}b`), 'ab')
  for (const lineBreak of ['\n', '\r\n', '\u2028', '\u2029']) t.equal(read(`a${lineBreak}b`), 'a\nb')
  t.equal(read('a\tb'), 'a\tb')
})

t.test('a link that proves reading names one notice and cannot be made by others', async (t) => {
  const notice = { region: 'north', key: 'appointment/a1/1-j' }
  const token = signNotice('secret', notice)
  t.same(readNotice('secret', token), notice)
  t.equal(readNotice('other', token), undefined)
  t.equal(readNotice('secret', `${token}.`), undefined)
  t.equal(readNotice('secret', ''), undefined)
  const other = Buffer.from('north/appointment/a2/1-j').toString('base64url')
  t.equal(readNotice('secret', `${other}.${token.split('.')[1]}`), undefined)
  t.equal(
    readNotice('secret', signToken('secret', { region: 'north', person: 'yann' })),
    undefined,
    'no unsubscription',
  )
})

const dsn = (action: string, more = '') => `From: MAILER-DAEMON@example.org
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Original-Envelope-Id:
 north/appointment/a1+2D2/1-j

Final-Recipient: rfc822; yann@example.org
Action: ${action}
${more}
--b--
`

t.test('a report of a mail system is read, whatever its line ends', async (t) => {
  const id = 'north/appointment/a1-2/1-j'
  t.same(readDeliveryReport(dsn('delivered', 'Status: 2.0.0')), { id, outcome: 'delivered', status: '2.0.0' })
  t.same(readDeliveryReport(dsn('failed', 'Status: 5.1.1 (no such user)').replaceAll('\n', '\r\n')), {
    id,
    outcome: 'failed',
    status: '5.1.1',
  })
  const dated = `Date: Thu, 26 Nov 2026 08:59:30 +0100\n${dsn('delivered')}`
  t.same(readDeliveryReport(dated), { id, outcome: 'delivered', at: Date.UTC(2026, 10, 26, 7, 59, 30) })
  const tried = dated.replace('Action: ', 'Last-Attempt-Date: Thu, 26 Nov 2026 07:00:00 GMT\nAction: ')
  t.equal(readDeliveryReport(tried)?.at, Date.UTC(2026, 10, 26, 7))
  t.same(readDeliveryReport(dated.replace('Thu, 26 Nov', 'someday')), { id, outcome: 'delivered' })
  for (const nothing of [
    dsn('relayed'),
    dsn('delayed'),
    dsn('delivered').replace('Original-Envelope-Id', 'X'),
    '',
    'Action: failed',
  ])
    t.equal(readDeliveryReport(nothing), undefined)
})
