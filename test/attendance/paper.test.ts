/** A record on paper: one line for what is one, words for every code, names, and letters that its fonts do not have. */
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { linesOf } from '../../src/attendance/paper.ts'
import { createPrint } from '../../src/attendance/print.ts'
import type { RecordFile } from '../../src/attendance/record-file.ts'
import { adviceCodes } from '../../src/protocol/check-rule.ts'
import type { Fact } from '../../src/protocol/index.ts'
import { anyFact, attemptCauses, chained, dropCauses, happening, window } from './facts.ts'

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
const print = createPrint({
  timeZoneOf: () => 'Europe/Paris',
  namesOf: async () =>
    new Map([
      ['jobseeker-1', 'Łucja Nguyễn'],
      ['advisor-anne', 'Anne Kermarrec'],
    ]),
})

/** What is written on it: the fonts are those of every reader, so that a byte is a letter. */
function textOf(pdf: Buffer): string {
  const streams = [...pdf.toString('latin1').matchAll(/stream\n([\s\S]*?)\nendstream/g)].map(([, data = '']) => data)
  const pages = streams.flatMap((data) => {
    try {
      return [inflateSync(Buffer.from(data, 'latin1')).toString('latin1')]
    } catch {
      return []
    }
  })
  return pages
    .flatMap((page) => [...page.matchAll(/\[([^\]]*)\] TJ/g)])
    .map(([, shown = '']) => [...shown.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => hex).join(''))
    .map((hex) => new TextDecoder('windows-1252').decode(Buffer.from(hex, 'hex')))
    .join(' ')
}

t.test('in French nothing is left of codes, and people have names', async (t) => {
  const check: Fact = { type: 'check', party: 'jobseeker', result: 'failed', problems: [...adviceCodes, 'no-camera'] }
  const contents = [{ n: 1, name: 'jobseeker', salt: 'ab'.repeat(32), value: 'jobseeker-1' }]
  const drops = dropCauses.map((cause): Fact => ({ type: 'dropped', party: 'jobseeker', visit: 'v', cause }))
  const attempts = attemptCauses.map((cause): Fact => ({ type: 'attempt', party: 'jobseeker', cause }))
  const text = textOf(await print(fileOf([check, ...drops, ...attempts], contents), 'fr'))
  for (const code of [...adviceCodes, ...dropCauses, ...attemptCauses, 'failed', 'technical-user'])
    t.notMatch(text, new RegExp(`\\b${code}\\b`), `${code} is said in words`)
  t.match(text, 'réseau fermé aux appels vidéo')
  t.match(text, 'Lucja Nguyen (jobseeker-1)', 'a letter that the fonts do not have loses its mark')
  t.match(text, 'Anne Kermarrec (advisor-anne)')
  t.match(text, 'Problème technique de l’appareil ou de la connexion')
})

t.test('an hour of talk is some lines, not some hundred', async (t) => {
  const samples = Array.from({ length: 240 }, (_, n) => media('jobseeker', n * 15, n * 15 + 15))
  const text = textOf(await print(fileOf(samples), 'en'))
  t.match(text, '60 min')
  t.equal(text.match(/Picture and sound/g)?.length, 1)
})
