/** A record on paper, for people: the verdict first, then what happened, line by line, and the head to compare. */
import { lateMs, proposedOf } from '../protocol/record-reading.ts'
import { linesOf } from './paper.ts'
import type { RecordFile } from './record-file.ts'
import { type Language, words } from './words.ts'

export type PrintRecord = (file: RecordFile, language: Language) => Promise<Buffer>

export interface PrintOptions {
  /** Of a region: times are on its clock. */
  readonly timeZoneOf: (region: string) => string
  /** Of people of a region, as they are called today; whoever is not known any more has none. */
  readonly namesOf: (region: string, people: readonly string[]) => Promise<ReadonlyMap<string, string>>
}

const locales: Readonly<Record<Language, string>> = { fr: 'fr-FR', en: 'en-GB' }
const margin = 50
const timeWidth = 130
/** Contents that are the ids of people. */
const people: readonly string[] = ['jobseeker', 'advisor', 'person']

export const createPrint =
  ({ timeZoneOf, namesOf }: PrintOptions): PrintRecord =>
  async (file, language) => {
    // A tenth of a start would be the library, for which nobody waits who is back after a kill.
    const { default: PDFDocument } = await import('pdfkit')
    const says = words[language]
    const [colon, semicolon] = language === 'fr' ? [' : ', ' ; '] : [': ', '; ']
    const { record, entries, contents, seals } = file
    const ids = [record.jobseeker, record.advisor, ...contents.flatMap(personOf)].filter((id) => id !== undefined)
    const names = await namesOf(record.region, [...new Set(ids)])
    const called = (id: string | undefined) => (id === undefined ? says.erased : nameWithId(names.get(id), id))
    const document = new PDFDocument({
      ...{ size: 'A4', margin, lang: language, displayTitle: true },
      info: { Title: `${says.title} ${record.appointment}`, CreationDate: new Date(file.exportedAt) },
    })
    const done = collected(document)
    const moment = momentIn(timeZoneOf(record.region), language)
    const line = (name: string, text: string) =>
      document
        .font('Helvetica-Bold')
        .text(`${name}${colon}`, { continued: true })
        .font('Helvetica')
        .text(printable(text))

    document.font('Helvetica-Bold').fontSize(18).text(says.title).moveDown(0.5).fontSize(10)
    line(says.appointment, record.appointment)
    line(says.planned, `${moment(record.window.from)} – ${moment(record.window.until)} (${timeZoneOf(record.region)})`)
    line(says.parties, `${called(record.jobseeker)}, ${called(record.advisor)}`)
    const verdict = record.verdict === undefined ? '' : `${says.verdicts[record.verdict]} — `
    line(says.verdict, `${verdict}${says.states[record.state]}`)
    const { because = [] } = record
    const proposed = proposedOf(entries)
    const isOther = proposed !== undefined && proposed !== record.verdict
    const why = isOther ? says.becauseProposed(says.verdicts[proposed]) : says.because
    if (because.length > 0) line(why, because.map((reason) => says.reasons[reason]).join(semicolon))

    document.moveDown().font('Helvetica-Bold').fontSize(13).text(says.what).moveDown(0.3).fontSize(9)
    for (const { n, upTo, at, recordedAt, fact, worst } of linesOf(entries)) {
      const said = contents
        .filter((content) => content.n === n)
        .map(({ name, value }) => {
          const written = people.includes(name) ? (names.get(value) ?? value) : value
          return `${says.personal[name] ?? name}${colon}${written}`
        })
      const text = printable(
        [
          ...[
            says.facts[fact.type] ?? fact.type,
            says.fact(fact),
            worst === undefined ? '' : says.worst(worst),
            ...said,
          ],
          recordedAt - at > lateMs ? says.saidLater(moment(recordedAt)) : '',
        ]
          .filter((part) => part !== '')
          .join(' — '),
      )
      // A line that does not fit goes to the next page whole.
      const height = document.heightOfString(text, { width: widthOf(document) - timeWidth })
      if (document.y + height > document.page.height - margin) document.addPage()
      const { y } = document
      const number = upTo > n ? `${n}–${upTo}` : String(n)
      document.font('Helvetica').text(`${number}. ${moment(at)}`, margin, y, { width: timeWidth })
      document.text(text, margin + timeWidth, y, { width: widthOf(document) - timeWidth })
      document.x = margin
    }

    document.moveDown().fontSize(10).text(says.proof).moveDown(0.5)
    document.font('Courier').fontSize(9).text(`${record.head.n}:${record.head.hash}`)
    document.font('Helvetica').text(says.seals(seals.length))
    document.end()
    return done
  }

const personOf = ({ name, value }: RecordFile['contents'][number]): string[] => (people.includes(name) ? [value] : [])

const nameWithId = (name: string | undefined, id: string): string => (name === undefined ? id : `${name} (${id})`)

const known = /[\u0020-\u007e\u00a0-\u00ff‘’“”–—…€œŒ‰ŠšŽžŸ]/u
/** Letters that do not fall apart into another one and a mark. */
const plain: Readonly<Record<string, string>> = { ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ı: 'i', ħ: 'h', Ħ: 'H' }

/**
 * The fonts that every reader of PDF has know the letters of Western Europe only: others lose their marks, or are not shown. The
 * file as JSON has the text as it was written.
 */
const printable = (text: string): string =>
  text.normalize('NFC').replace(/./gsu, (letter) => {
    if (known.test(letter)) return letter
    // The spaces of French numbers, at which no line may end.
    if (/\s/u.test(letter)) return '\u00a0'
    return plain[letter] ?? letter.normalize('NFD').match(known)?.[0] ?? '?'
  })

const widthOf = ({ page }: PDFKit.PDFDocument): number => page.width - 2 * margin

function momentIn(timeZone: string, language: Language): (at: number) => string {
  const format = new Intl.DateTimeFormat(locales[language], { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  // Narrow spaces are in no font that every reader of PDF has.
  return (at) => format.format(at).replace(/[\u202f\u2009]/g, ' ')
}

function collected(document: PDFKit.PDFDocument): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  document.on('end', () => resolve(Buffer.concat(chunks)))
  document.on('error', reject)
  return promise
}
