/**
 * What is personal stands in the chain as a commitment only: SHA-256 of a salt of 32 bytes and the text. *Pure.* Once salt and
 * text are erased nobody can find out what it was, not even by trying all ids of a country, and the chain is as whole as before.
 */
import { createHash } from 'node:crypto'
import type { AttendanceContent, AttendanceEntry } from '../protocol/index.ts'

export const saltBytes = 32

/** @param salt in hexadecimal. */
export const commitmentTo = (salt: string, value: string): string =>
  createHash('sha256').update(Buffer.from(salt, 'hex')).update(value, 'utf8').digest('hex')

/** Whether this is what the entry committed to. */
export const isCommittedTo = ({ personal = {} }: AttendanceEntry, { name, salt, value }: AttendanceContent): boolean =>
  Object.hasOwn(personal, name) && personal[name] === commitmentTo(salt, value)
