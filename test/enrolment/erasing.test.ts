/** The erasure of a person as the record knows it: who may be, what holds meanwhile, what stays of it. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { type Logger, pino } from 'pino'
import t from 'tap'
import { Covers } from '../../src/enrolment/covers.ts'
import { Enrolment } from '../../src/enrolment/enrolment.ts'
import { Erasures } from '../../src/enrolment/erasures.ts'
import { everybodyKey, regionKeys } from '../../src/enrolment/keys.ts'
import { type Step, startProcesses } from '../../src/enrolment/processes.ts'
import { Transfers } from '../../src/enrolment/transfers.ts'
import { VisavisError } from '../../src/protocol/index.ts'
import { fenceKey } from '../../src/store/fence.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { advisor, jobseeker, newRegion, putAll } from './people.ts'

const redis = await testRedis(t)
const log = pino({ level: 'silent' })
const names = ['count', 'things', 'record', 'complete'] as const
const key = (n = 1) => `erase-key-${n}`
const by = 'agency'

/** Anne, Bruno, and x whom Anne follows; nobody runs the steps yet. */
async function scheme({ client }: TestRedis = redis) {
  const region = await newRegion(redis.client)
  const returned: string[] = []
  const options = { client, steps: { erased: names }, onReturn: async (person: string) => void returned.push(person) }
  const enrolment = new Enrolment(options)
  const erasures = new Erasures(options)
  await putAll(enrolment, advisor(region, 'anne'), advisor(region, 'bruno'), jobseeker(region, 'x', 'anne'))
  const steps: Record<(typeof names)[number], Step> = {
    count: (_region, _person, process) => erasures.count(process, { messages: 3 }),
    things: async () => {},
    record: (_region, _person, process) => erasures.forgetPerson(process),
    complete: (_region, _person, process) => erasures.complete(process, 'rewritten'),
  }
  const run = (more: Partial<typeof steps> = {}, options: { readonly leaseMs?: number; readonly log?: Logger } = {}) =>
    startProcesses({
      ...{ client, regions: [region], steps: { erased: { ...steps, ...more } }, log, everyMs: 10 },
      ...options,
    })
  const complete = (id: string) => until(async () => (await erasures.get(region, id)).receipt, { what: 'the receipt' })
  return { region, enrolment, erasures, run, complete, returned, client }
}

t.test('who is to be erased takes part in nothing from that moment on', async (t) => {
  const { region, enrolment, erasures } = await scheme()
  const id = await erasures.begin(region, 'x', { by, key: key() })
  t.match(await enrolment.person(region, 'x'), { disabled: true, erasure: id, advisor: undefined })
  t.same(await enrolment.portfolio(region, 'anne'), [])
  t.same((await enrolment.conversations({ region, person: 'x', role: 'jobseeker' }, Date.now())).conversations, [])
  t.match(await erasures.get(region, id), { id, state: 'erasing', by, pending: names, receipt: undefined })
})

t.test('the same act, and another one meanwhile, is the same erasure', async (t) => {
  const { region, erasures, run, complete } = await scheme()
  const id = await erasures.begin(region, 'x', { by, key: key() })
  t.equal(await erasures.begin(region, 'x', { by, key: key() }), id)
  t.equal(await erasures.begin(region, 'x', { by: 'sup', key: key(2) }), id)
  {
    await using _running = run()
    await complete(id)
  }
  t.equal(await erasures.begin(region, 'x', { by, key: key() }), id, 'also when nobody is there any more')
  t.equal(await erasures.repeated(region, 'x', key()), id)
  t.equal(await erasures.repeated(region, 'x', key(3)), undefined)
  await t.rejects(erasures.begin(region, 'x', { by, key: key(3) }), { code: 'NOT_FOUND' })
})

t.test('of who had left, neither what they decided stays, nor that they left somebody', async (t) => {
  const { region, enrolment, erasures, run, complete, client } = await scheme()
  await enrolment.leave(region, 'x', key())
  const { former, acts } = regionKeys(region)
  t.same(await client.zrange(former, '0', '-1'), ['anne/x'])
  const id = await erasures.begin(region, 'x', { by, key: key(2) })
  {
    await using _running = run()
    await complete(id)
  }
  t.equal(await client.exists(former), 0)
  t.equal(await client.exists(acts), 0)
})

t.test('who is not there, or still has a portfolio, is refused', async (t) => {
  const { region, erasures } = await scheme()
  await t.rejects(erasures.begin(region, 'nobody', { by, key: key() }), { code: 'NOT_FOUND' })
  await t.rejects(erasures.begin(region, 'anne', { by, key: key() }), { code: 'CONFLICT' })
  await t.rejects(erasures.get(region, 'f'.repeat(24)), { code: 'NOT_FOUND' })
})

