/**
 * Checks the file of a record against itself and against heads that somebody has kept. *Pure.*
 *
 * The file alone shows that nobody changed it who does not hold the node's key. A kept head shows more: whatever was changed,
 * left out or put in up to it is found, whoever did it, for no other entries have that hash.
 */
import { canonical } from '../protocol/canonical.ts'
import type { AttendanceContent, AttendanceEntry, AttendanceRecord, Fact, Head } from '../protocol/index.ts'
import { headsOf } from './chain.ts'
import { isCommittedTo } from './commitment.ts'
import { evidenceOf } from './evidence.ts'
import { fileFormat, fileVersion, type RecordFile } from './record-file.ts'
import { isSealOf, type PublicKey } from './seal.ts'
import { recordOf, standingIn } from './standing.ts'
import { cannotBeAbsent, ruleVersion, verdictOf } from './verdict.ts'

export interface Trusted {
  /** Heads that a party has kept. */
  readonly heads?: readonly Head[]
  /** Keys of the service, got in another way than from the file. */
  readonly keys?: readonly PublicKey[] | undefined
}

export interface Finding {
  readonly ok: boolean
  readonly what: string
}

export interface Verification {
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** What the file cannot show. */
  readonly remarks: readonly string[]
}

/** @param value of a file, as JSON. */
export function verifyRecord(value: unknown, { heads = [], keys }: Trusted = {}): Verification {
  if (!isRecordFile(value)) return failed('this is no attendance record that this program knows')
  try {
    return verifyFile(value, { heads, keys })
  } catch {
    return failed('the file is damaged: something in it is not of the kind it should be')
  }
}

function verifyFile(value: RecordFile, { heads = [], keys }: Trusted): Verification {
  const { record, entries, contents, seals } = value
  const chain = headsOf(entries)
  const findings: Finding[] = []
  const say = (ok: boolean, what: string) => findings.push({ ok, what })

  if (chain.broken === undefined) say(true, `the chain of ${entries.length} entries is whole`)
  else say(false, `the chain is broken at entry ${chain.broken.n}`)
  const newest = chain.heads.at(-1)
  const ends = newest?.n === record.head.n && newest.hash === record.head.hash
  say(
    ends,
    ends ? `it ends with head ${spelt(record.head)}` : `it does not end with the head it names, ${record.head.n}`,
  )
  const named = entries.every(({ appointment }) => appointment === record.appointment)
  if (!named) say(false, 'it has entries of another appointment')

  for (const head of heads) say(hasHead(chain.heads, head), sayHead(chain.heads, head))
  const strange = contents.filter((content) => !isOf(entries, content))
  if (strange.length > 0) say(false, `${strange.length} of the contents are not what the entries committed to`)
  else if (contents.length > 0) say(true, `all ${contents.length} contents are what the entries committed to`)

  const known = keys ?? value.keys
  const bad = seals.filter((seal) => {
    const key = known.find(({ kid }) => kid === seal.kid)
    return (
      key === undefined ||
      seal.appointment !== record.appointment ||
      !isSealOf(seal, key) ||
      !hasHead(chain.heads, seal)
    )
  })
  for (const { n, kid } of bad) say(false, `the seal of head ${n} by key ${kid.slice(0, 16)} is not valid`)
  if (seals.length > 0 && bad.length === 0) say(true, `all ${seals.length} seals are valid`)

  const told = chain.broken === undefined ? untrue(value) : []
  for (const name of told) say(false, `what it says of "${name}" at its head does not follow from its entries`)
  if (chain.broken === undefined && told.length === 0)
    say(true, `its entries say ${sayVerdict(record)}, as its head does`)

  const wrong = entries.filter(({ fact }, index) => isAgainstRule(fact, entries.slice(0, index)))
  for (const { n } of wrong) say(false, `the verdict proposed in entry ${n} does not follow from the entries before it`)
  const unjust = entries.filter(({ fact }, index) => isUnjust(fact, entries.slice(0, index)))
  for (const { n } of unjust) say(false, `"absent", confirmed in entry ${n}, was excluded by the entries before it`)
  return { ok: findings.every(({ ok }) => ok), findings, remarks: remarksOn(value, heads, keys) }
}

const failed = (what: string): Verification => ({ ok: false, findings: [{ ok: false, what }], remarks: [] })

