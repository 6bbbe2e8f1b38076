/**
 * *Pure.* The 64-bit records of a ZIP. Programs that write while they do not know how long a part becomes use them for small
 * documents as well. A number that does not fit where it was before is all ones there, and stands here.
 */

const signatures = { end: 0x06064b50, locator: 0x07064b50 }
export const sizes = { end: 56, locator: 20 }
const extraId = 1
const elsewhere32 = 0xffff_ffff
const elsewhere16 = 0xffff

/** What an end record says. */
export interface DirectoryPlace {
  readonly count: number
  readonly length: number
  readonly start: number
}

/** Where the end record is, by the locator before the old one; undefined when that is none, NaN for one of several disks. */
export function endPlace(locator: Buffer): number | undefined {
  if (locator.length < sizes.locator || locator.readUInt32LE(0) !== signatures.locator) return undefined
  return locator.readUInt32LE(4) === 0 && locator.readUInt32LE(16) === 1 ? wide(locator, 8) : Number.NaN
}

/** @returns undefined when it is damaged, or says something else than the old record where that says anything. */
export function directoryPlace(end: Buffer, before: DirectoryPlace): DirectoryPlace | undefined {
  if (end.length !== sizes.end || end.readUInt32LE(0) !== signatures.end) return undefined
  // Records of version 2, with more in them, are those of encrypted archives.
  if (wide(end, 4) !== sizes.end - 12) return undefined
  const place = { count: wide(end, 32), length: wide(end, 40), start: wide(end, 48) }
  const agrees =
    (before.count === elsewhere16 || before.count === place.count) &&
    (before.length === elsewhere32 || before.length === place.length) &&
    (before.start === elsewhere32 || before.start === place.start)
  return agrees ? place : undefined
}

export interface EntryNumbers {
  readonly unpacked: number
  readonly bytes: number
  readonly offset: number
}

/** Those of an entry, with what its extra field says; undefined when something is missing there. */
export function entryNumbers(given: EntryNumbers, extra: Buffer): EntryNumbers | undefined {
  const names = (['unpacked', 'bytes', 'offset'] as const).filter((name) => given[name] === elsewhere32)
  if (names.length === 0) return given
  const field = extraField(extra)
  if (field === undefined || field.length < 8 * names.length) return undefined
  return { ...given, ...Object.fromEntries(names.map((name, n) => [name, wide(field, 8 * n)])) }
}

/** The first one, as there may be one only. */
function extraField(extra: Buffer): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === extraId) return extra.subarray(at + 4, at + 4 + length)
    at += 4 + length
  }
  return undefined
}

/** Beyond 2^53 it is no place in a file, rounded or not. */
const wide = (buffer: Buffer, at: number): number => Number(buffer.readBigUInt64LE(at))
