import fc from 'fast-check'
import t from 'tap'
import { Enrolment, type Person } from '../../src/enrolment/enrolment.ts'
import { type ImportLine, importPeople } from '../../src/enrolment/import.ts'
import { testRedis } from '../support/redis.ts'
import { newRegion } from './people.ts'

const redis = await testRedis(t)
const enrolment = new Enrolment({ client: redis.client })
const ids = ['a', 'b', 'c', 'd', 'e', 'f']
const anyFile = fc.array(
  fc.record({
    id: fc.constantFrom(...ids),
    role: fc.constantFrom('jobseeker', 'jobseeker', 'advisor', 'advisor', 'supervisor'),
    advisor: fc.constantFrom(undefined, undefined, ...ids),
    disabled: fc.constantFrom(false, false, true),
  }),
  { maxLength: 12, size: 'max' },
)
type Drawn = typeof anyFile extends fc.Arbitrary<infer T> ? T : never

const linesOf = (region: string, file: Drawn): ImportLine[] =>
  file.map(({ id, role, advisor, disabled }, n) => {
    const person = { id, role, name: id, region, ...(advisor === undefined ? {} : { advisor }), disabled } as Person
    return { line: n + 2, id, person }
  })

t.test(
  'a rehearsal changes nothing and tells exactly what the import then does; a repeat is soon without effect',
  async (t) => {
    const options = { enrolment, reported: 100 }
    await fc.assert(
      fc.asyncProperty(
        anyFile,
        anyFile,
        fc.option(fc.constantFrom(...ids), { nil: undefined }),
        async (first, file, leaver) => {
          const region = await newRegion(redis.client)
          await importPeople(linesOf(region, first), { ...options, region, dryRun: false })
          if (leaver !== undefined) await enrolment.leave(region, leaver, 'leave-key-1').catch(() => {})
          const lines = linesOf(region, file)
          const before = await enrolment.list(region, { limit: 100 })
          const rehearsed = await importPeople(lines, { ...options, region, dryRun: true })
          t.same(await enrolment.list(region, { limit: 100 }), before)
          const done = await importPeople(lines, { ...options, region, dryRun: false })
          t.same(rehearsed, done)
          const { people } = await enrolment.list(region, { limit: 100 })
          for (const { line, id } of lines) {
            const told = done.lines.find((one) => one.line === line)
            const person = people.find((one) => one.id === id)
            if (told?.outcome === 'created') t.notOk(before.people.some((one) => one.id === id))
            if (told === undefined) t.ok(person)
          }
          // An advisor may be refused until their jobseekers have moved, hence not at once; but it comes to rest.
          for (let n = 0; n < ids.length; n++) await importPeople(lines, { ...options, region, dryRun: false })
          const { counts } = await importPeople(lines, { ...options, region, dryRun: false })
          t.same([counts.created, counts.changed], [0, 0])
        },
      ),
      { numRuns: 300 },
    )
  },
)

t.test('an import that loses storage says so, and a repeat does the rest', async (t) => {
  await using own = await testRedis(t)
  const there = new Enrolment({ client: own.client })
  const region = await newRegion(redis.client)
  const lines = linesOf(
    region,
    Array.from({ length: 3_000 }, (_, n) => ({
      id: `p${n}`,
      role: 'jobseeker' as const,
      advisor: undefined,
      disabled: false,
    })) as unknown as Drawn,
  )
  const options = { enrolment: there, region, dryRun: false, reported: 10 }
  const first = importPeople(lines, options)
  const refused = t.rejects(first, { code: 'UNAVAILABLE' })
  await own.kill()
  await refused
  await own.restart()
  const { counts } = await importPeople(lines, options)
  t.equal(counts.created + counts.unchanged, 3_000)
  t.equal(counts.error, 0)
})
