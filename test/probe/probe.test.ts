/** The log of a probe: what it covers, what it shows, and that nobody changes it unseen. */
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { healthOf } from '../../src/probe/health.ts'
import { type Check, hashOf, type Line, lineAfter, noLines } from '../../src/probe/line.ts'
import { openLog } from '../../src/probe/log-file.ts'
import { covers, failuresIn, isWhole } from '../../src/probe/periods.ts'
import { startProbe } from '../../src/probe/probe.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })
const day = 24 * 60 * 60_000
/** Midnight, UTC. */
const midnight = Date.UTC(2026, 10, 26)

async function folderOf(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vv-probe-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}
const span = (from: number, ms: number, failed: readonly Check[] = []) => ({
  ...{ target: 'http://node', from, until: from + ms, checks: 1, failed },
})
const chain = (spans: readonly ReturnType<typeof span>[]): Line[] => {
  const lines: Line[] = []
  for (const one of spans) {
    const last = lines.at(-1)
    const end = last === undefined ? noLines : { n: last.n, hash: hashOf(last) }
    lines.push(lineAfter(end, { ...one, probe: 'p' }))
  }
  return lines
}

t.test('a span is covered when no moment of it is left out', async (t) => {
  const lines = chain([span(0, 60_000), span(60_000, 60_000), span(120_000, 60_000)])
  t.ok(covers(lines, { from: 10, until: 180_000 }))
  t.notOk(covers(lines, { from: 10, until: 180_001 }))
  t.notOk(covers(chain([span(0, 60_000), span(65_000, 60_000)]), { from: 10, until: 100_000 }), 'a hole')
  t.notOk(covers([], { from: 0, until: 1 }))
  t.notOk(covers(chain([span(5_000, 60_000)]), { from: 0, until: 10_000 }), 'it began later')
})

t.test('failures that touch are one incident, and only those of the span count', async (t) => {
  const lines = chain([
    ...[span(0, 10_000), span(10_000, 5_000, ['http']), span(15_000, 5_000, ['http', 'redis']), span(20_000, 9_000)],
    span(50_000, 1_000, ['worker']),
  ])
  t.same(failuresIn(lines, { from: 12_000, until: 50_000 }), [
    { from: 10_000, until: 20_000, failed: ['http', 'redis'] },
  ])
  t.same(failuresIn(lines, { from: 20_000, until: 50_000 }), [])
})

t.test('an edit, drop or swap of lines breaks the log, and a broken log covers nothing', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 12 }),
      fc.nat(),
      fc.constantFrom('edit', 'drop', 'swap'),
      (count, at, act) => {
        const lines = chain(Array.from({ length: count }, (_, n) => span(n * 1_000, 1_000)))
        const index = 1 + (at % (count - 2))
        const [one, next] = [lines[index], lines[index + 1]]
        if (one === undefined || next === undefined) return false
        const touched =
          act === 'edit'
            ? lines.with(index, { ...one, failed: ['http'] })
            : act === 'drop'
              ? lines.toSpliced(index, 1)
              : lines.with(index, next).with(index + 1, one)
        return isWhole(lines) && !isWhole(touched) && !covers(touched, { from: 0, until: count * 1_000 })
      },
    ),
    { numRuns: 500 },
  )
})

t.test('a log goes on where it ended, over midnight and over a line torn by a kill', async (t) => {
  const folder = await folderOf(t)
  const first = await openLog(folder, 'p')
  await first.add(span(midnight - 90_000, 60_000))
  await first.add(span(midnight - 30_000, 60_000))
  await appendFile(join(folder, 'p.2026-11-25.jsonl'), '{"n":3,"torn')
  const second = await openLog(folder, 'p')
  await second.add(span(midnight + 30_000, 60_000))
  await second.add(span(midnight + 90_000, 10_000, ['http']))
  t.same((await readdir(folder)).sort(), ['p.2026-11-25.jsonl', 'p.2026-11-26.jsonl'])
  const health = (from: number, until: number) => healthOf(folder, { from, until }, log)
  t.match(await health(midnight - 80_000, midnight + 80_000), { covered: true, incidents: [] })
  const whole = await health(midnight - 80_000, midnight + 95_000)
  t.match(whole.incidents, [{ from: midnight + 90_000, until: midnight + 100_000, failed: ['http'] }])
  t.same(
    whole.probes.map(({ probe, n }) => ({ probe, n })),
    [{ probe: 'p', n: 4 }],
  )
  t.match(await health(midnight + day, midnight + day + 1), { covered: false, incidents: [], probes: [] })
  t.match(await healthOf(join(folder, 'none'), { from: 0, until: 1 }, log), { covered: false, incidents: [] })
})

t.test('a log that somebody has changed counts as not looked at', async (t) => {
  const folder = await folderOf(t)
  const file = await openLog(folder, 'p')
  for (const from of [0, 60_000, 120_000])
    await file.add(span(midnight + from, 60_000, from === 60_000 ? ['http'] : []))
  const name = join(folder, 'p.2026-11-26.jsonl')
  await writeFile(name, (await readFile(name, 'utf8')).replace('"failed":["http"]', '"failed":[]'))
  const found = await healthOf(folder, { from: midnight, until: midnight + 180_000 }, log)
  t.match(found, { covered: false, incidents: [] })
})

t.test('of two probes one that saw trouble is believed, and one that looked is enough', async (t) => {
  const folder = await folderOf(t)
  await (await openLog(folder, 'near')).add(span(midnight, 60_000))
  await (await openLog(folder, 'far')).add(span(midnight + 20_000, 5_000, ['websocket']))
  const found = await healthOf(folder, { from: midnight, until: midnight + 60_000 }, log)
  t.match(found, { covered: true, incidents: [{ failed: ['websocket'] }] })
  t.equal(found.probes.length, 2)
})

t.test('a probe writes what fails at once, what is well now and then, and owns up to having slept', async (t) => {
  let now = midnight
  let failed: Check[] = []
  let looks = 0
  const lines: Parameters<Awaited<ReturnType<typeof openLog>>['add']>[0][] = []
  const probe = startProbe({
    log: { add: async (line) => void lines.push(line) },
    ...{ target: 'x', everyMs: 5, lineMs: 1_000, now: () => now },
    look: async () => {
      looks += 1
      return failed
    },
  })
  t.teardown(() => probe[Symbol.asyncDispose]())
  const turn = async (ms: number) => {
    const before = looks
    now += ms
    await until(() => looks > before + 1, { what: 'a further look' })
  }
  await turn(15)
  t.equal(lines.length, 0, 'all is well, and a line is not due')
  failed = ['http']
  await turn(15)
  t.match(lines.at(-1), { failed: ['http'] })
  t.ok((lines.at(-1)?.from ?? Number.POSITIVE_INFINITY) < now, 'since it was last seen to be well')
  failed = []
  await turn(15)
  const sleptAt = now
  await turn(60_000)
  await turn(1_100)
  await probe[Symbol.asyncDispose]()
  t.notOk(
    lines.some(({ from, until: end }) => from <= sleptAt && end >= sleptAt + 60_000),
    'no line covers the time in which it slept',
  )
})
