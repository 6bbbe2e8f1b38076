/** A record on paper: one line for what is one, words for every code, names in any script, and rows that stay whole. */
import fc from 'fast-check'
import t from 'tap'
import { linesOf } from '../../src/attendance/paper.ts'
import { createPrint } from '../../src/attendance/print.ts'
import type { RecordFile } from '../../src/attendance/record-file.ts'
import { adviceCodes } from '../../src/protocol/check-rule.ts'
import type { Fact } from '../../src/protocol/index.ts'
import { anyFact, attemptCauses, chained, dropCauses, happening, window } from './facts.ts'
import { linesOf as linesOn, pagesOf, textOf } from './pdf-text.ts'

const at = window.from
const media = (party: 'jobseeker' | 'advisor', since: number, until: number, packetsFrom = 100): Fact => ({
  ...{ type: 'media', party, visit: `v-${party}`, kinds: ['audio'], packetsFrom, packetsTo: 50 },
  ...{ since: at + since * 1_000, until: at + until * 1_000 },
})
const quality = (score: number, lostPermille: number): Fact => ({
  ...{ type: 'quality', party: 'jobseeker', visit: 'v-jobseeker', score, lostPermille, roundTripMs: 20 },
})
const entriesOf = (...facts: readonly Fact[]) => chained(facts.map((fact) => ({ at, fact })))

t.test('the samples of one stretch are one line, with the worst of it', async (t) => {
  const entries = entriesOf(
    ...[media('jobseeker', 0, 30), quality(9, 0), media('advisor', 1, 31), media('jobseeker', 30, 90), quality(4, 12)],
    ...[media('jobseeker', 100, 130), media('jobseeker', 130, 160, 0)],
  )
  const first = entries.length - 6
  t.match(
    linesOf(entries).slice(-4),
    [
      { n: first, upTo: first + 4, fact: { packetsFrom: 200, packetsTo: 100 }, worst: { score: 4, lostPermille: 12 } },
      { n: first + 2, upTo: first + 2, fact: { party: 'advisor' } },
      { n: first + 5, fact: { since: at + 100_000 } },
      { n: first + 6, fact: { packetsFrom: 0 } },
    ],
    'a gap begins another line, and so does silence',
  )
})

t.test('every entry is in a line, and none in two', async () => {
  fc.assert(
    fc.property(fc.array(happening(anyFact), { maxLength: 30 }), (those) => {
      const entries = chained(those)
      const lines = linesOf(entries)
      const isSample = (n: number) => ['media', 'quality'].includes(entries[n - 1]?.fact.type ?? '')
      const alone = lines.filter(({ n, upTo }) => n === upTo).map(({ n }) => n)
      // Whatever is no sample has a line of its own; a sample is in the line of its visit.
      return (
        entries.every(({ n }) => isSample(n) || alone.includes(n)) &&
        new Set(lines.map(({ n }) => n)).size === lines.length
      )
    }),
    { numRuns: 300 },
  )
})

const fileOf = (facts: readonly Fact[], contents: RecordFile['contents'] = []): RecordFile => {
  const entries = entriesOf(...facts)
  return {
    ...({ format: 'visavis-attendance', version: 1, exportedAt: at } as const),
    record: {
      ...{ appointment: 'a1', region: 'bretagne', jobseeker: 'jobseeker-1', advisor: 'advisor-anne', window },
      ...({
        head: { n: entries.length, hash: 'ab'.repeat(32) },
        state: 'proposed',
        verdict: 'technical-user',
      } as const),
    },
    ...{ entries, contents, seals: [], keys: [] },
  }
}
const printOf = (jobseeker: string) =>
  createPrint({
    timeZoneOf: () => 'Europe/Paris',
    namesOf: async () =>
      new Map([
        ['jobseeker-1', jobseeker],
        ['advisor-anne', 'Anne Kermarrec'],
      ]),
  })
const print = printOf('Łucja Nguyễn')

t.test('in French nothing is left of codes, and people have names', async (t) => {
  const check: Fact = { type: 'check', party: 'jobseeker', result: 'failed', problems: [...adviceCodes, 'no-camera'] }
  const contents = [{ n: 1, name: 'jobseeker', salt: 'ab'.repeat(32), value: 'jobseeker-1' }]
  const drops = dropCauses.map((cause): Fact => ({ type: 'dropped', party: 'jobseeker', visit: 'v', cause }))
  const attempts = attemptCauses.map((cause): Fact => ({ type: 'attempt', party: 'jobseeker', cause }))
  const text = textOf(await print(fileOf([check, ...drops, ...attempts], contents), 'fr'))
  for (const code of [...adviceCodes, ...dropCauses, ...attemptCauses, 'failed', 'technical-user'])
    t.notMatch(text, new RegExp(`\\b${code}\\b`), `${code} is said in words`)
  t.match(text, 'réseau fermé aux appels vidéo')
  t.match(text, 'Łucja Nguyễn (jobseeker-1)')
  t.match(text, 'Anne Kermarrec (advisor-anne)')
  t.match(text, 'Problème technique de l’appareil ou de la connexion')
})

t.test('an hour of talk is some lines, not some hundred', async (t) => {
  const samples = Array.from({ length: 240 }, (_, n) => media('jobseeker', n * 15, n * 15 + 15))
  const text = textOf(await print(fileOf(samples), 'en'))
  t.match(text, '60 min')
  t.equal(text.match(/Picture and sound/g)?.length, 1)
})

