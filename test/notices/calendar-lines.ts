/**
 * As much of RFC 5545 as our own files need, by code of its own: unfolded lines by name, with their parameters left out. And what a
 * calendar that is told of an event by mail may ask of it (RFC 5546 §3.2.2, §3.2.5).
 */

export interface CalendarLines {
  /** Of the calendar and of its one event. */
  readonly of: (name: string) => string | undefined
  readonly start: number
  readonly end: number
}

/** @throws Error for what a strict reader would not take. */
export function readCalendar(file: string): CalendarLines {
  if (/(?<!\r)\n/.test(file)) throw new Error('a line ends without CR')
  if (!file.endsWith('\r\n')) throw new Error('the last line has no end')
  for (const line of file.split('\r\n')) {
    if (Buffer.byteLength(line) > 75) throw new Error(`a line is longer than 75 bytes: ${line}`)
  }
  const lines = file
    .replace(/\r\n[ \t]/g, '')
    .split('\r\n')
    .filter((line) => line !== '')
  const nesting = lines.filter((line) => /^(BEGIN|END):/.test(line))
  const expected = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'END:VEVENT', 'END:VCALENDAR']
  if (nesting.join() !== expected.join()) throw new Error(`not one event: ${nesting.join()}`)
  const values = new Map<string, string>()
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Z-]+)(?:;[^:"]*(?:"[^"]*"[^:"]*)*)?:(.*)$/.exec(line) ?? []
    if (name === '') throw new Error(`not a line of a calendar: ${line}`)
    if (name !== 'BEGIN' && name !== 'END' && values.has(name)) throw new Error(`${name} is there twice`)
    values.set(name, value.replace(/\\n/gi, '\n').replace(/\\([,;\\])/g, '$1'))
  }
  requireScheduling(values)
  return {
    of: (name) => values.get(name),
    start: inUtc(values.get('DTSTART')),
    end: inUtc(values.get('DTEND')),
  }
}

const statuses: Readonly<Record<string, string>> = { REQUEST: 'CONFIRMED', CANCEL: 'CANCELLED' }
const required = ['PRODID', 'UID', 'DTSTAMP', 'DTSTART', 'SUMMARY', 'ORGANIZER', 'ATTENDEE', 'SEQUENCE']

function requireScheduling(values: ReadonlyMap<string, string>): void {
  const missing = required.filter((name) => !values.has(name))
  if (missing.length > 0) throw new Error(`without ${missing.join()}`)
  if (values.get('VERSION') !== '2.0') throw new Error(`of version ${values.get('VERSION')}`)
  if (values.get('STATUS') !== statuses[values.get('METHOD') ?? ''])
    throw new Error(`${values.get('METHOD')} of an event that is ${values.get('STATUS')}`)
  // In UTC no time zone has to be described.
  for (const name of ['DTSTAMP', 'DTSTART', 'DTEND'])
    if (Number.isNaN(inUtc(values.get(name)))) throw new Error(`${name} is not in UTC: ${values.get(name)}`)
  for (const name of ['ORGANIZER', 'ATTENDEE'])
    if (!/^mailto:[^@\s]+@[^@\s]+$/i.test(values.get(name) ?? '')) throw new Error(`${name} has no address`)
}

function inUtc(text = ''): number {
  const [, year, month, day, hour, minute, second] = (/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []).map(
    Number,
  )
  return Date.UTC(year ?? Number.NaN, (month ?? 0) - 1, day, hour, minute, second)
}
