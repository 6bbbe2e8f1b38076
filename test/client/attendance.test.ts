/** What a device keeps of attendance records by itself: heads, and tries that could not be told. */
import t, { type Test } from 'tap'
import { AttemptKeeper, type KeptAttempt } from '../../client/attempt-keeper.ts'
import { HeadKeeper } from '../../client/head-keeper.ts'
import { connect, type DeviceStorage, VisavisError } from '../../client/index.ts'
import { chainAfter, emptyHead } from '../../src/attendance/chain.ts'
import { attendanceKeys } from '../../src/attendance/keys.ts'
import type { RecordFile } from '../../src/attendance/record-file.ts'
import { verifyRecord } from '../../src/attendance/verify.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const agency = 'agency'.repeat(8)

/** @param room how many characters fit. */
function memory(room = Number.POSITIVE_INFINITY): DeviceStorage & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      const others = [...kept].filter(([name]) => name !== key).reduce((sum, [, text]) => sum + text.length, 0)
      if (others + value.length > room) throw new Error('QuotaExceededError')
      kept.set(key, value)
    },
    removeItem: (key) => void kept.delete(key),
  }
}
const head = (n: number, digit = 'a') => ({ n, hash: digit.repeat(64) })

t.test('every head is kept once, and two of one number are both kept, for they prove a change', async (t) => {
  const storage = memory()
  const keeper = new HeadKeeper(storage)
  t.equal(keeper.keep('a1', head(1)), false)
  t.equal(keeper.keep('a1', head(1)), false)
  t.equal(keeper.keep('a1', head(2)), false)
  t.equal(keeper.keep('a1', head(2, 'b')), true)
  t.equal(keeper.keep('a1', head(2, 'b')), false, 'known by now')
  t.same(new HeadKeeper(storage).of('a1'), [head(1), head(2), head(2, 'b')], 'after the page was loaded anew')
  t.same(keeper.of('a2'), [])
})

t.test('where there is no more room, the heads of the oldest appointments go first', async (t) => {
  const storage = memory(300)
  const keeper = new HeadKeeper(storage)
  for (const id of ['a1', 'a2', 'a3', 'a4', 'a5']) keeper.keep(id, head(1))
  t.same(keeper.of('a5'), [head(1)])
  t.same(keeper.of('a1'), [])
  t.notOk(storage.kept.get('visavis.heads')?.includes('a1'))
})

t.test('tries are kept until they are told, and a hasty repeat is one try', async (t) => {
  const storage = memory()
  const keeper = new AttemptKeeper(storage)
  keeper.add('a1', 'unreachable', 1_000)
  keeper.add('a1', 'unreachable', 2_000)
  keeper.add('a1', 'camera-denied', 3_000)
  keeper.add('a1', 'unreachable', 100_000)
  keeper.add('a2', 'offline', 100_000)
  t.equal(keeper.list.length, 4)
  const told: KeptAttempt[] = []
  await keeper.handIn(async () => {
    throw new VisavisError('UNAVAILABLE', 'storage is away')
  })
  t.equal(keeper.list.length, 4, 'nothing is lost')
  await keeper.handIn(async (attempt) => {
    if (attempt.appointment === 'a2') throw new VisavisError('NOT_FOUND', 'somebody else’s')
    told.push(attempt)
  })
  t.same(
    told.map(({ at }) => at),
    [1_000, 3_000, 100_000],
  )
  t.same(
    keeper.list.map(({ appointment }) => appointment),
    ['a2'],
    'it waits for whom it belongs to',
  )
  storage.setItem('visavis.attempts', 'nonsense')
  t.same(keeper.list, [])
})

interface Opened extends TestNode {
  /** One fact more, told by the agency. */
  tell(key: string): Promise<void>
  file(): Promise<RecordFile>
  /** Ends the appointment, once what is tried during it has arrived: a busy machine may take long for that. */
  endAfterTry(): Promise<void>
}

