/** Leaving the scheme, and the processes that follow from it and from a change of advisor. */
import { pino } from 'pino'
import t from 'tap'
import { Enrolment, type EnrolmentFact } from '../../src/enrolment/enrolment.ts'
import { regionKeys } from '../../src/enrolment/keys.ts'
import { waitAfter } from '../../src/enrolment/process.ts'
import {
  type Process,
  type ProcessesOptions,
  type Step,
  type Steps,
  startProcesses,
  stepNames,
} from '../../src/enrolment/processes.ts'
import * as scripts from '../../src/enrolment/scripts.ts'
import { parseEntry } from '../../src/store/events.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { advisor, jobseeker, newRegion, putAll } from './people.ts'

const redis = await testRedis(t)
const log = pino({ level: 'silent' })
const nothing: Step = async () => {}
const names = { left: ['withdraw', 'expel'], advisorChanged: ['move'] }
const key = (n = 1) => `leave-key-${n}`

/** Bruno and Anne, and x whom Anne follows. */
async function scheme(server: TestRedis = redis) {
  const region = await newRegion(redis.client)
  const enrolment = new Enrolment({ client: server.client, steps: names })
  await putAll(enrolment, advisor(region, 'anne'), advisor(region, 'bruno'), jobseeker(region, 'x', 'anne'))
  return { region, enrolment, client: server.client }
}
const start = (region: string, steps: Steps, options: Partial<ProcessesOptions> = {}) =>
  startProcesses({ client: redis.client, regions: [region], steps, log, everyMs: 10, ...options })

/** Stored and not ended. */
async function open(region: string): Promise<Process[]> {
  const stored = await redis.client.hgetall(regionKeys(region).processes)
  return Object.entries(stored)
    .filter(([id]) => id !== '#')
    .map(([, json]) => JSON.parse(json) as Process)
}
async function facts(region: string): Promise<EnrolmentFact[]> {
  const entries = await redis.client.xrange(regionKeys(region).log, '-', '+')
  return entries
    .map(([, [, entry]]) => parseEntry(entry ?? ''))
    .filter(({ topic }) => topic === 'fact')
    .map(({ text }) => JSON.parse(text) as EnrolmentFact)
}

t.test('who leaves takes part in nothing from that moment on, in one transition with what follows', async (t) => {
  const { region, enrolment } = await scheme()
  const leftAt = await enrolment.leave(region, 'x', key())
  t.ok(Math.abs(leftAt - Date.now()) < 60_000)
  const { advisor: _advisor, ...person } = jobseeker(region, 'x', 'anne')
  t.same(await enrolment.person(region, 'x'), { ...person, leftAt })
  t.same(await enrolment.portfolio(region, 'anne'), [])
  t.same((await enrolment.conversations({ region, person: 'x', role: 'jobseeker' }, leftAt)).conversations, [])
  t.match((await facts(region)).at(-1), {
    type: 'personChanged',
    person: { ...person, leftAt },
    before: jobseeker(region, 'x', 'anne'),
  })
  const { feeds } = regionKeys(region)
  for (const frame of [await redis.client.hget(feeds, 'x/1'), await redis.client.hget(feeds, 'anne/2')]) {
    t.match(JSON.parse(frame ?? '{}'), { event: 'enrolment.changed', data: { jobseeker: 'x', left: true } })
  }
  t.match(await open(region), [
    { id: 'left/x', kind: 'left', region, person: 'x', from: 'anne', at: leftAt, pending: ['withdraw', 'expel'] },
  ])
})

t.test('leaving is repeated without harm, and by another key too', async (t) => {
  const { region, enrolment } = await scheme()
  const leftAt = await enrolment.leave(region, 'x', key())
  const told = (await facts(region)).length
  t.equal(await enrolment.leave(region, 'x', key()), leftAt)
  t.equal(await enrolment.leave(region, 'x', key(2)), leftAt)
  t.equal((await facts(region)).length, told)
  const ttl = await redis.client.pttl(regionKeys(region).left('x', key()))
  t.ok(ttl > 47 * 3_600_000 && ttl <= 48 * 3_600_000)
})

