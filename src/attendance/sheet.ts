/**
 * Pages of A4 for people: lines of text in any script, and a table that goes on over pages with its head. Tagged, so that it can be
 * read aloud in its order.
 */
import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { printable, visualOrder } from './letters.ts'
import { unpacked } from './woff.ts'

export type Style = 'plain' | 'bold' | 'code'

/** Text of one style, within a line. */
export interface Piece {
  readonly text: string
  readonly style?: Style
}

export interface Column {
  readonly title: string
  /** In points. */
  readonly width: number
}

export interface SheetOptions {
  readonly title: string
  readonly language: string
  readonly createdAt: number
  /** At the foot of each page. */
  readonly foot: (page: number, pages: number) => string
  readonly fonts: Fonts
}

export interface Table {
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
  /** Lines below it. */
  readonly closing: readonly (readonly Piece[])[]
  readonly size: number
}

export type Fonts = Readonly<Record<'plain' | 'bold', Buffer>>

/** Their letters are those of Europe, the Caucasus, the Near East and the Maghreb; only the shapes that are used go into a file. */
export async function readFonts(): Promise<Fonts> {
  const [plain, bold] = await Promise.all(
    [400, 700].map(async (weight) => {
      const name = `@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff`
      return unpacked(await readFile(fileURLToPath(import.meta.resolve(name))))
    }),
  )
  if (plain === undefined || bold === undefined) throw new Error('the fonts of documents are not there')
  return { plain, bold }
}

const margin = 50
const lineHeight = 1.35
const grey = '#595959'
/** Between two columns. */
const gutter = 8
const rowGap = 5
const titleSize = 12
const closingGap = 3
/** A node has more to do than a long table: it looks up from it after so many rows, some 10 ms. */
const rowsAtOnce = 8
export const textSize = 9

export type Sheet = Awaited<ReturnType<typeof openSheet>>