export const spelt = ({ n, hash }: Head): string => `${n}:${hash}`

/** @throws Error for text that is no head. */
export function parseHead(text: string): Head {
  const [, n, hash] = /^(\d{1,15}):([a-f0-9]{64})$/.exec(text) ?? []
  if (n === undefined || hash === undefined)
    throw new Error(`"${text.slice(0, 80)}" is no head: <number>:<64 hexadecimal digits>`)
  return { n: Number(n), hash }
}

const hasHead = (heads: readonly Head[], { n, hash }: Head): boolean => heads[n - 1]?.hash === hash

function sayHead(heads: readonly Head[], head: Head): string {
  if (hasHead(heads, head)) return `everything up to entry ${head.n} is as it was when head ${head.n} was handed out`
  if (head.n > heads.length) return `head ${head.n} was handed out, but the record ends before it`
  return `something up to entry ${head.n} is not as it was when head ${head.n} was handed out`
}

const isOf = (entries: readonly AttendanceEntry[], content: AttendanceContent): boolean => {
  const entry = entries[content.n - 1]
  return entry !== undefined && isCommittedTo(entry, content)
}

/** What stands at the head of the file is for people; whoever reads no farther is to read what the entries say. @returns what is not so. */
function untrue({ record, entries, contents }: RecordFile): string[] {
  const standing = standingIn(record.region, entries, contents)
  const evidence = evidenceOf(entries)
  const told: AttendanceRecord = recordOf(standing, evidence === undefined || cannotBeAbsent(evidence))
  const names = new Set([...Object.keys(told), ...Object.keys(record)]) as Set<keyof AttendanceRecord>
  // Of the head there is a line of its own.
  names.delete('head')
  return [...names].filter((name) => spoken(told[name]) !== spoken(record[name]))
}

const spoken = (value: unknown): string => canonical({ value })

const sayVerdict = ({ state, verdict }: AttendanceRecord): string =>
  verdict === undefined ? 'that there is no verdict yet' : `the verdict "${verdict}", ${state}`

/** Proposals by another version of the rule are not judged. */
function isAgainstRule(fact: Fact, before: readonly AttendanceEntry[]): boolean {
  if (fact.type !== 'verdictProposed' || fact.rule !== ruleVersion) return false
  // One that leaves the newest entries aside would follow from whatever is left.
  if (fact.evidence !== before.length) return true
  const evidence = evidenceOf(before)
  if (evidence === undefined) return true
  const { verdict, because } = verdictOf(evidence)
  return verdict !== fact.verdict || String(because) !== String(fact.because)
}

/** Whatever a person thinks, nobody is absent whom the rule excludes from it. */
function isUnjust(fact: Fact, before: readonly AttendanceEntry[]): boolean {
  if (fact.type !== 'verdictConfirmed' || fact.verdict !== 'absent') return false
  const evidence = evidenceOf(before)
  return evidence === undefined || cannotBeAbsent(evidence)
}

function remarksOn({ entries, contents, seals }: RecordFile, heads: readonly Head[], keys: Trusted['keys']): string[] {
  const committed = entries.reduce((sum, { personal = {} }) => sum + Object.keys(personal).length, 0)
  const gone = committed - contents.length
  const newest = seals.reduce((most, { n }) => Math.max(most, n), 0)
  return [
    ...(heads.length === 0
      ? ['without a head that somebody kept, a change by whoever holds the node’s key cannot be seen']
      : []),
    ...(keys === undefined && seals.length > 0
      ? ['the seals were checked with the keys in the file; compare them with those the service publishes (--keys)']
      : []),
    ...(newest < entries.length ? [`entries after ${newest} are not sealed yet`] : []),
    ...(gone > 0
      ? [`${gone} personal contents are not in the file, as after an erasure; the chain does not need them`]
      : []),
  ]
}

/** Enough of its shape to check the rest. */
function isRecordFile(value: unknown): value is RecordFile {
  if (!isObject(value) || value.format !== fileFormat || value.version !== fileVersion) return false
  const { record, entries, contents, seals, keys } = value
  return (
    isObject(record) &&
    isObject(record.head) &&
    [entries, contents, seals, keys].every((list) => Array.isArray(list) && list.every(isObject)) &&
    (entries as unknown[]).every((entry) => isObject(entry) && isObject(entry.fact))
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