t.test('only a jobseeker leaves', async (t) => {
  const { region, enrolment } = await scheme()
  await t.rejects(enrolment.leave(region, 'anne', key()), { code: 'BAD_REQUEST' })
  await t.rejects(enrolment.leave(region, 'nobody', key()), { code: 'NOT_FOUND' })
})

t.test('nobody is brought back by a repeated request, but they may come back when all steps are done', async (t) => {
  const { region, enrolment } = await scheme()
  const again = jobseeker(region, 'x', 'bruno')
  await enrolment.leave(region, 'x', key())
  await t.rejects(enrolment.put(jobseeker(region, 'x', 'anne')), { code: 'CONFLICT' })
  await t.rejects(enrolment.put(again, { rejoin: true }), { code: 'CONFLICT', message: /still leaving/ })
  {
    await using processes = start(region, { left: { withdraw: nothing, expel: nothing }, advisorChanged: {} })
    processes.wake()
    await until(async () => (await open(region)).length === 0)
  }
  t.same(await enrolment.put(again, { rejoin: true }), { person: again, changed: true, created: false })
  t.same(
    (await enrolment.portfolio(region, 'bruno')).map(({ id }) => id),
    ['x'],
  )
  await enrolment.leave(region, 'x', key())
  t.same(await enrolment.person(region, 'x'), again, 'a repeat of the first leaving, late')
  await enrolment.leave(region, 'x', key(2))
  t.ok((await enrolment.person(region, 'x'))?.leftAt)
})

t.test('every step is done once in its order, and the end is told', async (t) => {
  const { region, enrolment } = await scheme()
  const done: string[] = []
  const step =
    (name: string): Step =>
    async (at, person) =>
      void done.push(`${name} ${at} ${person}`)
  await using processes = start(region, {
    left: { withdraw: step('withdraw'), expel: step('expel') },
    advisorChanged: {},
  })
  await enrolment.leave(region, 'x', key())
  processes.wake()
  await until(async () => (await facts(region)).some(({ type }) => type === 'processEnded'))
  t.same(done, [`withdraw ${region} x`, `expel ${region} x`])
  t.match((await facts(region)).at(-1), { type: 'processEnded', process: { id: 'left/x', person: 'x', from: 'anne' } })
  t.equal(await redis.client.exists(regionKeys(region).due), 0)
  t.equal((await open(region)).length, 0)
})

t.test('a change of advisor is a process too; enrolling, and changing something else, is not', async (t) => {
  const { region, enrolment } = await scheme()
  t.same(await open(region), [])
  await enrolment.put({ ...jobseeker(region, 'x', 'anne'), name: 'X' })
  t.same(await open(region), [])
  await enrolment.put(jobseeker(region, 'x', 'bruno'))
  t.match(await open(region), [{ id: 'advisorChanged/x', from: 'anne', to: 'bruno', pending: ['move'] }])
  await enrolment.put(jobseeker(region, 'x'))
  const [process, ...others] = await open(region)
  t.match(process, { id: 'advisorChanged/x', from: 'bruno', pending: ['move'] })
  t.equal(process?.to, undefined)
  t.same(others, [], 'the act that came last is the one to be done')
  const without = new Enrolment({ client: redis.client })
  await without.put(jobseeker(region, 'y', 'anne'))
  await without.put(jobseeker(region, 'y', 'bruno'))
  t.equal((await open(region)).length, 1, 'nothing is stored where nothing follows')
})

