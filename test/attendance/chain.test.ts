/** The chain and its check: whatever is done to a record shows. */
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { chainAfter, emptyHead, headsOf } from '../../src/attendance/chain.ts'
import { commitmentTo, isCommittedTo } from '../../src/attendance/commitment.ts'
import { evidenceOf } from '../../src/attendance/evidence.ts'
import type { RecordFile } from '../../src/attendance/record-file.ts'
import { isSealOf, keyId, type PublicKey, seal } from '../../src/attendance/seal.ts'
import { recordOf, standingIn } from '../../src/attendance/standing.ts'
import { cannotBeAbsent, ruleVersion, verdictOf } from '../../src/attendance/verdict.ts'
import { parseHead, verifyRecord } from '../../src/attendance/verify.ts'
import { canonical } from '../../src/protocol/canonical.ts'
import type { AttendanceEntry, Fact, Head } from '../../src/protocol/index.ts'
import { anyFact, chained, happening, window } from './facts.ts'

const runs = { numRuns: 1_000 }
const facts = fc.array(happening(anyFact), { minLength: 2, maxLength: 12 })

/** @param like the entries that what stands at its head follows from: nothing follows from such as do not hold together. */
const fileOf = (entries: readonly AttendanceEntry[], like = entries): RecordFile => {
  const evidence = evidenceOf(like)
  return {
    ...({ format: 'visavis-attendance', version: 1, exportedAt: 1 } as const),
    record: {
      ...recordOf(standingIn('r', like, []), evidence !== undefined && cannotBeAbsent(evidence)),
      ...{ appointment: 'a1', head: newest(entries) },
    },
    ...{ entries, contents: [], seals: [], keys: [] },
  }
}
const newest = (entries: readonly AttendanceEntry[]): Head => headsOf(entries).heads.at(-1) ?? emptyHead

t.test('JSON is canonical as RFC 8785 has it', async (t) => {
  // The example of section 3.2.3, and the numbers of its appendix B that JSON of this service has.
  const example = {
    peach: 'x',
    péché: 'y',
    pêche: 'z',
    sin: 1e21,
    '\u20ac': 0.002,
    1: -0,
    a: [1e-7, 4.5],
  }
  const text = '{"1":0,"a":[1e-7,4.5],"peach":"x","péché":"y","pêche":"z","sin":1e+21,"€":0.002}'
  t.equal(canonical(example), text)
  t.equal(canonical({ b: '\u000f\n"\\\u2028', a: null }), '{"a":null,"b":"\\u000f\\n\\"\\\\\u2028"}')
  t.throws(() => canonical({ a: Number.NaN }))
  t.throws(() => canonical({ a: '\ud800' }))
})

t.test('an untouched record is good, and any head of it is found in it', async () => {
  fc.assert(
    fc.property(facts, (those) => {
      const entries = chained(those)
      const { heads, broken } = headsOf(entries)
      return broken === undefined && verifyRecord(fileOf(entries), { heads }).ok
    }),
    runs,
  )
})

/** What can be done to a list of entries by somebody who cannot chain anew. */
const tampering = fc.oneof(
  fc.record({
    ...{ does: fc.constant('edit' as const), at: fc.nat() },
    what: fc.constantFrom('at', 'recordedAt', 'fact', 'within', 'personal', 'appointment'),
  }),
  fc.record({ does: fc.constant('drop' as const), at: fc.nat() }),
  fc.record({ does: fc.constant('swap' as const), at: fc.nat() }),
  fc.record({ does: fc.constant('repeat' as const), at: fc.nat() }),
  fc.record({ does: fc.constant('truncate' as const), at: fc.nat() }),
)
type Tampering = typeof tampering extends fc.Arbitrary<infer T> ? T : never

/** The entry with one thing in it changed, wherever in it that is. */
function edited(entry: AttendanceEntry, what: string): AttendanceEntry {
  const { fact, personal = {} } = entry
  if (what === 'at') return { ...entry, at: entry.at + 1 }
  if (what === 'recordedAt') return { ...entry, recordedAt: entry.recordedAt - 1 }
  if (what === 'personal') return { ...entry, personal: { ...personal, note: 'ab'.repeat(32) } }
  if (what === 'appointment') return { ...entry, appointment: `${entry.appointment}x` }
  // Of a fact something that it says, or the whole of it (nobody ends a talk as "jobseeker" in what is drawn).
  if (what === 'within') return { ...entry, fact: Object.assign({ ...fact }, { more: 1 }) }
  const other: Fact = { type: 'ended', by: 'jobseeker' }
  return { ...entry, fact: other }
}

