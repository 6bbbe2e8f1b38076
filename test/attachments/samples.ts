/** Files as people send them, as small as they can be; and liars. */
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))
/** Enough for whoever looks at the first bytes only. */
const padded = (...parts: (string | number[])[]): Buffer => Buffer.concat([bytes(...parts), Buffer.alloc(64)])

export const pdf = bytes(
  '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n',
)
export const png = padded(
  [0x89],
  'PNG\r\n',
  [0x1a, 0x0a, 0, 0, 0, 13],
  'IHDR',
  [0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0],
  [1, 2, 3, 4, 0, 0, 0, 9],
  'IDAT',
)
export const jpeg = padded([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF', [0, 1, 1, 0])
export const gif = padded('GIF89a', [1, 0, 1, 0, 0x80, 0, 0])
export const webp = padded('RIFF', [26, 0, 0, 0], 'WEBPVP8 ', [14, 0, 0, 0])
export const heic = padded([0, 0, 0, 24], 'ftypheic', [0, 0, 0, 0], 'mif1heic')
export const executable = padded('MZ', [0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xff, 0xff])
export const elf = padded([0x7f], 'ELF', [2, 1, 1, 0])
export const compoundFile = padded([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])

export type Parts = Readonly<Record<string, string | Buffer>>

/**
 * @param stored parts that are not compressed.
 * @param wide with every number in the 64-bit records.
 */
export function zipOf(parts: Parts, stored: readonly string[] = [], wide = false): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(parts)) {
    zip.addBuffer(Buffer.from(content), name, { compress: !stored.includes(name), forceZip64Format: wide })
  }
  zip.end({ forceZip64Format: wide, comment: '' })
  return buffer(zip.outputStream)
}

const families = {
  docx: ['word/document.xml', 'wordprocessingml.document'],
  xlsx: ['xl/workbook.xml', 'spreadsheetml.sheet'],
  pptx: ['ppt/presentation.xml', 'presentationml.presentation'],
} as const

export const openXmlTypeOf = (family: keyof typeof families): string =>
  `application/vnd.openxmlformats-officedocument.${families[family][1]}`

export const contentTypes = (main: string, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${main}"/>${more}</Types>`

/** A document of Microsoft's kind, with further parts. */
export const openXml = (family: keyof typeof families, more: Parts = {}, types?: string): Promise<Buffer> =>
  zipOf({
    '[Content_Types].xml': types ?? contentTypes(`${openXmlTypeOf(family)}.main+xml`),
    '_rels/.rels': '<Relationships/>',
    [families[family][0]]: '<x/>'.repeat(100),
    ...more,
  })

export const openDocumentTypeOf = (kind: 'text' | 'spreadsheet' | 'presentation'): string =>
  `application/vnd.oasis.opendocument.${kind}`

/** A document of LibreOffice's kind, with further parts. */
export const openDocument = (kind: 'text' | 'spreadsheet' | 'presentation', more: Parts = {}): Promise<Buffer> =>
  zipOf({ mimetype: openDocumentTypeOf(kind), 'content.xml': '<office:document-content/>', ...more }, ['mimetype'])

/** In parts of a size, as they come over a network. */
export async function* inParts(file: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.byteLength; at += size) yield file.subarray(at, at + size)
}
