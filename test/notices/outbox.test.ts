/** The transitions of the outbox and of contacts, on a Redis in cluster mode: a key in another slot would be refused. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { Contacts } from '../../src/notices/contacts.ts'
import { noticeKeys, secretKey } from '../../src/notices/keys.ts'
import { type NewNotice, Notices } from '../../src/notices/notices.ts'
import { Outbox } from '../../src/notices/outbox.ts'
import { readToken, signToken, Unsubscribe } from '../../src/notices/unsubscribe.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { dayMs, leftNotice, postOffice, unread } from './post-office.ts'
import { testSmtp } from './smtp-server.ts'

const redis = await testRedis(t, { cluster: true })
const { client } = redis
const region = 'north'
const retentionMs = 400 * dayMs
const notices = new Notices({ client, retentionMs, patienceMs: dayMs })
const contacts = new Contacts({ client })
const outbox = new Outbox({ client, retentionMs, leaseMs: 10_000 })
t.beforeEach(async () => void (await client.flushall()))

const keysOf = (mails: Awaited<ReturnType<Outbox['take']>>['mails']) =>
  mails.map(({ notices }) => notices.map(({ key }) => key))
const stateOf = async (person: string) => (await notices.of(region, person)).map(({ state }) => state)
/** As if the lease of whatever is leased had run out. */
const leaseOver = async () => {
  const { due } = noticeKeys(region)
  for (const key of await client.zrange(due, '0', '-1')) await client.zadd(due, 0, key)
}

t.test('what is leased is nobody else’s, and whoever lost the lease can record nothing', async (t) => {
  await notices.put(leftNotice('yann', 'left/yann/1'))
  const { mails } = await outbox.take(region, 10)
  t.same(keysOf(mails), [['left/yann/1']])
  t.same(keysOf((await outbox.take(region, 10)).mails), [])
  await leaseOver()
  const again = (await outbox.take(region, 10)).mails
  t.match(again, [{ mail: mails[0]?.mail, repeated: true }])
  t.equal(mails[0]?.repeated, false)
  const sent = [{ key: 'left/yann/1', state: 'sent', attempt: { outcome: 'sent' } }] as const
  await outbox.settle(region, mails[0]?.token ?? 0, sent)
  t.same(await stateOf('yann'), ['leased'])
  await outbox.settle(region, again[0]?.token ?? 0, sent)
  t.same(await stateOf('yann'), ['sent'])
  await outbox.settle(region, again[0]?.token ?? 0, [{ ...sent[0], state: 'failed' }])
  t.same(await stateOf('yann'), ['sent'])
})

t.test('notices of one person and kind that are due are leased together, and go on together', async (t) => {
  for (const n of [1, 2, 3]) await notices.put(unread('yann', `unread/yann/${n}`, { at: 1_000 * n }))
  await notices.put(unread('yann', 'unread/yann/9', { at: Date.now() + dayMs }))
  await notices.put(unread('yannick', 'unread/yannick/1'))
  await notices.put(leftNotice('yann', 'left/yann/1'))
  const { mails } = await outbox.take(region, 10)
  t.same(keysOf(mails).sort(), [
    ['left/yann/1'],
    ['unread/yann/1', 'unread/yann/2', 'unread/yann/3'],
    ['unread/yannick/1'],
  ])
  await notices.put(unread('yann', 'unread/yann/4', { at: 0 }))
  await leaseOver()
  const again = (await outbox.take(region, 10)).mails
  t.same(
    keysOf(again.filter(({ repeated }) => repeated)).sort(),
    keysOf(mails).sort(),
    'a mail that may have gone out stays as it was',
  )
  t.same(
    new Set(again.filter(({ repeated }) => repeated).map(({ mail }) => mail)),
    new Set(mails.map(({ mail }) => mail)),
  )
  t.equal(new Set(again.map(({ mail }) => mail)).size, again.length)
})

t.test('a merged mail that certainly did not go out gives way to another', async (t) => {
  await notices.put(unread('yann', 'unread/yann/1'))
  const [first] = (await outbox.take(region, 10)).mails
  await outbox.settle(region, first?.token ?? 0, [{ key: 'unread/yann/1', state: 'waiting', waitMs: 0 }])
  await notices.put(unread('yann', 'unread/yann/2'))
  const [second] = (await outbox.take(region, 10)).mails
  t.match(second, { repeated: false, notices: [{ key: 'unread/yann/1' }, { key: 'unread/yann/2' }] })
  t.not(second?.mail, first?.mail, 'and has an id of its own, so that it is not taken for the first')
})

