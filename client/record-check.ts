/** Compares a record with the heads that this device was handed out, by making every hash anew: nobody has to be believed. */
import type { AttendanceEntry, Head } from '../src/protocol/index.ts'

export interface HeadsChecked {
  /** How many of the kept heads this record has as they were handed out. */
  readonly matching: number
  /** Those it contradicts, or ends before: something they cover is not as it was. */
  readonly contradicted: readonly Head[]
}

const nothingBefore = '0'.repeat(64)

/** The cost grows with the record. @throws where the page is not served securely: browsers hash only there. */
export async function checkHeads(entries: readonly AttendanceEntry[], kept: readonly Head[]): Promise<HeadsChecked> {
  // Loaded on demand: few ever look.
  const { default: canonical } = await import('canonicalize')
  const hashes: string[] = []
  let before = nothingBefore
  for (const [index, entry] of entries.entries()) {
    if (entry.n !== index + 1 || entry.prev !== before) break
    before = await digestOf(canonical(entry) ?? '')
    hashes.push(before)
  }
  const contradicted = kept.filter(({ n, hash }) => hashes[n - 1] !== hash)
  return { matching: kept.length - contradicted.length, contradicted }
}

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
