/** A record as steps that people can follow, and what is said of a talk after it. */
import t from 'tap'
import type { AttendanceEntry, Fact } from '../../client/index.ts'
import { aroundOf } from '../../web/attendance/around.ts'
import { awaitedOf, stepsOf, summaryOf } from '../../web/attendance/steps.ts'

const second = 1_000
const window = { from: 0, until: 1_800 * second }

const entriesOf = (facts: readonly (readonly [at: number, fact: Fact])[]): AttendanceEntry[] =>
  facts.map(([at, fact], index) => ({ appointment: 'a1', n: index + 1, at, recordedAt: at, prev: '', fact }))

const media = (party: 'jobseeker' | 'advisor', since: number, until: number, packetsFrom = 100): Fact => ({
  ...{ type: 'media', party, visit: `v-${party}`, kinds: ['audio'], packetsFrom, packetsTo: 100 },
  ...{ since: since * second, until: until * second },
})
const quality = (party: 'jobseeker' | 'advisor', score: number): Fact => ({
  ...{ type: 'quality', party, visit: `v-${party}`, score, lostPermille: 0, roundTripMs: 20 },
})

t.test('the samples of one stretch of media are one step, with the worst quality of that time', async (t) => {
  const steps = stepsOf(
    entriesOf([
      [0, { type: 'opened', window }],
      [60_000, media('jobseeker', 0, 60)],
      [60_000, quality('jobseeker', 9)],
      [60_000, media('advisor', 0, 60)],
      [120_000, media('jobseeker', 60, 120)],
      [120_000, quality('jobseeker', 4)],
      [300_000, media('jobseeker', 240, 300)],
      [360_000, media('jobseeker', 300, 360, 0)],
    ]),
  )
  t.match(
    steps.map(({ n, fact, until, score }) => ({ n, is: fact.type, until, score })),
    [
      { n: 1, is: 'opened', until: undefined, score: undefined },
      { n: 2, is: 'media', until: 120 * second, score: 4 },
      { n: 4, is: 'media', until: 60 * second, score: undefined },
      { n: 7, is: 'media', until: 300 * second, score: undefined },
      { n: 8, is: 'media', until: 360 * second },
    ],
    'a gap, or silence, begins another',
  )
  t.equal(steps[1]?.at, 0)
})

t.test('steps stand in the order in which they happened, also what was handed in late', async (t) => {
  const late: Fact = { type: 'attempt', party: 'jobseeker', cause: 'offline' }
  const entries = entriesOf([
    [0, { type: 'opened', window }],
    [500, { type: 'ended', by: 'advisor' }],
    [100, late],
  ])
  t.same(
    stepsOf(entries).map(({ n }) => n),
    [1, 3, 2],
  )
})

t.test('together is when media came from both at once; drops that nobody wanted are counted', async (t) => {
  const out = (cause: 'left' | 'worker-died' | 'connection-lost'): Fact => ({
    ...{ type: 'dropped', party: 'jobseeker', visit: 'v-jobseeker', cause },
  })
  const entries = entriesOf([
    [0, media('jobseeker', 0, 60)],
    [0, media('advisor', 30, 90)],
    [0, media('jobseeker', 80, 100)],
    [0, media('advisor', 90, 100, 0)],
    [0, out('worker-died')],
    [0, out('connection-lost')],
    [0, out('left')],
  ])
  t.same(summaryOf(entries), { togetherMs: 40 * second, drops: 2, byService: 1 })
  t.same(summaryOf([]), { togetherMs: 0, drops: 0, byService: 0 })
})

t.test('whoever was not there yet is awaited until they come', async (t) => {
  const awaited: Fact = { type: 'awaited', party: 'jobseeker' }
  const before = entriesOf([
    [0, { type: 'opened', window }],
    [10, awaited],
  ])
  t.same(awaitedOf(before, 0), ['jobseeker'])
  t.same(awaitedOf(before, 20), [], 'that was of an earlier window')
  const come = entriesOf([
    [0, { type: 'opened', window }],
    [10, awaited],
    [20, { type: 'arrived', party: 'jobseeker', visit: 'v' }],
  ])
  t.same(awaitedOf(come, 0), [])
})

t.test('a talk belongs to the latest appointment of the jobseeker that had begun or was about to', async (t) => {
  const record = (appointment: string, from: number, jobseeker = 'j') => ({
    ...{ appointment, region: 'bretagne', jobseeker, window: { from, until: from + 1_800_000 } },
    ...{ head: { n: 1, hash: '0'.repeat(64) }, state: 'open' as const },
  })
  const hour = 3_600_000
  const records = [
    record('early', 0),
    record('now', 2 * hour),
    record('later', 9 * hour),
    record('other', 2 * hour, 'k'),
  ]
  t.equal(aroundOf(records, 'j', 2 * hour + 1)?.appointment, 'now')
  t.equal(aroundOf(records, 'j', 7 * hour), undefined)
  t.equal(aroundOf(records, 'none', 2 * hour), undefined)
})