async function opened(t: Test, env: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agency, VISAVIS_ATTENDANCE_VERDICT_MS: '0', ...env })
  const url = `${node.url}/api/regions/bretagne/attendance/a1`
  const headers = { authorization: `Bearer ${agency}`, 'content-type': 'application/json' }
  const window = { from: Date.now() - 60_000, until: Date.now() + 30 * 60_000 }
  const body = JSON.stringify({ jobseeker: 'jobseeker-1', advisor: 'advisor-anne', window })
  t.equal((await fetch(url, { method: 'PUT', headers, body })).status, 200)
  const file = async () => (await (await fetch(url, { headers })).json()) as RecordFile
  const tell = async (key: string) => {
    const fact = { type: 'invitation', to: 'jobseeker', about: 'reminder', step: 'sent' }
    const body = JSON.stringify({ key, at: Date.now(), fact })
    t.equal((await fetch(`${url}/facts`, { method: 'POST', headers, body })).status, 200)
  }
  const endAfterTry = async () => {
    await until(async () => (await file()).entries.some(({ fact }) => fact.type === 'attempt'), { what: 'the try' })
    const fact = { type: 'moved', window: { ...window, until: Date.now() } }
    const body = JSON.stringify({ key: 'end-of-it-1', at: Date.now(), fact })
    t.equal((await fetch(`${url}/facts`, { method: 'POST', headers, body })).status, 200)
  }
  return { ...node, file, tell, endAfterTry, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() }
}

t.test('a client keeps each head it is handed, and the record stands up to all of them', async (t) => {
  const node = await opened(t)
  const storage = memory()
  const visavis = connect({ url: node.url, token: () => node.token('jobseeker-1'), storage })
  t.teardown(() => visavis.close())
  await visavis.opened
  const contradicted: string[] = []
  visavis.attendance.onContradiction((appointment) => contradicted.push(appointment))
  visavis.attendance.attempt('a1', 'no-camera')
  await node.endAfterTry()
  const record = await until(async () => {
    const read = await visavis.attendance.read('a1')
    return read.record.state === 'proposed' && read
  })
  t.equal(record.record.verdict, 'technical-user')
  const contested = await visavis.attendance.contest('a1', 'my camera was fine')
  t.equal(contested.state, 'contested')
  await until(() => visavis.attendance.heads('a1').at(-1)?.n === contested.head.n, { what: 'the heads' })
  const heads = visavis.attendance.heads('a1')
  t.ok(heads.length >= 4, String(heads.length))
  const checked = verifyRecord(await node.file(), { heads })
  t.ok(checked.ok, JSON.stringify(checked.findings))
  t.same(contradicted, [])
  t.match(await visavis.attendance.list(), [{ appointment: 'a1', state: 'contested' }])
})

