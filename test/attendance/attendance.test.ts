/** Records on a real Redis: adding, concurrency, idempotency, seals, erasure, and somebody who rewrites them. */
import t from 'tap'
import { chainAfter, emptyHead, headsOf, type Loose } from '../../src/attendance/chain.ts'
import { attendanceKeys } from '../../src/attendance/keys.ts'
import { verifyRecord } from '../../src/attendance/verify.ts'
import type { AttendanceEntry, Fact } from '../../src/protocol/index.ts'
import { fence } from '../../src/store/fence.ts'
import { testRedis } from '../support/redis.ts'
import { minute, parties, region, testAttendance } from './test-attendance.ts'

const arrived: Fact = { type: 'arrived', party: 'jobseeker', visit: 'v1' }
const invited: Fact = { type: 'invitation', to: 'jobseeker', about: 'booked', step: 'delivered' }

for (const cluster of [false, true]) {
  t.test(
    `a record grows by facts, each once, and both parties get every head${cluster ? ' (cluster)' : ''}`,
    async (t) => {
      const { attendance, open, headsOf: handedTo, window } = await testAttendance(t, { cluster })
      const first = await open()
      t.same(await open(), first, 'opening again changes nothing')
      const second = await attendance.recordFact(region, 'a1', { key: 'sent', fact: invited })
      t.same(
        await attendance.recordFact(region, 'a1', { key: 'sent', fact: arrived }),
        second,
        'the first result counts',
      )
      await attendance.record(region, 'a1', [
        { key: 'arrived', fact: arrived },
        { key: 'sent', fact: invited },
        { key: 'arrived', fact: invited },
      ])
      const entries = await attendance.entries(region, 'a1')
      t.same(
        entries.map(({ fact }) => fact.type),
        ['opened', 'invitation', 'arrived'],
      )
      t.equal(headsOf(entries).broken, undefined)
      const { heads } = headsOf(entries)
      for (const person of [parties.jobseeker, parties.advisor])
        t.same(
          (await handedTo(person)).map(({ n, hash }) => ({ n, hash })),
          heads,
          person,
        )
      const moved: Fact = { type: 'moved', window: { from: window.from + 1, until: window.until + 1 } }
      await attendance.recordFact(region, 'a1', { key: 'moved', fact: moved })
      t.same((await attendance.require(region, 'a1')).window, moved.window)
      await t.rejects(attendance.recordFact(region, 'none', { key: 'k', fact: arrived }), { code: 'NOT_FOUND' })
      await t.rejects(open('a2', { window: { from: 2, until: 1 } }), { code: 'BAD_REQUEST' })
    },
  )
}

t.test('two nodes that add at once lose nothing', async (t) => {
  const redis = await testRedis(t)
  const nodes = [await testAttendance(t, { redis }), await testAttendance(t, { redis })] as const
  await nodes[0].open()
  const each = 40
  const all = nodes.flatMap(({ attendance }, node) =>
    Array.from({ length: each }, (_, n) =>
      attendance.recordFact(region, 'a1', { key: `k/${node}/${n}`, fact: { ...arrived, visit: `${node}-${n}` } }),
    ),
  )
  const heads = await Promise.all(all)
  const entries = await nodes[0].attendance.entries(region, 'a1')
  t.equal(entries.length, 1 + 2 * each)
  t.equal(headsOf(entries).broken, undefined)
  t.equal(new Set(entries.map(({ fact }) => JSON.stringify(fact))).size, 1 + 2 * each)
  const known = new Set(headsOf(entries).heads.map(({ hash }) => hash))
  t.ok(
    heads.every(({ hash }) => known.has(hash)),
    'every head that was answered is one of the chain',
  )
  t.ok(
    nodes.some(({ attendance }) => attendance.counts.contended > 0),
    'they did meet',
  )
})

t.test('nothing is begun of somebody who is being erased', async (t) => {
  const { client, clock, open } = await testAttendance(t)
  clock.now = Date.now()
  await fence(client, region, parties.jobseeker)
  await t.rejects(open('a1', { window: { from: clock.now, until: clock.now + minute } }), { code: 'GONE' })
})

t.test('a record goes when it was kept long enough, in all its parts', async (t) => {
  const { client, attendance, clock, window, sealing } = await testAttendance(t)
  clock.now = Date.now()
  const { from, until } = { from: clock.now + minute, until: clock.now + 2 * minute }
  await attendance.open(region, { appointment: 'a1', ...parties, window: { from, until } })
  await sealing.seal(region, 'a1')
  const { record, entries, contents, seals } = attendanceKeys(region)
  for (const name of [record, entries, contents, seals]) {
    const left = await client.pttl(name('a1'))
    t.ok(left > 0 && left <= 1_002 * minute, name('a1'))
  }
  t.ok(window.until > 0)
})