function tamper(entries: readonly AttendanceEntry[], act: Tampering): AttendanceEntry[] {
  const index = act.at % (entries.length - 1)
  const [one, next] = [entries[index], entries[index + 1]]
  if (one === undefined || next === undefined) throw new Error('too short')
  if (act.does === 'edit') return entries.with(index, edited(one, act.what))
  if (act.does === 'drop') return entries.toSpliced(index, 1)
  if (act.does === 'swap') return entries.with(index, next).with(index + 1, one)
  if (act.does === 'repeat') return entries.toSpliced(index, 0, one)
  return entries.slice(0, index + 1)
}

t.test('any edit, drop, swap, repeat or truncation is found by the newest head', async () => {
  fc.assert(
    fc.property(facts, tampering, (those, act) => {
      const entries = chained(those)
      const kept = newest(entries)
      const touched = tamper(entries, act)
      // Whoever tampers writes the head of their own version into the file, and what follows from it.
      const like = headsOf(touched).broken === undefined ? touched : entries
      return !verifyRecord(fileOf(touched, like), { heads: [kept] }).ok
    }),
    runs,
  )
})

t.test('what is not at the end shows without any head', async () => {
  fc.assert(
    fc.property(facts, tampering, (those, act) => {
      if (act.does === 'truncate') return true
      return headsOf(tamper(chained(those), act)).broken !== undefined
    }),
    runs,
  )
})

t.test('chained anew, a change is found by every head that covers it and by no other', async () => {
  fc.assert(
    fc.property(facts, fc.nat(), (those, place) => {
      const entries = chained(those)
      const { heads } = headsOf(entries)
      const index = place % entries.length
      const changed = entries.map(({ n: _n, prev: _prev, ...loose }, i) =>
        i === index ? { ...loose, recordedAt: loose.recordedAt + 1 } : loose,
      )
      const forged = fileOf(chainAfter(emptyHead, changed).map(({ entry }) => entry))
      return heads.every((head) => verifyRecord(forged, { heads: [head] }).ok === head.n <= index)
    }),
    { numRuns: 300 },
  )
})

t.test('a file that is damaged in whatever way is not good, and never ends the check', async () => {
  const good = fileOf(chained([]))
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('entries', 'record', 'contents', 'seals', 'keys'), (value, field) => {
      const { ok } = verifyRecord({ ...good, [field]: value })
      return typeof ok === 'boolean' && !verifyRecord(value).ok
    }),
    runs,
  )
})

t.test('"absent" that a person has confirmed against the rule is found', async (t) => {
  const confirmed: Fact = { type: 'verdictConfirmed', verdict: 'absent', by: 'advisor' }
  const tried: Fact = { type: 'attempt', party: 'jobseeker', cause: 'unreachable' }
  const check = (...those: readonly Fact[]) =>
    verifyRecord(fileOf(chained(those.map((fact) => ({ at: window.from, fact })))))
  t.ok(check(confirmed).ok, 'what nothing speaks against a person may weigh')
  t.ok(check(confirmed, tried).ok, 'it came later')
  const { ok, findings } = check(tried, confirmed)
  t.notOk(ok)
  t.same(findings.filter((one) => !one.ok).length, 1)
  t.ok(check(tried, { ...confirmed, verdict: 'undetermined' }).ok)
})

