/** A record on paper, for people: the verdict first, then what happened, line by line, and the head to compare. */
import type { RecordFile } from './record-file.ts'
import { type Language, words } from './words.ts'

export type PrintRecord = (file: RecordFile, language: Language) => Promise<Buffer>

/** Of regions, by id: times are on their clocks. */
export interface PrintOptions {
  readonly timeZoneOf: (region: string) => string
}

const locales: Readonly<Record<Language, string>> = { fr: 'fr-FR', en: 'en-GB' }
const margin = 50
const timeWidth = 130

export const createPrint =
  ({ timeZoneOf }: PrintOptions): PrintRecord =>
  async (file, language) => {
    // A tenth of a start would be the library, for which nobody waits who is back after a kill.
    const { default: PDFDocument } = await import('pdfkit')
    const says = words[language]
    const [colon, semicolon] = language === 'fr' ? [' : ', ' ; '] : [': ', '; ']
    const { record, entries, contents, seals } = file
    const document = new PDFDocument({
      ...{ size: 'A4', margin, lang: language, displayTitle: true },
      info: { Title: `${says.title} ${record.appointment}`, CreationDate: new Date(file.exportedAt) },
    })
    const done = collected(document)
    const moment = momentIn(timeZoneOf(record.region), language)
    const line = (name: string, text: string) =>
      document.font('Helvetica-Bold').text(`${name}${colon}`, { continued: true }).font('Helvetica').text(text)

    document.font('Helvetica-Bold').fontSize(18).text(says.title).moveDown(0.5).fontSize(10)
    line(says.appointment, record.appointment)
    line(says.planned, `${moment(record.window.from)} – ${moment(record.window.until)} (${timeZoneOf(record.region)})`)
    line(says.parties, `${record.jobseeker ?? says.erased}, ${record.advisor ?? says.erased}`)
    const verdict = record.verdict === undefined ? '' : `${says.verdicts[record.verdict]} — `
    line(says.verdict, `${verdict}${says.states[record.state]}`)
    const { because = [] } = record
    if (because.length > 0) line(says.because, because.map((reason) => says.reasons[reason]).join(semicolon))

    document.moveDown().font('Helvetica-Bold').fontSize(13).text(says.what).moveDown(0.3).fontSize(9)
    for (const { n, at, fact } of entries) {
      const said = contents
        .filter((content) => content.n === n)
        .map(({ name, value }) => `${says.personal[name] ?? name}${colon}${value}`)
      const text = printable(
        [says.facts[fact.type] ?? fact.type, says.fact(fact), ...said].filter((part) => part !== '').join(' — '),
      )
      // A line that does not fit goes to the next page whole.
      const height = document.heightOfString(text, { width: widthOf(document) - timeWidth })
      if (document.y + height > document.page.height - margin) document.addPage()
      const { y } = document
      document.font('Helvetica').text(`${n}. ${moment(at)}`, margin, y, { width: timeWidth })
      document.text(text, margin + timeWidth, y, { width: widthOf(document) - timeWidth })
      document.x = margin
    }

    document.moveDown().fontSize(10).text(says.proof).moveDown(0.5)
    document.font('Courier').fontSize(9).text(`${record.head.n}:${record.head.hash}`)
    document.font('Helvetica').text(says.seals(seals.length))
    document.end()
    return done
  }

/** The fonts that every reader of PDF has know Latin letters only; the file as JSON has the text as it was written. */
const printable = (text: string): string => text.replace(/[^\u0020-\u007e\u00a0-\u00ff‘’“”–—…€œŒ‰]/gu, '?')

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