t.test('every device of both keeps each head, and what it has missed once it is back', async (t) => {
  const redis = await testRedis(t)
  const node = await opened(t, { REDIS_URL: redis.url })
  const device = async (person: string, storage = memory()) => {
    const visavis = connect({ url: node.url, token: () => node.token(person), storage })
    t.teardown(() => visavis.close())
    const contradicted: string[] = []
    visavis.attendance.onContradiction((appointment) => contradicted.push(appointment))
    await visavis.opened
    const numbers = () => visavis.attendance.heads('a1').map(({ n }) => n)
    const has = (...wanted: number[]) => until(() => numbers().join() === wanted.join(), { what: `heads ${wanted}` })
    return { visavis, storage, contradicted, has }
  }
  const phone = await device('jobseeker-1')
  const laptop = await device('jobseeker-1')
  const advisor = await device('advisor-anne')
  for (const one of [phone, laptop, advisor]) await one.has(1)
  await node.tell('reminder-2')
  for (const one of [phone, laptop, advisor]) await one.has(1, 2)

  laptop.visavis.close()
  await node.tell('reminder-3')
  await node.tell('reminder-4')
  for (const one of [phone, advisor]) await one.has(1, 2, 3, 4)
  const reloaded = await device('jobseeker-1', laptop.storage)
  await reloaded.has(1, 2, 4)
  t.same(reloaded.contradicted, [], 'the newest stands for what was missed')
  const tablet = await device('jobseeker-1')
  await tablet.has(4)

  // Somebody with all that the service has takes the third entry out of the record.
  const { record, entries: list } = attendanceKeys('bretagne')
  const entries = (await node.file()).entries.toSpliced(2, 1)
  const forged = chainAfter(
    emptyHead,
    entries.map(({ n: _n, prev: _prev, ...loose }) => loose),
  )
  const newest = forged.at(-1)?.head
  await redis.client.del(list('a1'))
  await redis.client.rpush(list('a1'), ...forged.map(({ text }) => text))
  await redis.client.hset(record('a1'), { n: String(newest?.n), hash: newest?.hash ?? '' })
  t.ok(verifyRecord(await node.file()).ok, 'by itself the file is perfect')
  advisor.visavis.close()
  const back = await device('advisor-anne', advisor.storage)
  await until(() => back.contradicted.includes('a1'), { what: 'the contradiction, without anybody asking' })
  for (const { visavis, storage } of [phone, reloaded, tablet, back]) {
    const checked = await visavis.attendance.check(await visavis.attendance.read('a1'))
    t.ok(checked.contradicted.length > 0, 'each device finds that something is missing')
    t.notOk(verifyRecord(await node.file(), { heads: visavis.attendance.heads('a1') }).ok)
    t.ok(storage.kept.get('visavis.heads.a1'))
  }
})

t.test('a calendar full of what lies ahead hides no head of what was on', async (t) => {
  const env = { VISAVIS_REQUESTS_PER_SECOND: '1000', VISAVIS_REQUEST_BURST: '10000' }
  const node = await opened(t, env)
  const headers = { authorization: `Bearer ${agency}`, 'content-type': 'application/json' }
  const dayMs = 24 * 60 * 60_000
  const ahead = Array.from({ length: 100 }, (_, n) => n + 1).map(async (n) => {
    const from = Date.now() + n * dayMs
    const url = `${node.url}/api/regions/bretagne/attendance/ahead-${n}`
    const window = { from, until: from + 60_000 }
    const body = JSON.stringify({ jobseeker: 'jobseeker-1', advisor: 'advisor-anne', window })
    return (await fetch(url, { method: 'PUT', headers, body })).status
  })
  t.same(new Set(await Promise.all(ahead)), new Set([200]))
  const visavis = connect({ url: node.url, token: () => node.token('advisor-anne'), storage: memory() })
  t.teardown(() => visavis.close())
  await visavis.opened
  await until(() => visavis.attendance.heads('ahead-100').length === 1, { what: 'the farthest' })
  await until(() => visavis.attendance.heads('a1').length === 1, { what: 'the one that is on' })
})

t.test('whoever could not reach the service is believed when they come back', async (t) => {
  const node = await opened(t)
  const storage = memory()
  // A port where nobody listens.
  const away = connect({ url: 'http://127.0.0.1:9', token: () => 'none', storage })
  away.attendance.attempt('a1', 'unreachable')
  away.close()
  t.equal(JSON.parse(storage.getItem('visavis.attempts') ?? '[]').length, 1)
  const back = connect({ url: node.url, token: () => node.token('jobseeker-1'), storage })
  t.teardown(() => back.close())
  await node.endAfterTry()
  await until(() => storage.getItem('visavis.attempts') === '[]')
  const { record } = await until(async () => {
    const file = await node.file()
    return file.record.state === 'proposed' && file
  })
  t.equal(record.verdict, 'undetermined')
  t.ok(record.because?.includes('tried'))
  t.equal(record.cannotBeAbsent, true)
})
