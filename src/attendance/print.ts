/** A record on paper, for people: the verdict first, then what happened, line by line, and the head to compare. */
import type { AttendanceWindow, Fact } from '../protocol/index.ts'
import { lateMs, proposedOf } from '../protocol/record-reading.ts'
import { missingLetter } from './letters.ts'
import { linesOf } from './paper.ts'
import type { RecordFile } from './record-file.ts'
import { type Fonts, openSheet, type Piece, readFonts, textSize } from './sheet.ts'
import { type Language, words } from './words.ts'

export type PrintRecord = (file: RecordFile, language: Language) => Promise<Buffer>

export interface PrintOptions {
  /** Of a region: times are on its clock. */
  readonly timeZoneOf: (region: string) => string
  /** Of people of a region, as they are called today; whoever is not known any more has none. */
  readonly namesOf: (region: string, people: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

const locales: Readonly<Record<Language, string>> = { fr: 'fr-FR', en: 'en-GB' }
const rowSize = 8
const mostTimes = 10
/** Contents that are the ids of people. */
const people: readonly string[] = ['jobseeker', 'advisor', 'person']

export function createPrint({ timeZoneOf, namesOf }: PrintOptions): PrintRecord {
  let fonts: Promise<Fonts> | undefined
  return async (file, language) => {
    const says = words[language]
    const [colon, semicolon] = language === 'fr' ? ['\u00a0: ', '\u00a0; '] : [': ', '; ']
    const { record, entries, contents, seals } = file
    const ids = [record.jobseeker, record.advisor, ...contents.flatMap(personOf)].filter((id) => id !== undefined)
    const names = await namesOf(record.region, [...new Set(ids)])
    const called = (id: string | undefined) => (id === undefined ? says.erased : nameWithId(names.get(id), id))
    fonts ??= readFonts()
    const sheet = await openSheet({
      ...{ title: `${says.title} ${record.appointment}`, language, createdAt: file.exportedAt, fonts: await fonts },
      foot: (page, pages) => `${says.title} ${record.appointment} — ${says.page(page, pages)}`,
    })
    const moment = momentIn(timeZoneOf(record.region), language)
    const span = ({ from, until }: AttendanceWindow) => `${moment(from)} – ${moment(until)}`
    const line = (name: string, text: string) =>
      sheet.line('P', [{ text: `${name}${colon}`, style: 'bold' }, { text }], textSize)

    sheet.line('H1', [{ text: says.title, style: 'bold' }], 18)
    sheet.space(10)
    line(says.appointment, record.appointment)
    line(says.planned, `${span(record.window)} (${timeZoneOf(record.region)})`)
    line(says.parties, `${called(record.jobseeker)}, ${called(record.advisor)}`)
    const verdict = record.verdict === undefined ? '' : `${says.verdicts[record.verdict]} — `
    line(says.verdict, `${verdict}${says.states[record.state]}`)
    const { because = [] } = record
    const proposed = proposedOf(entries)
    const isOther = proposed !== undefined && proposed !== record.verdict
    const why = isOther ? says.becauseProposed(says.verdicts[proposed]) : says.because
    if (because.length > 0) line(why, because.map((reason) => says.reasons[reason]).join(semicolon))

    const rows = linesOf(entries).map(({ n, upTo, at, recordedAt, fact, worst }) => {
      const said = contents
        .filter((content) => content.n === n)
        .map(({ name, value }) => {
          const written = people.includes(name) ? (names.get(value) ?? value) : value
          return `${says.personal[name] ?? name}${colon}${written}`
        })
      const parts = [
        ...[says.facts[fact.type] ?? fact.type, says.fact(fact), worst === undefined ? '' : says.worst(worst)],
        ...[...timesOf(fact).map(span), ...said, recordedAt - at > lateMs ? says.saidLater(moment(recordedAt)) : ''],
      ]
      const number = upTo > n ? `${n}–${upTo}` : String(n)
      return [number, moment(at), parts.filter((part) => part !== '').join(' — ')]
    })
    sheet.space(textSize)
    const closing: Piece[][] = [
      [{ text: says.proof }],
      [{ text: `${record.head.n}:${record.head.hash}`, style: 'code' }],
      [{ text: says.seals(seals.length) }],
    ]
    const isMissing = sheet.isMissing([called(record.jobseeker), called(record.advisor), ...rows.flat()].join(''))
    await sheet.table({
      ...{ title: says.what, rows, size: rowSize },
      columns: [
        { title: says.number, width: 45 },
        { title: says.when, width: 115 },
        { title: says.happened, width: 335 },
      ],
      closing: isMissing ? [...closing, [{ text: says.missing(missingLetter) }]] : closing,
    })
    return sheet.done()
  }
}

const personOf = ({ name, value }: RecordFile['contents'][number]): string[] => (people.includes(name) ? [value] : [])

const nameWithId = (name: string | undefined, id: string): string => (name === undefined ? id : `${name} (${id})`)

/** Which times a fact tells of: those of an appointment that was moved, and of incidents, of which a line takes some. */
function timesOf(fact: Fact): readonly AttendanceWindow[] {
  if ('window' in fact) return [fact.window]
  return fact.type === 'health' ? fact.incidents.slice(0, mostTimes) : []
}

function momentIn(timeZone: string, language: Language): (at: number) => string {
  const format = new Intl.DateTimeFormat(locales[language], { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return (at) => format.format(at)
}