t.test('withdrawn while a node that then died was sending, it is not sent again', async (t) => {
  await notices.put(unread('yann', 'unread/yann/1'))
  await notices.put(unread('yann', 'unread/yann/2'))
  await outbox.take(region, 10)
  t.equal(await notices.withdraw(region, 'unread/yann/1'), 'underway')
  await leaseOver()
  t.same(keysOf((await outbox.take(region, 10)).mails), [['unread/yann/2']])
  t.same((await stateOf('yann')).sort(), ['leased', 'withdrawn'])
})

t.test('records go when their retention is over, and only then', async (t) => {
  const brief = { client, retentionMs: 1, patienceMs: 1 }
  await new Notices(brief).put(unread('yann', 'unread/yann/1'))
  await notices.put(leftNotice('yann', 'left/yann/1'))
  await until(async () => {
    await outbox.expire(region)
    return (await notices.of(region, 'yann')).length === 1
  })
  t.match(await notices.of(region, 'yann'), [{ key: 'left/yann/1' }])
  t.equal(await outbox.waiting([region, 'south']), 1)
})

t.test('the agency’s list does not undo what somebody has chosen', async (t) => {
  const quiet = { from: '20:00', until: '08:00' }
  const agency = { email: 'yann@example.org', language: 'en', digest: 'daily', quiet } as const
  t.same(await contacts.set(region, 'yann', agency), { contact: agency, changed: true })
  t.same(await contacts.set(region, 'yann', agency), { contact: agency, changed: false })
  t.same(await contacts.choose(region, 'yann', { language: 'fr', digest: 'each' }), {
    ...{ email: 'yann@example.org', language: 'fr', digest: 'each' },
  })
  const moved = { ...agency, email: 'new@example.org', digest: 'off' } as const
  t.match(await contacts.set(region, 'yann', moved), {
    changed: true,
    contact: { email: 'new@example.org', language: 'fr', digest: 'each' },
  })
  t.notOk((await contacts.get(region, 'yann'))?.quiet, 'none, as they have chosen')
  const same = { from: '08:00', until: '08:00' }
  await t.rejects(contacts.set(region, 'yann', { ...agency, quiet: same }), { code: 'BAD_REQUEST' })
  await t.rejects(contacts.choose(region, 'yann', { ...agency, quiet: same }), { code: 'BAD_REQUEST' })
  t.equal(await contacts.get(region, 'nobody'), undefined)
  t.same(await contacts.choose(region, 'nobody', { language: 'en', digest: 'off' }), { language: 'en', digest: 'off' })
})

t.test('an unsubscription outlives the agency’s list, and taken back gives what was before', async (t) => {
  await contacts.set(region, 'yann', { email: 'yann@example.org', digest: 'daily' })
  t.match(await contacts.subscribe(region, 'yann', false), { digest: 'off' })
  t.match(await contacts.set(region, 'yann', { email: 'new@example.org' }), { contact: { digest: 'off' } })
  await contacts.set(region, 'yann', { email: 'new@example.org', digest: 'daily' })
  t.match(await contacts.subscribe(region, 'yann', true), { digest: 'daily' })
  await contacts.choose(region, 'yann', { language: 'fr', digest: 'off', quiet: { from: '20:00', until: '08:00' } })
  t.match(await contacts.subscribe(region, 'yann', true), {
    ...{ email: 'new@example.org', digest: 'each', quiet: { from: '20:00', until: '08:00' } },
  })
  await contacts.subscribe(region, 'yann', false)
  t.match(await contacts.choose(region, 'yann', { language: 'fr', digest: 'each' }), { digest: 'each' })
  t.equal(await contacts.subscribe(region, 'nobody', false), undefined)
  t.equal(await contacts.get(region, 'nobody'), undefined, 'and nothing is kept of them')
})

