/** What the audit log promises, on a real Redis. */
import { readdir, readFile } from 'node:fs/promises'
import { pino } from 'pino'
import t from 'tap'
import { Audit, type AuditOptions, type Entry, type Line, nowhere } from '../../src/audit/audit.ts'
import { firstBreak } from '../../src/audit/chain.ts'
import { auditKeys } from '../../src/audit/keys.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const dayMs = 86_400_000
const log = pino({ level: 'silent' })
const open = (client: AuditOptions['client'], more: Partial<AuditOptions> = {}) =>
  new Audit({ client, regions: ['bretagne', 'occitanie'], retentionMs: 400 * dayMs, log, ...more })
const entry = (n: number, more: Partial<Entry> = {}): Entry => ({
  at: Date.now(),
  actor: { person: `advisor-${n}`, role: 'advisor' },
  session: 'session-1',
  from: '192.0.2.7',
  act: 'chat.history',
  subject: { kind: 'channel', id: `jobseeker-${n}` },
  outcome: 'ok',
  details: { limit: n },
  ...more,
})
const linesOf = async (audit: Audit, region = 'bretagne', range = {}): Promise<Line[]> =>
  (await Array.fromAsync(audit.read(region, range))).flat()

t.test('entries are numbered without gaps and chained, whatever the batches, by several nodes at once', async (t) => {
  await using redis = await testRedis(t, { cluster: true })
  await using ann = open(redis.client)
  await using bob = open(redis.client)
  const each = 1_000
  for (let n = 0; n < each; n++) {
    ann.record('bretagne', entry(n))
    bob.record('bretagne', entry(each + n))
    if (n % 100 === 0) await Promise.all([ann, bob].map((audit) => audit.recordDurably('bretagne', entry(n))))
  }
  await until(() => ann.waiting + bob.waiting === 0, { what: 'all to be stored' })
  const lines = await linesOf(ann)
  t.equal(lines.length, 2 * each + 20)
  t.same(
    lines.map(({ entry: { n } }) => n),
    lines.map((_, index) => index + 1),
  )
  t.equal(firstBreak(lines), undefined, 'the chain is whole')
  const of = (first: number) => lines.map(({ entry: { details } }) => Number(details?.limit)).filter((n) => n >= first)
  t.equal(new Set(of(0)).size, 2 * each, 'each is there')
})

t.test('a change, a removal or an insertion breaks the chain', async (t) => {
  await using redis = await testRedis(t)
  await using audit = open(redis.client)
  for (let n = 0; n < 5; n++) await audit.recordDurably('bretagne', entry(n))
  const lines = await linesOf(audit)
  const [first, second, third] = lines
  if (first === undefined || second === undefined || third === undefined) throw new Error('five entries are there')
  t.equal(firstBreak(lines), undefined)
  t.equal(firstBreak(lines.with(2, { ...third, text: third.text.replace('jobseeker-2', 'jobseeker-9') })), 2)
  t.equal(firstBreak(lines.toSpliced(1, 1)), 1)
  t.equal(firstBreak(lines.toSpliced(1, 0, third)), 1)
  t.equal(firstBreak(lines.with(0, { ...first, text: first.text.replace('ok', 'no') })), 0)
})

t.test('Redis killed meanwhile: nothing recorded is lost or stored twice, and who waits is told', async (t) => {
  await using redis = await testRedis(t)
  await using audit = open(redis.client)
  await audit.recordDurably('bretagne', entry(0))
  await redis.kill()
  for (let n = 1; n <= 500; n++) audit.record('bretagne', entry(n))
  await t.rejects(audit.recordDurably('bretagne', entry(501)), { code: 'UNAVAILABLE' })
  await redis.restart()
  await until(() => audit.waiting === 0, { what: 'all to be stored' })
  const lines = await linesOf(audit)
  t.same(
    lines.map(({ entry: { details } }) => details?.limit),
    Array.from({ length: 502 }, (_, n) => n),
  )
  t.equal(firstBreak(lines), undefined)
  t.equal(audit.dropped, 0)
})

t.test('as many as are allowed wait while Redis is away; the others are counted', async (t) => {
  await using redis = await testRedis(t)
  await using audit = open(redis.client, { mostWaiting: 100 })
  await redis.kill()
  for (let n = 0; n < 130; n++) audit.record('bretagne', entry(n))
  t.same([audit.waiting, audit.dropped], [100, 30])
  await t.rejects(audit.recordDurably('bretagne', entry(200)), { code: 'UNAVAILABLE' })
  await redis.restart()
  await until(() => audit.waiting === 0)
  t.equal((await linesOf(audit)).length, 100)
})

t.test('a node that closes stores what waits', async (t) => {
  await using redis = await testRedis(t)
  const audit = open(redis.client)
  for (let n = 0; n < 1_000; n++) audit.record('bretagne', entry(n))
  await audit[Symbol.asyncDispose]()
  t.equal((await linesOf(audit)).length, 1_000)
})