t.test('seals are made hourly and after each act of a person, by a key that is replaced in time', async (t) => {
  const { attendance, clock, keys, open, sealing, readFile, client } = await testAttendance(t)
  const dueAt = async () => Number(await client.zscore(attendanceKeys(region).due, 'seal/a1'))
  await open()
  t.equal(await dueAt(), clock.now + 60 * minute)
  await attendance.recordFact(region, 'a1', { key: 'x', fact: arrived })
  t.equal(await dueAt(), clock.now + 60 * minute, 'what waits longest decides')
  await attendance.recordFact(region, 'a1', { key: 'e', fact: { type: 'ended', by: 'advisor' } })
  t.equal(await dueAt(), clock.now)
  await sealing.seal(region, 'a1')
  await sealing.seal(region, 'a1')
  t.equal(await client.zscore(attendanceKeys(region).due, 'seal/a1'), null)
  await open('a2')
  await attendance.recordFact(region, 'a2', { key: 'c', fact: { type: 'cancelled', by: 'jobseeker' } })
  t.equal(Number(await client.zscore(attendanceKeys(region).due, 'seal/a2')), clock.now, 'that closes it')
  const first = await keys.published()
  t.equal(first.length, 1)
  clock.now += 25 * 60 * minute
  await attendance.recordFact(region, 'a1', { key: 'y', fact: arrived })
  await sealing.seal(region, 'a1')
  const file = await readFile(region, 'a1')
  t.same(
    file.seals.map(({ n }) => n),
    [3, 4],
  )
  t.equal(new Set(file.seals.map(({ kid }) => kid)).size, 2)
  t.same(
    file.keys.map(({ kid }) => kid),
    file.seals.map(({ kid }) => kid),
  )
  const checked = verifyRecord(file, { keys: await keys.published() })
  t.ok(checked.ok, JSON.stringify(checked.findings))
  t.notOk(verifyRecord(file, { keys: first }).ok, 'with keys that do not have the second')
})

t.test('erasure takes salts and texts, and the chain is as whole as before', async (t) => {
  const { attendance, judging, clock, window, open, readFile, client, headsOf: handedTo } = await testAttendance(t)
  await open()
  clock.now = window.until + 10 * minute
  await judging.propose(region, 'a1')
  await judging.contest(region, 'a1', { key: 'contest-1', reason: 'my train was late', person: parties.jobseeker })
  const by = { key: 'confirm-1', person: parties.advisor, by: 'advisor' } as const
  await judging.confirm(region, 'a1', { ...by, verdict: 'excused', seen: 99, note: 'their train was late' })
  const before = await readFile(region, 'a1')
  t.same(
    before.contents.map(({ name, value }) => `${name}: ${value}`),
    [
      ...[`advisor: ${parties.advisor}`, `jobseeker: ${parties.jobseeker}`, 'reason: my train was late'],
      ...['note: their train was late', `person: ${parties.advisor}`],
    ],
  )
  t.ok(verifyRecord(before).ok)
  const heads = await handedTo(parties.jobseeker)

  await attendance.forget(region, parties.jobseeker)
  await attendance.forget(region, parties.jobseeker)
  const after = await readFile(region, 'a1')
  t.equal(after.record.jobseeker, undefined)
  t.same(
    after.contents.map(({ name }) => name),
    ['advisor', 'person'],
    'also the note about them',
  )
  t.same(after.entries, before.entries)
  const checked = verifyRecord(after, { heads: heads.map(({ n, hash }) => ({ n, hash })) })
  t.ok(checked.ok, JSON.stringify(checked.findings))
  t.ok(checked.remarks.some((remark) => remark.includes('erasure')))
  for (const name of await client.keys('vv:attendance:*')) {
    const type = await client.type(name)
    const stored =
      type === 'hash' ? await client.hgetall(name) : type === 'list' ? await client.lrange(name, 0, -1) : {}
    t.notOk(JSON.stringify(stored).includes(parties.jobseeker), name)
    t.notOk(JSON.stringify(stored).includes('train'), name)
  }
  t.equal(await attendance.count(region, parties.jobseeker), 0)
  t.equal(await attendance.count(region, parties.advisor), 1)
  // It goes on, and nobody is told anything who is not there.
  await attendance.recordFact(region, 'a1', { key: 'late', fact: { type: 'ended', by: 'service' } })
  t.equal((await handedTo(parties.jobseeker)).length, heads.length)
})