t.test('links are signed with one secret of all nodes, and cannot be made without it', async (t) => {
  const nodes = [1, 2, 3].map(() => new Unsubscribe({ client, contacts }))
  const tokens = await Promise.all(nodes.map((node) => node.token({ region, person: 'yann' })))
  t.equal(new Set(tokens).size, 1)
  const secret = (await client.get(secretKey)) ?? ''
  const [token = ''] = tokens
  t.same(readToken(secret, token), { region, person: 'yann' })
  const other = signToken('another secret', { region, person: 'yann' })
  const [named, signature = ''] = token.split('.')
  const [zoe] = signToken('', { region, person: 'zoe' }).split('.')
  for (const wrong of [
    '',
    '.',
    'x',
    other,
    `${named}.`,
    `${named}`,
    `${zoe}.${signature}`,
    `${token}.x`,
    `${named}.${signature.slice(0, -2)}`,
    `${token.slice(0, -3)}AAA`,
  ])
    t.equal(readToken(secret, wrong), undefined, wrong)
  t.equal(await nodes[0]?.contact('x'), undefined)
  t.equal(await nodes[0]?.subscribe('x', false), undefined)
  t.equal(await nodes[0]?.contact(token), 'unknown')
})

/** Every file of the append-only log, after it was written anew. */
async function rewrittenLog(): Promise<string> {
  const before = await client.info('persistence')
  const rewrites = (info: string) => /aof_rewrites:(\d+)/.exec(info)?.[1]
  await client.bgrewriteaof()
  await until(async () => {
    const info = await client.info('persistence')
    return rewrites(info) !== rewrites(before) && info.includes('aof_rewrite_in_progress:0')
  })
  const folder = join(redis.dir, 'appendonlydir')
  const files = await readdir(folder)
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'latin1')))).join('')
}

t.test('who is forgotten leaves no trace, but for the receipt until it is sent', async (t) => {
  const canary = 'canary-6b1f@example.org'
  const data = { from: ['Canary-Name'], count: 1, since: 1 }
  await contacts.set(region, 'canary-id', { email: canary, language: 'en' })
  await contacts.set(region, 'yann', { email: 'yann@example.org' })
  await notices.put(unread('yann', 'unread/yann/1', { at: Date.now() + dayMs }))
  await notices.put(unread('canary-id', 'unread/canary-id/1', { data }))
  await notices.put(leftNotice('canary-id', 'left/canary-id/1'))
  const [mail] = (await outbox.take(region, 1)).mails
  t.match(await rewrittenLog(), canary, 'the log can be read')
  const receipt: NewNotice = {
    region,
    person: 'canary-id',
    key: 'erased/canary-id/1',
    kind: 'erased',
    data: { at: Date.now() },
    at: Date.now(),
  }
  await notices.put(receipt)
  await notices.forget(region, 'canary-id')
  await notices.forget(region, 'canary-id')
  await outbox.settle(region, mail?.token ?? 0, [{ key: mail?.notices[0]?.key ?? '', state: 'waiting', waitMs: 0 }])
  t.match(await notices.of(region, 'canary-id'), [{ key: receipt.key, state: 'waiting' }])
  t.equal(await contacts.get(region, 'canary-id'), undefined)

  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await using _loop = post.deliver(smtp.url)
  await until(async () => (await outbox.waiting([region])) === 1)
  t.match(smtp.mails, [{ to: [canary], subject: 'Your data have been erased' }])
  t.equal(smtp.mails.length, 1)
  // The step that put it may run again.
  await notices.put(receipt)
  await until(async () => (await outbox.waiting([region])) === 1)
  t.same(await notices.of(region, 'canary-id'), [])
  t.equal(smtp.mails.length, 1)
  const log = await rewrittenLog()
  t.notMatch(log, /canary/i)
  t.match(log, /yann@example\.org/, 'of the others everything is there')
})

t.test('a last notice that cannot be sent does not keep the address for ever', async (t) => {
  await contacts.set(region, 'yann', { email: 'yann@example.org' })
  const impatient = new Notices({ client, retentionMs, patienceMs: 1 })
  await impatient.put({ region, person: 'yann', key: 'erased/yann/1', kind: 'erased', data: { at: 1 }, at: 1 })
  await impatient.forget(region, 'yann')
  await until(async () => {
    await outbox.expire(region)
    return (await outbox.waiting([region])) === 0
  })
  const { notices: records, own, open, due, expiring, contacts: known } = noticeKeys(region)
  for (const key of [records, own, open, due, expiring, known]) t.equal(await client.exists(key), 0, key)
})

t.test('a key is a short word, for it becomes part of an index', async (t) => {
  for (const key of ['', '#', 'a b', 'a\nb', `a${'b'.repeat(300)}`, '{x}'])
    await t.rejects(notices.put(unread('yann', key)), /not a key/, JSON.stringify(key))
})