t.test('whoever begins a process wakes whoever runs them', async (t) => {
  const { region } = await scheme()
  let woken = 0
  const enrolment = new Enrolment({ client: redis.client, steps: names, onProcess: () => woken++ })
  await enrolment.put({ ...jobseeker(region, 'x', 'anne'), name: 'X' })
  t.equal(woken, 0)
  await enrolment.put(jobseeker(region, 'x', 'bruno'))
  t.equal(woken, 1)
  await enrolment.leave(region, 'x', key())
  await enrolment.leave(region, 'x', key())
  t.equal(woken, 2)
})

t.test('a step that fails is tried again until it is done, and keeps no other from being done', async (t) => {
  const { region, enrolment } = await scheme()
  let failures = 0
  const done: string[] = []
  await using processes = start(region, {
    left: {
      withdraw: async () => {
        failures += 1
        if (failures < 3) throw new Error('not yet')
        done.push('withdraw')
      },
      expel: async () => void done.push('expel'),
    },
    advisorChanged: {},
  })
  await enrolment.leave(region, 'x', key())
  processes.wake()
  await until(async () => (await open(region)).length === 0)
  t.same(done, ['expel', 'withdraw'])
})

t.test('waits grow and stay bounded', async (t) => {
  t.same([0, 1, 2, 3].map(waitAfter), [250, 500, 1_000, 2_000])
  t.equal(waitAfter(1_000), 60_000)
})

t.test('a step that a node does not know is left to one that does', async (t) => {
  const { region, enrolment } = await scheme()
  const done: string[] = []
  await enrolment.leave(region, 'x', key())
  {
    await using old = start(region, { left: { withdraw: async () => void done.push('withdraw') }, advisorChanged: {} })
    old.wake()
    await until(async () => (await open(region))[0]?.attempts === 1)
  }
  t.match(await open(region), [{ pending: ['expel'] }])
  await using newer = start(region, { left: { expel: async () => void done.push('expel') }, advisorChanged: {} })
  newer.wake()
  await until(async () => (await open(region)).length === 0)
  t.same(done, ['withdraw', 'expel'])
})

t.test('a node that dies in a step is followed by another, and cannot confirm anything any more', async (t) => {
  const { region, enrolment } = await scheme()
  const { processes: stored, due, log: events, nudge } = regionKeys(region)
  await enrolment.leave(region, 'x', key())
  // The node that dies: it takes the process and is not heard of again.
  const [dead] = await scripts.takeProcesses(redis.client, [stored, due], [50, 10])
  if (dead === undefined) return t.fail('nothing to take')
  t.same(await scripts.takeProcesses(redis.client, [stored, due], [50, 10]), [], 'it is leased')
  const done: string[] = []
  const hold = Promise.withResolvers<void>()
  await using processes = start(region, {
    left: {
      withdraw: async () => {
        done.push('withdraw')
        await hold.promise
      },
      expel: async () => void done.push('expel'),
    },
    advisorChanged: {},
  })
  processes.wake()
  await until(() => done.length === 1)
  // It was not dead, only slow.
  for (const step of ['withdraw', 'expel']) {
    t.equal(
      await scripts.confirmStep(redis.client, [stored, due, events, nudge], [dead.id, dead.token, step, 50]),
      'gone',
    )
  }
  t.equal(await scripts.postponeProcess(redis.client, [stored, due], [dead.id, dead.token, 60_000]), false)
  hold.resolve()
  await until(async () => (await open(region)).length === 0)
  t.same(done, ['withdraw', 'expel'])
  t.equal(
    await scripts.confirmStep(redis.client, [stored, due, events, nudge], [dead.id, dead.token, 'expel', 50]),
    'gone',
  )
})

t.test('a token is never given twice, also by a process that begins anew under the same id', async (t) => {
  const { region, enrolment } = await scheme()
  const { processes: stored, due, log: events, nudge } = regionKeys(region)
  const tokens: number[] = []
  for (let n = 0; n < 5; n++) {
    await enrolment.put(jobseeker(region, 'x', n % 2 === 0 ? 'bruno' : 'anne'))
    tokens.push((await open(region))[0]?.token ?? 0)
    const [taken] = await scripts.takeProcesses(redis.client, [stored, due], [60_000, 10])
    if (taken === undefined) return t.fail('nothing to take')
    tokens.push(taken.token)
    if (n % 2 === 0) continue
    const ended = await scripts.confirmStep(
      redis.client,
      [stored, due, events, nudge],
      [taken.id, taken.token, 'move', 60_000],
    )
    t.equal(ended, 'ended')
  }
  t.equal(new Set(tokens).size, tokens.length)
})

