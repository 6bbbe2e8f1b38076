/** A font as it is packed for the web (WOFF 1.0), unpacked. *Pure.* The library of PDF would unpack a table for each of its letters. */
import { inflateSync } from 'node:zlib'

const [woffHeader, woffEntry] = [44, 20]
const [sfntHeader, sfntEntry] = [12, 16]

/** @throws Error for what is no WOFF file. */
export function unpacked(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('this is no WOFF file')
  const count = woff.readUInt16BE(12)
  const power = Math.floor(Math.log2(count))
  const head = Buffer.alloc(sfntHeader + count * sfntEntry)
  woff.copy(head, 0, 4, 8)
  head.writeUInt16BE(count, 4)
  head.writeUInt16BE(sfntEntry * 2 ** power, 6)
  head.writeUInt16BE(power, 8)
  head.writeUInt16BE(sfntEntry * (count - 2 ** power), 10)
  const tables: Buffer[] = [head]
  let offset = head.length
  for (let n = 0; n < count; n += 1) {
    const from = woffHeader + n * woffEntry
    const [start, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(from + field)) as [
      number,
      number,
      number,
    ]
    const stored = woff.subarray(start, start + packed)
    const table = packed < length ? inflateSync(stored) : stored
    const entry = sfntHeader + n * sfntEntry
    woff.copy(head, entry, from, from + 4)
    woff.copy(head, entry + 4, from + 16, from + 20)
    head.writeUInt32BE(offset, entry + 8)
    head.writeUInt32BE(length, entry + 12)
    // Each begins at a multiple of four.
    const padded = Buffer.alloc(Math.ceil(length / 4) * 4)
    table.copy(padded)
    tables.push(padded)
    offset += padded.length
  }
  return Buffer.concat(tables)
}
