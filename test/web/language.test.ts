import t from 'tap'
import { VisavisError } from '../../client/index.ts'
import { words as paperWords } from '../../src/attendance/words.ts'
import { adviceCodes } from '../../src/protocol/check-rule.ts'
import { errors } from '../../src/protocol/errors.ts'
import { problemWords } from '../../src/protocol/problem-words.ts'
import { en } from '../../web/language/en.ts'
import { enAttendance } from '../../web/language/en-attendance.ts'
import { enAwaited } from '../../web/language/en-awaited.ts'
import { enCheck } from '../../web/language/en-check.ts'
import { enOperator } from '../../web/language/en-operator.ts'
import { enRegion } from '../../web/language/en-region.ts'
import { enReport } from '../../web/language/en-report.ts'
import { enRoom } from '../../web/language/en-room.ts'
import { enSupervisor } from '../../web/language/en-supervisor.ts'
import { enWorkshop } from '../../web/language/en-workshop.ts'
import { closedSentenceOf, sentenceOf } from '../../web/language/failures.ts'
import { fileRefusalOf } from '../../web/language/file-refusals.ts'
import { agree, fill } from '../../web/language/fill.ts'
import { fr } from '../../web/language/fr.ts'
import { frAttendance } from '../../web/language/fr-attendance.ts'
import { frAwaited } from '../../web/language/fr-awaited.ts'
import { frCheck } from '../../web/language/fr-check.ts'
import { frOperator } from '../../web/language/fr-operator.ts'
import { frRegion } from '../../web/language/fr-region.ts'
import { frReport } from '../../web/language/fr-report.ts'
import { frRoom } from '../../web/language/fr-room.ts'
import { frSupervisor } from '../../web/language/fr-supervisor.ts'
import { frWorkshop } from '../../web/language/fr-workshop.ts'

/** Parts of the pages have dictionaries of their own, with the same words as keys. */
function joined(parts: Readonly<Record<string, Readonly<Record<string, string>>>>): Record<string, string> {
  const entries = Object.entries(parts).flatMap(([part, texts]) =>
    Object.entries(texts).map(([key, text]) => [`${part}.${key}`, text]),
  )
  return Object.fromEntries(entries)
}
const english = joined({
  en,
  supervisor: enSupervisor,
  attendance: enAttendance,
  check: enCheck,
  room: enRoom,
  operator: enOperator,
  awaited: enAwaited,
  region: enRegion,
  report: enReport,
  workshop: enWorkshop,
})
const french = joined({
  en: fr,
  supervisor: frSupervisor,
  attendance: frAttendance,
  check: frCheck,
  room: frRoom,
  operator: frOperator,
  awaited: frAwaited,
  region: frRegion,
  report: frReport,
  workshop: frWorkshop,
})
const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
/** Names of the numbers with which words of the text agree. */
const numbersOf = (text: string) => [...text.matchAll(/\{(\w+):/g)].map(([, name]) => `{${name}}`)

t.test('both languages have the same places in every text, and no text is empty', async (t) => {
  t.same(Object.keys(french).toSorted(), Object.keys(english).toSorted())
  for (const [key, text] of Object.entries(english)) {
    t.same(placesOf(french[key] ?? ''), placesOf(text), key)
    t.ok(french[key]?.trim() && text.trim(), key)
  }
})

t.test('French puts no breaking space before its double punctuation', async (t) => {
  for (const [key, text] of Object.entries(french)) t.notMatch(text, / [?!;:]/, key)
})

t.test('a record on paper has the words of the page', async (t) => {
  for (const [language, page] of [
    ['fr', frAttendance],
    ['en', enAttendance],
  ] as const) {
    for (const [verdict, word] of Object.entries(paperWords[language].verdicts))
      t.equal(word, page[`verdict.${verdict}` as keyof typeof page])
    for (const code of adviceCodes) t.ok(problemWords[language][code], code)
  }
})

t.test('words go with their number, as each language has it', async (t) => {
  const unread = (count: number) => fill(agree(fr.unreadCount, { count }, 'fr'), { count })
  t.same([0, 1, 2].map(unread), ['0 non lu', '1 non lu', '2 non lus'])
  const tooMany = (count: number) => fill(agree(en.tooLong, { count }, 'en'), { count })
  t.same([0, 1, 2].map(tooMany), ['0 characters too many', '1 character too many', '2 characters too many'])
  for (const [language, texts] of Object.entries({ fr: french, en: english }))
    for (const [key, text] of Object.entries(texts)) {
      t.same(
        numbersOf(text).filter((place) => !placesOf(text).includes(place)),
        [],
        `${key} says the number itself`,
      )
      for (const count of [1, 2]) t.notMatch(fill(agree(text, { count }, language), {}), /\{\w+:|\|/, key)
    }
})

t.test('a place without a value stays visible', async (t) => {
  t.equal(fill('{name} has {count}', { name: 'Jeanne' }), 'Jeanne has {count}')
})

t.test('every error a server can tell, and every refusal of a camera, has a sentence', async (t) => {
  for (const code of Object.keys(errors) as (keyof typeof errors)[]) {
    t.ok(en[sentenceOf(new VisavisError(code, 'x'))], code)
    t.ok(en[closedSentenceOf(new VisavisError(code, 'x'))], code)
  }
  t.equal(sentenceOf(new DOMException('no', 'NotAllowedError')), 'cameraDenied')
  t.equal(sentenceOf(new DOMException('no', 'NotFoundError')), 'cameraMissing')
  t.equal(sentenceOf(new TypeError('a bug')), 'errorGeneric')
  t.equal(sentenceOf('not an error'), 'errorGeneric')
})

t.test('every reason for which a file is refused has a sentence of its own', async (t) => {
  const reasons = ['type', 'text', 'markup', 'archive', 'damaged', 'macros', 'legacy-office', 'infected']
  const refused = reasons.map((reason) => new VisavisError('UNSUPPORTED', 'x', { details: { reason } }))
  t.equal(new Set(refused.map((error) => fileRefusalOf(error).of)).size, reasons.length)
  t.ok(refused.every((error) => !fileRefusalOf(error).retryable))
  const large = new VisavisError('TOO_LARGE', 'x', { details: { maxBytes: 10_000_000 } })
  t.same(fileRefusalOf(large), { of: 'fileTooLargeFor', maxBytes: 10_000_000, retryable: false })
  t.match(fileRefusalOf(new VisavisError('RATE_LIMITED', 'x')), { of: 'fileTooMany', retryable: true })
  t.match(fileRefusalOf(new VisavisError('UNAVAILABLE', 'x')), { of: 'errorUnavailable', retryable: true })
})