t.test('many nodes at once do each step of each process, and none twice while its lease lasts', async (t) => {
  const { region, enrolment } = await scheme()
  const ids = Array.from({ length: 60 }, (_, n) => `j${n}`)
  await Promise.all(ids.map((id) => enrolment.put(jobseeker(region, id, 'anne'))))
  const done = new Map<string, number>()
  const step =
    (name: string): Step =>
    async (_region, person) => {
      done.set(`${name} ${person}`, (done.get(`${name} ${person}`) ?? 0) + 1)
    }
  const steps = { left: { withdraw: step('withdraw'), expel: step('expel') }, advisorChanged: {} }
  await using stack = new AsyncDisposableStack()
  const nodes = Array.from({ length: 4 }, () => stack.use(start(region, steps)))
  await Promise.all(ids.map((id) => enrolment.leave(region, id, key())))
  for (const node of nodes) node.wake()
  await until(async () => (await open(region)).length === 0)
  t.equal(done.size, 120)
  t.ok([...done.values()].every((times) => times === 1))
})

t.test('an outage of Redis in the middle loses no step', async (t) => {
  await using own = await testRedis(t)
  const { region, enrolment } = await scheme(own)
  const done: string[] = []
  await using processes = start(
    region,
    {
      left: {
        withdraw: async () => {
          done.push('withdraw')
          if (done.length === 1) await own.restart()
        },
        expel: async () => void done.push('expel'),
      },
      advisorChanged: {},
    },
    { client: own.client, leaseMs: 300 },
  )
  await enrolment.leave(region, 'x', key())
  processes.wake()
  await until(async () => (await own.client.hexists(regionKeys(region).processes, 'left/x')) === 0, {
    timeoutMs: 20_000,
  })
  t.ok(done.includes('expel'))
  t.ok((await enrolment.person(region, 'x'))?.leftAt)
})

t.test('a node that stops leaves the rest to another at once', async (t) => {
  const { region, enrolment } = await scheme()
  const hold = Promise.withResolvers<void>()
  const began = Promise.withResolvers<void>()
  const first = start(region, {
    left: {
      withdraw: async () => {
        began.resolve()
        await hold.promise
      },
      expel: nothing,
    },
    advisorChanged: {},
  })
  await enrolment.leave(region, 'x', key())
  first.wake()
  await began.promise
  const stopped = first[Symbol.asyncDispose]()
  hold.resolve()
  await stopped
  t.match(await open(region), [{ pending: ['expel'] }])
  const { processes: stored, due } = regionKeys(region)
  t.match(await scripts.takeProcesses(redis.client, [stored, due], [60_000, 10]), [{ id: 'left/x' }])
})

t.test('the keys of leaving and of processes share a slot', async (t) => {
  const cluster = await testRedis(t, { cluster: true })
  const { region, enrolment, client } = await scheme(cluster)
  const steps: Steps = { left: { withdraw: nothing, expel: nothing }, advisorChanged: { move: nothing } }
  t.same(stepNames(steps), names)
  await enrolment.put(jobseeker(region, 'x', 'bruno'))
  await enrolment.leave(region, 'x', key())
  let failed = false
  const failing: Step = async () => {
    if (failed) return
    failed = true
    throw new Error('once')
  }
  await using processes = start(region, { ...steps, advisorChanged: { move: failing } }, { client })
  processes.wake()
  await until(async () => (await client.exists(regionKeys(region).due)) === 0)
  t.ok(failed)
})
