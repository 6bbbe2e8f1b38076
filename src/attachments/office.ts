/** Which document of an office program a ZIP is, and whether there are macros in it. */
import type { Contents } from './files.ts'
import { refusal } from './refusals.ts'
import { readDirectory, readEntry, type ZipEntry } from './zip.ts'

/** Of `[Content_Types].xml` and of `mimetype`; those of real documents have some kilobytes. */
const most = { contentTypes: 1024 * 1024, mimetype: 100 }

const openXml = [
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
]
const openDocument = [
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
]

/** Parts that hold macros (of Excel 4 as well), and documents inside that may. */
const macroParts = [
  /(^|\/)vba(project|data)/i,
  /(^|\/)(macrosheets|intlmacrosheets)\//i,
  /^(basic|scripts)\//i,
  /\.(doc|dot|xls|xlt|xla|ppt|pot|pps|ppa|sld)m$/i,
  /\.xlsb$/i,
]
const macroTypes = /macro|vba/i

/** @throws VisavisError UNSUPPORTED. */
export async function documentType(file: Contents): Promise<string> {
  const entries = await readDirectory(file)
  if (entries.some(({ name }) => macroParts.some((part) => part.test(name)))) throw refusal('macros')
  const contentTypes = entries.filter(({ name }) => name.toLowerCase() === '[content_types].xml')
  if (contentTypes.length > 0) return openXmlType(file, contentTypes)
  const [first] = entries
  if (first?.name === 'mimetype') return openDocumentType(file, first)
  throw refusal('archive', 'application/zip')
}

async function openXmlType(file: Contents, found: readonly ZipEntry[]): Promise<string> {
  const [entry, second] = found
  // Two readers could take two of them.
  if (entry === undefined || second !== undefined) throw refusal('damaged')
  const xml = (await readEntry(file, entry, most.contentTypes)).toString('utf8')
  // Written with entities a type could be another one than it seems; real ones have none.
  if (xml.includes('&') || xml.includes('<!')) throw refusal('damaged')
  if (macroTypes.test(xml)) throw refusal('macros')
  const [type, other] = openXml.filter((candidate) => xml.includes(`"${candidate}.main+xml"`))
  if (type === undefined || other !== undefined) throw refusal('archive', 'application/zip')
  return type
}

async function openDocumentType(file: Contents, entry: ZipEntry): Promise<string> {
  const type = (await readEntry(file, entry, most.mimetype)).toString('latin1')
  if (!openDocument.includes(type)) throw refusal('archive', 'application/zip')
  return type
}