t.test('no text, phone number, name, token or broken id gets in, whoever records it', async (t) => {
  await using redis = await testRedis(t)
  await using audit = open(redis.client)
  const details = {
    text: 'my secret',
    phone: '+33 6 12 34 56 78',
    sdp: 'v=0\r\no=-',
    list: ['a'],
    n: 1.5,
    ok: true,
    offset: 7,
  }
  await audit.recordDurably('bretagne', entry(1, { details, subject: { kind: 'person', id: 'Jeanne Martin' } }))
  const [line] = await linesOf(audit)
  t.same(line?.entry.details, { ok: true, offset: 7 })
  t.equal(line?.entry.subject, undefined)
})

t.test('a source that is refused again and again does not fill the log, and what was left out is told', async (t) => {
  await using redis = await testRedis(t)
  await using audit = open(redis.client)
  const refusal = (at: number, from = '198.51.100.1') =>
    entry(1, { at, from, actor: 'unknown', act: 'session.open', outcome: 'UNAUTHENTICATED' })
  for (let n = 0; n < 1_000; n++) audit.record(undefined, refusal(0))
  audit.record(undefined, refusal(0, '203.0.113.9'))
  audit.record(undefined, refusal(2_000))
  await until(() => audit.waiting === 0)
  const lines = await linesOf(audit, nowhere)
  t.equal(lines.length, 52)
  t.equal(lines.at(-1)?.entry.details?.unrecorded, 950)
  t.equal(audit.dropped, 950)
  for (let n = 0; n < 100; n++) audit.record('bretagne', entry(n))
  await until(() => audit.waiting === 0)
  t.equal((await linesOf(audit)).length, 100, 'what was done is always recorded')
})

t.test('what is older than the retention goes with later entries, and nothing else does', async (t) => {
  await using redis = await testRedis(t)
  const now = Date.now()
  const keys = auditKeys('bretagne')
  for (let n = 0; n < 1_000; n++) {
    const at = now - 500 * dayMs + n
    await redis.client.xadd(keys.log, `${at}-0`, 'e', `{"n":${n + 1}}`, 'h', 'hash')
  }
  await redis.client.hset(keys.tip, { n: 1_000, h: 'hash' })
  await using audit = open(redis.client)
  for (let n = 0; n < 300; n++) await audit.recordDurably('bretagne', entry(n))
  const lines = await linesOf(audit)
  const old = lines.filter(({ id }) => Number.parseInt(id, 10) < now - 400 * dayMs)
  t.ok(old.length <= 100, `${old.length} old ones are left: whole nodes of the stream go`)
  t.equal(lines.length - old.length, 300)
  t.equal(lines.at(-1)?.entry.n, 1_300, 'numbers go on')
  t.equal(await redis.client.ttl(keys.log), -1)
})

t.test('reading in pages finds every entry once while others are written', async (t) => {
  await using redis = await testRedis(t)
  await using audit = open(redis.client)
  for (let n = 0; n < 2_000; n++) audit.record('bretagne', entry(n))
  await audit.recordDurably('bretagne', entry(2_000))
  let written = 2_001
  const numbers: number[] = []
  for await (const page of audit.read('bretagne', {})) {
    t.ok(page.length <= 500)
    numbers.push(...page.map(({ entry: { n } }) => n))
    if (written >= 4_000) continue
    for (let n = 0; n < 300; n++) audit.record('bretagne', entry(written + n))
    written += 300
    await until(() => audit.waiting === 0)
  }
  t.ok(numbers.length >= 4_000)
  t.same(
    numbers,
    numbers.map((_, index) => index + 1),
  )
})

t.test('a range is read from a time, until a time, or after a line', async (t) => {
  await using redis = await testRedis(t)
  await using audit = open(redis.client)
  const times: number[] = []
  for (let n = 0; n < 5; n++) {
    await audit.recordDurably('bretagne', entry(n))
    const last = (await linesOf(audit)).at(-1)
    times.push(Number.parseInt(last?.id ?? '', 10))
    await until(() => Date.now() > (times.at(-1) ?? 0))
  }
  const found = async (range: object) => (await linesOf(audit, 'bretagne', range)).map(({ entry: { n } }) => n)
  t.same(await found({ from: times[1], until: times[3] }), [2, 3])
  t.same(await found({ after: (await linesOf(audit))[2]?.id }), [4, 5])
  t.same(await found({ until: times[0] }), [])
})

t.test('nothing in src/audit changes or removes an entry but the retention', async (t) => {
  const folder = new URL('../../src/audit/', import.meta.url)
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(ts|lua)$/.test(name))
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))
  const commands = sources.flatMap((text) => [
    ...[...text.matchAll(/redis\.p?call\('(\w+)'(?:, (\w+))?/g)].map(([, name, key]) => `${name} ${key ?? ''}`.trim()),
    ...[...text.matchAll(/client\s*\.(\w+)\(/g)].map(([, name]) => String(name)),
  ])
  t.same([...new Set(commands)].sort(), [
    'GET writer',
    'HMGET tip',
    'HSET tip',
    'SET writer',
    'TIME',
    'XADD log',
    'XTRIM log',
    'xrange',
  ])
})