t.test(
  'whoever rewrites Redis and signs again with the node’s key is found out by every head that covers the change',
  async (t) => {
    const { client, attendance, keys, open, sealing, readFile, headsOf: handedTo } = await testAttendance(t)
    await open()
    for (let n = 0; n < 8; n += 1)
      await attendance.recordFact(region, 'a1', { key: `k${n}`, fact: { ...arrived, visit: `v${n}` } })
    await sealing.seal(region, 'a1')
    const kept = await handedTo(parties.jobseeker)
    const original = await attendance.entries(region, 'a1')
    t.equal(kept.length, 9)

    const names = attendanceKeys(region)
    for (let victim = 1; victim <= original.length; victim += 1) {
      await rewrite(victim)
      const file = await readFile(region, 'a1')
      t.ok(
        verifyRecord(file, { keys: await keys.published() }).ok,
        `without a head the forgery of entry ${victim} is perfect`,
      )
      for (const { n, hash } of kept)
        t.equal(verifyRecord(file, { heads: [{ n, hash }] }).ok, n < victim, `entry ${victim} forged, head ${n} kept`)
    }

    /** Which of the heads that were handed out still fit; without one there is nothing to see. */
    const fitting = async (): Promise<number[]> => {
      const file = await readFile(region, 'a1')
      t.ok(verifyRecord(file, { keys: await keys.published() }).ok, 'without a head it is perfect')
      return kept.filter(({ n, hash }) => verifyRecord(file, { heads: [{ n, hash }] }).ok).map(({ n }) => n)
    }
    const upTo = (last: number) => kept.map(({ n }) => n).filter((n) => n <= last)
    const anew = (entries: readonly AttendanceEntry[]) =>
      store(chainAfter(emptyHead, entries.map(looseOf)).map(({ entry }) => entry))

    await t.test('also by cutting the end off, wherever', async (t) => {
      for (let length = 1; length < original.length; length += 1) {
        await store(original.slice(0, length))
        t.same(await fitting(), upTo(length), `only ${length} left`)
      }
    })

    await t.test('also by leaving one out, or putting one in, wherever', async (t) => {
      const [, extra] = original
      if (extra === undefined) throw new Error('too short')
      for (let index = 1; index < original.length; index += 1) {
        await anew(original.toSpliced(index, 1))
        // Of the last one left out the others stand as they were.
        t.same(await fitting(), upTo(index), `without entry ${index + 1}`)
        await anew(original.toSpliced(index, 0, { ...extra, at: extra.at + 1 }))
        t.same(await fitting(), upTo(index), `with another one before entry ${index + 1}`)
      }
    })

    await t.test('also by two that change places, wherever', async (t) => {
      for (let index = 2; index < original.length; index += 1) {
        const [before, after] = [original[index - 1], original[index]]
        if (before === undefined || after === undefined) throw new Error('too short')
        await anew(original.with(index - 1, after).with(index, before))
        t.same(await fitting(), upTo(index - 1), `entries ${index} and ${index + 1}`)
      }
    })

    function looseOf({ n: _n, prev: _prev, ...rest }: AttendanceEntry): Loose {
      return rest
    }
    async function rewrite(victim: number) {
      const loose = original.map((entry, index): Loose => {
        const rest = looseOf(entry)
        if (index + 1 !== victim) return rest
        const elsewhere: Fact = { type: 'arrived', party: 'advisor', visit: 'forged' }
        return rest.fact.type === 'opened' ? { ...rest, at: rest.at + 1 } : { ...rest, fact: elsewhere }
      })
      await store(chainAfter(emptyHead, loose).map(({ entry }) => entry))
    }
    /** With everything that the node itself has: storage and key. */
    async function store(entries: readonly AttendanceEntry[]) {
      const { heads } = headsOf(entries)
      const newest = heads.at(-1)
      if (newest === undefined) throw new Error('nothing to store')
      const sealed = await keys.sign({ appointment: 'a1', ...newest, at: 1 })
      await client.del(names.entries('a1'), names.seals('a1'))
      await client.rpush(names.entries('a1'), ...entries.map((entry) => JSON.stringify(entry)))
      await client.rpush(names.seals('a1'), JSON.stringify(sealed))
      await client.hset(names.record('a1'), 'n', newest.n, 'hash', newest.hash)
    }
  },
)