t.test('while it is under way nothing else is done with them', async (t) => {
  const { region, enrolment, erasures } = await scheme()
  await erasures.begin(region, 'x', { by, key: key() })
  await t.rejects(enrolment.put(jobseeker(region, 'x', 'anne')), { code: 'CONFLICT', message: /being erased/ })
  await t.rejects(enrolment.put(jobseeker(region, 'x', 'anne'), { rejoin: true }), { code: 'CONFLICT' })
  await t.rejects(enrolment.leave(region, 'x', key()), { code: 'NOT_FOUND' })
  const transfers = new Transfers({ client: redis.client })
  await t.rejects(transfers.transfer({ region, jobseeker: 'x', to: 'bruno', by, key: key() }, undefined), {
    code: 'CONFLICT',
  })
  await erasures.begin(region, 'bruno', { by, key: key(2) })
  await t.rejects(enrolment.put(jobseeker(region, 'y', 'bruno')), { code: 'NOT_FOUND' })
  const now = Date.now()
  const cover = { id: 'cover-1', region, advisor: 'bruno', cover: 'anne', from: now, until: now + 60_000 }
  await t.rejects(new Covers({ client: redis.client }).put(cover), { code: 'NOT_FOUND' })
})

t.test('steps are done in their order, and none before the one before it is confirmed', async (t) => {
  const { region, enrolment, erasures, run, complete } = await scheme()
  const id = await erasures.begin(region, 'x', { by, key: key() })
  let failures = 0
  await using _running = run({
    things: async () => {
      failures += 1
      if (failures < 4) throw new Error('not yet')
      t.ok(await enrolment.person(region, 'x'), 'the record is the last to go')
    },
  })
  await complete(id)
  t.equal(failures, 4)
})

t.test('a step that has to wait for a moment is no warning in the log; one that goes on failing is', async (t) => {
  const { region, erasures, run, complete } = await scheme()
  const told: { level: number; step: string; attempts: number }[] = []
  const into = { write: (line: string) => void told.push(JSON.parse(line)) }
  const id = await erasures.begin(region, 'x', { by, key: key() })
  let tries = 0
  const things = async () => {
    tries += 1
    if (tries < 3) throw new VisavisError('UNAVAILABLE', 'still on its way')
  }
  {
    await using _running = run({ things }, { log: pino({ level: 'debug' }, into) })
    await complete(id)
  }
  t.same(
    told.filter(({ step }) => step === 'things').map(({ level, attempts }) => [level, attempts]),
    [
      [20, 0],
      [40, 1],
    ],
  )
})

t.test('what stays names them by a commitment alone, which whoever has the salt can check', async (t) => {
  const { region, enrolment, erasures, run, complete, client } = await scheme()
  await putAll(enrolment, { ...jobseeker(region, 'canary-person', 'anne'), name: 'Canary Name' })
  const id = await erasures.begin(region, 'canary-person', { by, key: key() })
  await using _running = run()
  const receipt = await complete(id)
  t.match(receipt, { region, by, counts: { messages: 3 }, log: 'rewritten', person: /^[a-f0-9]{64}$/ })
  t.ok(receipt.completedAt >= receipt.requestedAt)
  t.notMatch(JSON.stringify(await client.hgetall(regionKeys(region).erasures)), /canary/i)
  await until(async () => (await client.hlen(regionKeys(region).processes)) === 1, { what: 'the process to be gone' })
  t.notOk(await client.hexists(everybodyKey, 'canary-person'))

  const { salt, ...same } = await erasures.collect(region, id, key())
  t.same(same, receipt)
  const who = `{"person":"canary-person","region":"${region}","requestedAt":${receipt.requestedAt}}`
  t.equal(createHash('sha256').update(Buffer.from(salt, 'hex')).update(who).digest('hex'), receipt.person)
})

t.test(
  'the salt is handed out once: an answer that was lost is had again, by the same key and for a while',
  async (t) => {
    const { region, erasures, run, complete, client } = await scheme()
    const id = await erasures.begin(region, 'x', { by, key: key() })
    await t.rejects(erasures.collect(region, id, key()), { code: 'CONFLICT' })
    await using _running = run()
    await complete(id)
    const { salt } = regionKeys(region)
    const days = async () => (await client.pttl(salt(id))) / 86_400_000
    t.ok((await days()) > 29)
    const first = await erasures.collect(region, id, key())
    t.same(await erasures.collect(region, id, key()), first)
    await t.rejects(erasures.collect(region, id, key(2)), { code: 'GONE' })
    t.ok((await days()) <= 2 && (await days()) > 1.9)
    await client.pexpire(salt(id), 1)
    await until(async () => (await client.exists(salt(id))) === 0)
    await t.rejects(erasures.collect(region, id, key()), { code: 'GONE' })
    t.match(await erasures.get(region, id), { state: 'erased', receipt: { person: first.person }, collectedAt: Number })
  },
)

