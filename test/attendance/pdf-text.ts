/** What is written on the pages of a PDF: each piece of text where it stands, by the tables that its fonts carry for readers. */
import { inflateSync } from 'node:zlib'

export interface Written {
  /** In points; y from the foot of the page. */
  readonly x: number
  readonly y: number
  readonly text: string
  readonly font: string
}

export function pagesOf(pdf: Buffer): Written[][] {
  const objects = objectsOf(pdf)
  const fonts = fontsOf(objects)
  return [...objects.values()]
    .filter(({ head }) => /\/Type \/Page\b(?!s)/.test(head))
    .map(({ head }) => writtenOn(bodyOf(objects, referred(head, 'Contents')).toString('latin1'), fonts))
}

/** All of it, line by line. */
export const textOf = (pdf: Buffer): string => pagesOf(pdf).flatMap(linesOf).join('\n')

/** Pieces that stand in one line are put together from left to right. */
export function linesOf(page: readonly Written[]): string[] {
  const lines = Map.groupBy(page, ({ y }) => Math.round(y))
  return [...lines].map(([, pieces]) =>
    pieces.toSorted((a, b) => a.x - b.x).reduce((line, { text }) => line + text, ''),
  )
}

interface PdfObject {
  readonly head: string
  readonly stream: Buffer | undefined
}

function objectsOf(pdf: Buffer): Map<number, PdfObject> {
  const found = new Map<number, PdfObject>()
  for (const [, id = '', body = ''] of pdf.toString('latin1').matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [head = '', ...rest] = body.split('\nstream\n')
    const data = rest.join('\nstream\n').replace(/\nendstream$/, '')
    found.set(Number(id), { head, stream: rest.length === 0 ? undefined : Buffer.from(data, 'latin1') })
  }
  return found
}

const referred = (head: string, name: string): number =>
  Number(new RegExp(String.raw`/${name} (\d+) 0 R`).exec(head)?.[1] ?? -1)

function bodyOf(objects: ReadonlyMap<number, PdfObject>, id: number): Buffer {
  const { head = '', stream } = objects.get(id) ?? {}
  if (stream === undefined) throw new Error(`object ${id} has no stream`)
  return head.includes('/FlateDecode') ? inflateSync(stream) : stream
}

/** Of each font, by its name in pages: the text of each of its codes; undefined of those that every reader has. */
function fontsOf(objects: ReadonlyMap<number, PdfObject>): Map<string, readonly string[] | undefined> {
  const names = [...objects.values()].flatMap(({ head }) => [...head.matchAll(/\/(F\d+) (\d+) 0 R/g)])
  return new Map(
    names.map(([, name = '', id]) => {
      const map = referred(objects.get(Number(id))?.head ?? '', 'ToUnicode')
      return [name, map < 0 ? undefined : codesOf(bodyOf(objects, map).toString('latin1'))] as const
    }),
  )
}

const codesOf = (map: string): string[] => {
  const codes: string[] = []
  for (const [, first = '', list = ''] of map.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi)) {
    const texts = [...list.matchAll(/<([0-9a-f ]*)>/gi)].map(([, hex = '']) => utf16(hex.replaceAll(' ', '')))
    for (const [index, text] of texts.entries()) codes[Number.parseInt(first, 16) + index] = text
  }
  return codes
}

const utf16 = (hex: string): string => new TextDecoder('utf-16be').decode(Buffer.from(hex, 'hex'))

function writtenOn(content: string, fonts: ReadonlyMap<string, readonly string[] | undefined>): Written[] {
  const found: Written[] = []
  let [font, x, y] = ['', 0, 0]
  for (const { groups = {} } of content.matchAll(
    /1 0 0 1 (?<x>[\d.]+) (?<y>[\d.]+) Tm|\/(?<font>F\d+) [\d.]+ Tf|\[(?<shown>[^\]]*)\] TJ/g,
  )) {
    if (groups.font !== undefined) font = groups.font
    else if (groups.shown === undefined) [x, y] = [Number(groups.x), Number(groups.y)]
    else found.push({ x, y, font, text: textIn(groups.shown, fonts.get(font)) })
  }
  return found
}

function textIn(shown: string, codes: readonly string[] | undefined): string {
  const hex = [...shown.matchAll(/<([0-9a-f]*)>/gi)].map(([, one = '']) => one).join('')
  if (codes === undefined) return Buffer.from(hex, 'hex').toString('latin1')
  return (hex.match(/.{4}/g) ?? []).map((code) => codes[Number.parseInt(code, 16)] ?? '\ufffd').join('')
}