t.test('what stands at the head of the file for people has to follow from the entries', async (t) => {
  const tried: Fact = { type: 'attempt', party: 'jobseeker', cause: 'camera-denied' }
  const before = chained([{ at: window.from, fact: tried }])
  const evidence = evidenceOf(before)
  if (evidence === undefined) throw new Error('no evidence')
  const { verdict, because } = verdictOf(evidence)
  const proposed: Fact = {
    ...{ type: 'verdictProposed', verdict, because: [...because], rule: ruleVersion, evidence: before.length },
  }
  const file = fileOf(chained([tried, proposed].map((fact) => ({ at: window.from, fact }))))
  const { ok, findings } = verifyRecord(file)
  t.ok(ok, JSON.stringify(findings))
  t.ok(findings.some(({ what }) => what.includes('the verdict "technical-user", proposed')))
  const lies: readonly Partial<RecordFile['record']>[] = [
    { verdict: 'absent' },
    { state: 'confirmed' },
    { because: ['nothing-from-jobseeker'] },
    { cannotBeAbsent: false },
    { window: { ...window, from: window.from + 1 } },
    { jobseeker: 'somebody-else' },
    { advisor: 'somebody-else' },
  ]
  for (const lie of lies) {
    const forged = verifyRecord({ ...file, record: { ...file.record, ...lie } })
    const [name = ''] = Object.keys(lie)
    t.notOk(forged.ok, name)
    t.match(
      forged.findings.filter((one) => !one.ok),
      [{ what: new RegExp(`"${name}"`) }],
    )
  }
})

t.test('a verdict that leaves the newest evidence aside is found', async (t) => {
  const invited: Fact = { type: 'invitation', to: 'jobseeker', about: 'booked', step: 'read', begins: window.from }
  const well: Fact = { type: 'health', from: 0, until: window.until, covered: true, incidents: [], probes: [] }
  const late: Fact = { type: 'attempt', party: 'jobseeker', cause: 'unreachable' }
  const absent = (evidence: number): Fact => ({
    ...{ type: 'verdictProposed', verdict: 'absent', because: ['nothing-from-jobseeker'], rule: ruleVersion, evidence },
  })
  const check = (...those: readonly Fact[]) =>
    verifyRecord(fileOf(chained(those.map((fact, n) => ({ at: n, fact }))))).ok
  t.ok(check(invited, well, absent(3)))
  t.notOk(check(invited, well, late, absent(3)), 'the try is before it, and not looked at')
  t.notOk(check(invited, well, late, absent(4)))
  t.notOk(check(invited, well, absent(9)))
})

t.test('a commitment holds for its text and salt only', async (t) => {
  const [entry] = chained([])
  const salt = 'ab'.repeat(32)
  if (entry === undefined) throw new Error('no entry')
  const committed = { ...entry, personal: { reason: commitmentTo(salt, 'ill') } }
  t.ok(isCommittedTo(committed, { n: 1, name: 'reason', salt, value: 'ill' }))
  t.notOk(isCommittedTo(committed, { n: 1, name: 'reason', salt, value: 'Ill' }))
  t.notOk(isCommittedTo(committed, { n: 1, name: 'reason', salt: 'ac'.repeat(32), value: 'ill' }))
  t.notOk(isCommittedTo(committed, { n: 1, name: 'constructor', salt, value: 'ill' }))
})

t.test('a seal is of one head, one time and one key', async (t) => {
  const make = () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const { x = '' } = privateKey.export({ format: 'jwk' })
    const named = { kty: 'OKP', crv: 'Ed25519', x } as const
    const key: PublicKey = { ...named, kid: keyId(named), use: 'sig', alg: 'EdDSA', since: 1 }
    return { privateKey, key }
  }
  const [one, other] = [make(), make()]
  const made = seal({ appointment: 'a1', n: 1, hash: 'ab'.repeat(32), at: 5, kid: one.key.kid }, one.privateKey)
  t.ok(isSealOf(made, one.key))
  t.notOk(isSealOf(made, other.key))
  t.notOk(isSealOf({ ...made, at: 6 }, one.key))
  t.notOk(isSealOf({ ...made, n: 2 }, one.key))
  t.notOk(isSealOf({ ...made, appointment: 'a2' }, one.key))
  t.notOk(isSealOf(made, { ...other.key, kid: one.key.kid }), 'a key cannot take the id of another')
})

t.test('a head is spelt in one way', async (t) => {
  const hash = 'ab'.repeat(32)
  t.same(parseHead(`7:${hash}`), { n: 7, hash })
  for (const wrong of ['', '7', `7:${hash}0`, `7:${hash.toUpperCase()}`, `-7:${hash}`, hash])
    t.throws(() => parseHead(wrong))
})
