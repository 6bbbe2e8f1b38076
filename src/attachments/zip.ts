/**
 * What a ZIP says is in it, by its central directory, which is what office programs go by. Nothing is unpacked but single
 * entries that are asked for, up to a stated size, so that a small file cannot become a large one here.
 */
import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import type { Contents } from './files.ts'
import { refusal } from './refusals.ts'
import * as zip64 from './zip64.ts'

export interface ZipEntry {
  readonly name: string
  readonly method: number
  /** In the archive. */
  readonly bytes: number
  /** Of its local header. */
  readonly offset: number
}

const inflate = promisify(inflateRaw)

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 }
const sizes = { local: 30, central: 46, end: 22 }
/** A comment that follows the end record. */
const longestComment = 65_535
/** A document of ten thousand parts is none that somebody wrote. */
const limits = { directoryBytes: 4 * 1024 * 1024, entries: 20_000 }
const [stored, deflated] = [0, 8]

/** @throws VisavisError UNSUPPORTED when it is damaged, larger than documents are, or has more in it than it says. */
export async function readDirectory(file: Contents): Promise<readonly ZipEntry[]> {
  const tail = await file.read(
    Math.max(0, file.bytes - sizes.end - longestComment),
    Math.min(file.bytes, sizes.end + longestComment),
  )
  const end = findEnd(tail)
  if (end === undefined) throw refusal('damaged')
  const at = file.bytes - tail.length + end
  const old = {
    count: tail.readUInt16LE(end + 10),
    length: tail.readUInt32LE(end + 12),
    start: tail.readUInt32LE(end + 16),
  }
  const { count, length, start, endsAt } = (await readWide(file, at, old)) ?? { ...old, endsAt: at }
  // Another reader might find something else in what lies between.
  if (start + length !== endsAt || length > limits.directoryBytes || count > limits.entries) throw refusal('damaged')
  const directory = await file.read(start, length)
  const entries = entriesOf(directory)
  if (entries.length !== count) throw refusal('damaged')
  return entries
}

/** @throws VisavisError UNSUPPORTED when it is damaged or unpacks to more than `most` bytes. */
export async function readEntry(file: Contents, { offset, bytes, method }: ZipEntry, most: number): Promise<Buffer> {
  const header = await file.read(offset, sizes.local)
  if (bytes > most || header.length < sizes.local || header.readUInt32LE(0) !== signatures.local) {
    throw refusal('damaged')
  }
  const start = offset + sizes.local + header.readUInt16LE(26) + header.readUInt16LE(28)
  const packed = await file.read(start, bytes)
  if (method === stored) return packed
  if (method !== deflated) throw refusal('damaged')
  return inflate(packed, { maxOutputLength: most }).catch(() => {
    throw refusal('damaged')
  })
}

/** What the 64-bit end record before the old one says, and where it begins; undefined when there is none. */
async function readWide(file: Contents, at: number, old: zip64.DirectoryPlace) {
  const locatorAt = at - zip64.sizes.locator
  if (locatorAt < 0) return undefined
  const endsAt = zip64.endPlace(await file.read(locatorAt, zip64.sizes.locator))
  if (endsAt === undefined) return undefined
  if (endsAt + zip64.sizes.end !== locatorAt) throw refusal('damaged')
  const place = zip64.directoryPlace(await file.read(endsAt, zip64.sizes.end), old)
  if (place === undefined) throw refusal('damaged')
  return { ...place, endsAt }
}

/** The end record is the last whose comment reaches exactly to the end of the file. */
function findEnd(tail: Buffer): number | undefined {
  for (let at = tail.length - sizes.end; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== signatures.end) continue
    if (at + sizes.end + tail.readUInt16LE(at + 20) === tail.length) return at
  }
  return undefined
}

function entriesOf(directory: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = []
  let at = 0
  while (at + sizes.central <= directory.length && directory.readUInt32LE(at) === signatures.central) {
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field))
    const nameAt = at + sizes.central
    const next = nameAt + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0)
    if (next > directory.length) break
    const extraAt = nameAt + (nameLength ?? 0)
    const numbers = zip64.entryNumbers(
      {
        unpacked: directory.readUInt32LE(at + 24),
        bytes: directory.readUInt32LE(at + 20),
        offset: directory.readUInt32LE(at + 42),
      },
      directory.subarray(extraAt, extraAt + (extra ?? 0)),
    )
    if (numbers === undefined) break
    entries.push({
      name: directory.toString('utf8', nameAt, nameAt + (nameLength ?? 0)),
      method: directory.readUInt16LE(at + 10),
      bytes: numbers.bytes,
      offset: numbers.offset,
    })
    at = next
  }
  if (at !== directory.length) throw refusal('damaged')
  return entries
}