t.test('the id is free again afterwards, for a fresh person and in any region', async (t) => {
  const { region, enrolment, erasures, run, complete, returned, client } = await scheme()
  const id = await erasures.begin(region, 'x', { by, key: key() })
  t.ok(await client.zscore(fenceKey(region), 'x'), 'nothing is made of them')
  await t.rejects(enrolment.put(jobseeker(region, 'x', 'anne')), { code: 'CONFLICT' })
  {
    await using _running = run()
    await complete(id)
    await until(async () => (await client.hexists(regionKeys(region).processes, 'erased/x')) === 0)
  }
  t.same(returned, [])
  t.same(await enrolment.list(region, { limit: 10 }), {
    people: [advisor(region, 'anne'), advisor(region, 'bruno')],
  })
  t.match(await enrolment.put(jobseeker(region, 'x', 'bruno')), { created: true })
  t.same(returned, ['x'])
  t.equal(await client.zscore(fenceKey(region), 'x'), null)
  t.same(await enrolment.person(region, 'x'), jobseeker(region, 'x', 'bruno'))
  const again = await erasures.begin(region, 'x', { by, key: key(2) })
  t.not(again, id)
  await using _running = run()
  await complete(again)
  t.match(await enrolment.put(jobseeker('elsewhere', 'x')), { created: true })
})

t.test('what was to follow from leaving or from another advisor does not follow any more', async (t) => {
  const { region, erasures, client } = await scheme()
  const enrolment = new Enrolment({ client, steps: { left: ['withdraw'], advisorChanged: ['move'] } })
  await enrolment.put(jobseeker(region, 'x', 'bruno'))
  await enrolment.leave(region, 'x', key())
  await erasures.begin(region, 'x', { by, key: key() })
  const { processes, due } = regionKeys(region)
  t.same((await client.hkeys(processes)).toSorted(), ['#', 'erased/x'])
  t.same(await client.zrange(due, '0', '-1'), ['erased/x'])
})

t.test('covers by and of an advisor go with them', async (t) => {
  const { region, erasures, run, complete, client } = await scheme()
  const covers = new Covers({ client })
  const now = Date.now()
  const period = { region, from: now, until: now + 60_000 }
  await covers.put({ id: 'cover-1', advisor: 'anne', cover: 'bruno', ...period })
  await covers.put({ id: 'cover-2', advisor: 'bruno', cover: 'anne', ...period })
  const id = await erasures.begin(region, 'bruno', { by, key: key() })
  await using _running = run()
  await complete(id)
  const { covers: all, coversOf, coversBy } = regionKeys(region)
  t.equal(await client.exists(all, coversOf, coversBy), 0)
})

t.test('a step may take longer than a lease, and is still done once', async (t) => {
  const { region, erasures, run, complete } = await scheme()
  const id = await erasures.begin(region, 'x', { by, key: key() })
  let times = 0
  const slow: Step = async () => {
    times += 1
    const end = performance.now() + 500
    await until(() => performance.now() > end)
  }
  await using stack = new AsyncDisposableStack()
  for (const _ of [1, 2, 3]) stack.use(run({ things: slow }, { leaseMs: 150 }))
  await complete(id)
  t.equal(times, 1)
})

t.test('wherever nodes stop, the erasure is completed by others with the counts of its beginning', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 6 }), async (stops) => {
      const { region, enrolment, erasures, run, complete } = await scheme()
      const id = await erasures.begin(region, 'x', { by, key: key() })
      let left = 3
      const steps = {
        count: (async (_region, _person, process) => erasures.count(process, { messages: left })) satisfies Step,
        things: (async () => {
          left = Math.max(0, left - 2)
          if (left > 0) throw new Error('half done')
        }) satisfies Step,
      }
      for (const stop of stops) {
        const died = Promise.withResolvers<void>()
        const dying = Object.fromEntries(
          Object.entries(steps).map(([name, step]) => [
            name,
            async (...args: Parameters<Step>) => {
              if (names.indexOf(name as 'count') === stop) {
                died.resolve()
                // It has done it, and dies before that is confirmed.
                await step(...args)
                throw new Error('dead')
              }
              await step(...args)
            },
          ]),
        )
        const running = run(dying)
        await Promise.race([died.promise, complete(id)])
        await running[Symbol.asyncDispose]()
      }
      await using _running = run(steps)
      const receipt = await complete(id)
      t.same(receipt.counts, { messages: 3 })
      t.equal(await enrolment.person(region, 'x'), undefined)
    }),
    { numRuns: 15 },
  )
})

t.test('the keys of an erasure share a slot', async (t) => {
  const cluster = await testRedis(t, { cluster: true })
  const { region, enrolment, erasures, run, complete } = await scheme(cluster)
  const id = await erasures.begin(region, 'x', { by, key: key() })
  await using _running = run()
  await complete(id)
  await erasures.collect(region, id, key())
  await until(async () => (await cluster.client.hexists(regionKeys(region).processes, 'erased/x')) === 0)
  t.match(await enrolment.put(jobseeker(region, 'x')), { created: true })
})