const salt = 'ab'.repeat(32)
const contested: Fact = { type: 'contested', verdict: 'technical-user' }
const cancelled: Fact = { type: 'cancelled', by: 'agency' }
const reason = (value: string) => [{ n: 2, name: 'reason', salt, value }]

for (const name of [
  'Ελένη Παπαδοπούλου',
  'Ольга Ђорђевић',
  'Thị Ứng Nguyễn',
  'Արմեն',
  'გიორგი',
  'ⵜⵉⴼⵉⵏⴰⵖ',
  'Ğülşen Żółć',
])
  t.test(`${name} is shown, and read again, as it is written`, async (t) => {
    const pdf = await printOf(name)(fileOf([contested], reason(`${name} !`)), 'fr')
    const text = textOf(pdf)
    t.match(text, `${name} (jobseeker-1)`)
    t.match(text, `motif\u00a0: ${name} !`)
    t.notMatch(text, '□')
    t.ok(pdf.length < 80_000, `${pdf.length} bytes: of the fonts only what is used`)
  })

t.test('names from right to left stand in their order, with numbers and Latin words as they are', async (t) => {
  for (const name of ['محمد بن يوسف', 'מרים כהן']) {
    const text = textOf(await printOf(name)(fileOf([cancelled], reason(`${name} 10:15 (WebRTC)`)), 'en'))
    const seen = [...name].reverse().join('')
    t.match(text, `: ${seen} (jobseeker-1)`)
    t.match(text, `reason: 10:15 ${seen} (WebRTC)`)
  }
})

t.test('a letter that is in no font is a sign, which is explained', async (t) => {
  const text = textOf(await print(fileOf([cancelled], reason('中文 \u202efdp.exe\nok')), 'en'))
  t.match(text, 'reason: □□ fdp.exe ok', 'what nobody sees turns nothing around')
  t.match(text, 'Each □ stands for a letter')
  t.notMatch(textOf(await print(fileOf([contested]), 'en')), 'stands for a letter')
})

t.test('of a move and of an incident the time is told', async (t) => {
  const moved: Fact = { type: 'moved', window: { from: Date.UTC(2026, 11, 1, 9), until: Date.UTC(2026, 11, 1, 9, 30) } }
  const incidents = [
    { from: Date.UTC(2026, 11, 1, 9, 5), until: Date.UTC(2026, 11, 1, 9, 7), failed: ['http' as const] },
  ]
  const health: Fact = { type: 'health', ...window, covered: true, incidents, probes: [] }
  const text = textOf(await print(fileOf([moved, health]), 'en'))
  t.match(text, 'Appointment moved — 01/12/2026, 10:00:00 – 01/12/2026,')
  t.match(text, '10:05:00 – 01/12/2026, 10:07:00')
})

t.test('a long record goes over pages with its head, whole rows, and its proof beside the last of them', async (t) => {
  // However many rows there are, so that the end of a page comes after any of them.
  for (const count of [60, 61, 62, 63, 120]) {
    const drops = Array.from({ length: count }, (_, n): Fact => {
      return n % 3 === 0 ? { ...contested } : { type: 'dropped', party: 'jobseeker', visit: `v${n}`, cause: 'left' }
    })
    const contents = drops.flatMap((fact, n) =>
      fact.type === 'contested'
        ? [{ n: n + 2, name: 'reason', salt, value: `${'a reason that is long '.repeat(9)}end${n + 2}.` }]
        : [],
    )
    const pages = pagesOf(await print(fileOf(drops, contents), 'en'))
    t.ok(pages.length >= 3, `${count} facts are ${pages.length} pages`)
    for (const [index, page] of pages.entries()) {
      const lines = linesOn(page)
      t.match(lines.at(-1), `page ${index + 1} of ${pages.length}`)
      t.ok(lines.includes('LineDate and timeFact'), 'the head of the table')
      const numbers = page.filter(({ x, text }) => x === 50 && /^\d+$/.test(text)).map(({ text }) => Number(text))
      const ends = lines.flatMap((line) => /end(\d+)\.$/.exec(line)?.[1] ?? []).map(Number)
      const long = numbers.filter((n) => contents.some((content) => content.n === n))
      t.same(ends, long, 'each row ends on the page on which it begins')
      t.ok(numbers.length > 0, 'no page is without rows, also not that of the proof')
      const foot = Math.min(...page.filter(({ text }) => !text.includes(` of ${pages.length}`)).map(({ y }) => y))
      t.ok(foot > 60, 'nothing runs into the foot')
    }
    t.match(linesOn(pages.at(-1) ?? []).join(' '), `${count + 1}:${'ab'.repeat(32)}`)
    const all = pages.flat().filter(({ x, text }) => x === 50 && /^\d+$/.test(text))
    t.same(
      all.map(({ text }) => Number(text)),
      Array.from({ length: count + 1 }, (_, n) => n + 1),
    )
  }
})

t.test('the proof never stands alone on a page', async (t) => {
  // Rows of one line each: some of these counts end a page between the last row and the proof.
  for (let count = 34; count <= 46; count += 2) {
    const drops = Array.from({ length: count }, (): Fact => ({ ...cancelled }))
    const last = pagesOf(await print(fileOf(drops), 'en')).at(-1) ?? []
    t.ok(
      last.some(({ x, text }) => x === 50 && text === String(count + 1)),
      `the last of ${count} rows stands with it`,
    )
  }
})
