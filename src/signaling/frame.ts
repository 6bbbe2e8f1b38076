/**
 * Pure: reads a frame so that nobody else can read it differently. JSON leaves open what a repeated name means, how deep
 * one must be able to read, what becomes of numbers that no double holds and of half characters (RFC 8259 §4, 6, 8.2, 9).
 */

/** The deepest params of the protocol have 6 levels. */
export const mostLevels = 32

/** @returns the value, or undefined for what is no JSON, repeats a name within one object, or is nested too deep. */
export function readFrame(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  // JSON.parse keeps one of several entries of the same name, so fewer names are found in the value than were written.
  return countNames(value, mostLevels) === countWrittenNames(text) ? value : undefined
}

export interface Flaw {
  /** A JSON pointer, as ajv writes it. */
  readonly path: string
  readonly rule: 'wellFormed' | 'safeNumber'
}

/** The first text with half a surrogate pair, or number beyond ±(2^53 − 1): other programs would read another one. */
export function findFlaw(value: unknown): Flaw | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : { path: '', rule: 'wellFormed' }
  if (typeof value === 'number')
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? undefined : { path: '', rule: 'safeNumber' }
  if (typeof value !== 'object' || value === null) return undefined
  for (const name in value) {
    if (!name.isWellFormed()) return { path: '', rule: 'wellFormed' }
    const flaw = findFlaw((value as Record<string, unknown>)[name])
    if (flaw !== undefined) return { path: `/${name}${flaw.path}`, rule: flaw.rule }
  }
  return undefined
}

/** Names in all objects of the value; NaN when it is nested deeper than `levels`. */
function countNames(value: unknown, levels: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (levels === 0) return Number.NaN
  let count = 0
  if (Array.isArray(value)) {
    for (const entry of value) count += countNames(entry, levels - 1)
    return count
  }
  // What JSON.parse made inherits no enumerable name.
  for (const name in value) count += 1 + countNames((value as Record<string, unknown>)[name], levels - 1)
  return count
}

/** @param text valid JSON: a string before a colon is a name. */
function countWrittenNames(text: string): number {
  let count = 0
  for (let open = text.indexOf('"'); open !== -1; open = text.indexOf('"', open)) {
    let end = text.indexOf('"', open + 1)
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
    open = end + 1
    while (isSpace(text.charCodeAt(open))) open += 1
    if (text.charCodeAt(open) === colon) count += 1
  }
  return count
}

const colon = 0x3a
const backslash = 0x5c

function isEscaped(text: string, at: number): boolean {
  let before = at - 1
  while (text.charCodeAt(before) === backslash) before -= 1
  return (at - before) % 2 === 0
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