export async function openSheet({ title, language, createdAt, foot, fonts }: SheetOptions) {
  // A tenth of a start would be the library, for which nobody waits who is back after a kill.
  const { default: PDFDocument } = await import('pdfkit')
  const document = new PDFDocument({
    ...{ size: 'A4', margin, lang: language, displayTitle: true, bufferPages: true, tagged: true, pdfVersion: '1.7' },
    info: { Title: title, CreationDate: new Date(createdAt) },
  })
  const bytes = collected(document)
  document.registerFont('plain', fonts.plain).registerFont('bold', fonts.bold).registerFont('code', 'Courier')
  const root = document.struct('Document')
  document.addStructure(root)
  const { width: pageWidth, height: pageHeight } = document.page
  const [width, bottom] = [pageWidth - 2 * margin, pageHeight - margin - 15]
  const has = lettersOf(document.font('plain'))
  let y = margin

  const clean = (text: string) => printable(text, has)
  const use = (style: Style, size: number) => document.font(style).fontSize(size)
  const widthOf = (text: string, style: Style, size: number) => use(style, size).widthOfString(text)

  /** Breaks between words, and within one that is wider than a line. */
  const broken = (pieces: readonly Piece[], size: number, most: number): Piece[][] => {
    const lines: Piece[][] = [[]]
    let used = 0
    for (const { text, style = 'plain' } of pieces) {
      for (const word of clean(text).match(/ |[^ ]+/g) ?? []) {
        const wide = widthOf(word, style, size)
        if (used > 0 && used + wide > most) {
          lines.push([])
          used = 0
          if (word === ' ') continue
        }
        for (const part of wide > most ? parts(word, (one) => widthOf(one, style, size) <= most) : [word]) {
          if (part !== word && used > 0) lines.push([])
          lines.at(-1)?.push({ text: part, style })
          used = part === word ? used + wide : widthOf(part, style, size)
        }
      }
    }
    return lines
  }

  const drawLine = (pieces: readonly Piece[], size: number, x: number, top: number) => {
    let from = x
    for (const { text, style = 'plain' } of joined(pieces)) {
      for (const part of visualOrder(text)) {
        use(style, size).text(part, from, top, { lineBreak: false })
        from += widthOf(part, style, size)
      }
    }
  }
  const draw = (lines: readonly (readonly Piece[])[], size: number, x: number, top: number) => {
    for (const [index, pieces] of lines.entries()) drawLine(pieces, size, x, top + index * size * lineHeight)
  }
  const heightOf = (lines: readonly unknown[], size: number) => lines.length * size * lineHeight
  const newPage = () => {
    document.addPage()
    y = margin
  }
  const rule = (colour: string) =>
    document
      .moveTo(margin, y - rowGap / 2)
      .lineTo(margin + width, y - rowGap / 2)
      .lineWidth(0.5)
      .strokeColor(colour)
      .stroke()
  const artifact = (paint: () => void) => {
    document.markContent('Artifact', { type: 'Layout' })
    paint()
    document.endMarkedContent()
  }

  const line = (tag: 'H1' | 'H2' | 'P', pieces: readonly Piece[], size: number) => {
    const lines = broken(pieces, size, width)
    if (y + heightOf(lines, size) > bottom) newPage()
    root.add(document.struct(tag, {}, () => draw(lines, size, margin, y)))
    y += heightOf(lines, size)
  }

  return {
    line,
    space: (points: number) => {
      y += points
    },
    /** Whether something in it cannot be shown. */
    isMissing: (text: string) => printable(text, has) !== printable(text, () => true),

    /** Rows stay whole, the head stands over each part, the title over the first row, and the last row over what closes it. */
    async table({ title: name, columns, rows, closing, size }: Table): Promise<void> {
      const cellsOf = (texts: readonly string[], style: Style) =>
        texts.map((text, n) => broken([{ text, style }], size, (columns[n]?.width ?? width) - gutter))
      const tallest = (cells: readonly (readonly unknown[])[]) =>
        Math.max(...cells.map((one) => heightOf(one, size))) + rowGap
      const lefts = columns.map((_, n) => margin + columns.slice(0, n).reduce((sum, one) => sum + one.width, 0))
      const titles = cellsOf(
        columns.map((column) => column.title),
        'bold',
      )
      const closed = closing.map((pieces) => broken(pieces, textSize, width))
      const closingHeight = closed.reduce((sum, lines) => sum + heightOf(lines, textSize) + closingGap, textSize)
      const nameHeight = titleSize * lineHeight + tallest(titles)

      if (y + nameHeight + tallest(cellsOf(rows[0] ?? [], 'plain')) > bottom) newPage()
      line('H2', [{ text: name, style: 'bold' }], titleSize)
      const table = document.struct('Table')
      root.add(table)
      const row = (cells: readonly Piece[][][], tag: 'TH' | 'TD') => {
        const one = document.struct('TR')
        table.add(one)
        for (const [n, lines] of cells.entries())
          one.add(document.struct(tag, {}, () => draw(lines, size, lefts[n] ?? margin, y)))
        y += tallest(cells)
        artifact(() => rule(tag === 'TH' ? '#000000' : '#cccccc'))
      }
      for (const [index, texts] of rows.entries()) {
        const cells = cellsOf(texts, 'plain')
        const needed = tallest(cells) + (index === rows.length - 1 ? closingHeight : 0)
        const goesOver = index > 0 && y + needed > bottom
        if (goesOver) newPage()
        if (goesOver || index === 0) row(titles, 'TH')
        row(cells, 'TD')
        if (index % rowsAtOnce === 0) await setImmediate()
      }
      y += textSize
      for (const pieces of closing) {
        line('P', pieces, textSize)
        y += closingGap
      }
    },

    async done(): Promise<Buffer> {
      const { start, count } = document.bufferedPageRange()
      for (let page = start; page < start + count; page += 1) {
        document.switchToPage(page)
        document.fillColor(grey)
        artifact(() => {
          drawLine([{ text: clean(foot(page - start + 1, count)) }], 8, margin, pageHeight - margin)
        })
      }
      root.end()
      document.end()
      return bytes
    },
  }
}

/** As few parts of a word as fit, each as long as it fits. */
function parts(word: string, fits: (part: string) => boolean): string[] {
  const found = ['']
  for (const letter of word) {
    const longer = `${found.at(-1)}${letter}`
    if (found.at(-1) === '' || fits(longer)) found[found.length - 1] = longer
    else found.push(letter)
  }
  return found
}

/** Neighbours of one style are one: words of a script that reads from right to left change places. */
function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = []
  for (const piece of pieces) {
    const last = found.at(-1)
    if (last?.style === piece.style && last !== undefined)
      found[found.length - 1] = { ...last, text: last.text + piece.text }
    else found.push(piece)
  }
  return found
}

/** Which letters a font has, the library knows and does not tell. */
function lettersOf(document: PDFKit.PDFDocument): (codePoint: number) => boolean {
  const { _font } = document as unknown as { _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } } }
  return (codePoint) => _font.font.hasGlyphForCodePoint(codePoint)
}

function collected(document: PDFKit.PDFDocument): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  document.on('end', () => resolve(Buffer.concat(chunks)))
  document.on('error', reject)
  return promise
}
