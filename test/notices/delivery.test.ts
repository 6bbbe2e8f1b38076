/** From putting a notice to a real SMTP server, on a real Redis. */
import { createHash } from 'node:crypto'
import t from 'tap'
import { noticeKeys } from '../../src/notices/keys.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { dayMs, leftNotice, place, postOffice, publicUrl, quietAround, unread } from './post-office.ts'
import { testSmtp } from './smtp-server.ts'

const redis = await testRedis(t)
const { client } = redis
const region = place.id
t.beforeEach(async () => void (await client.flushall()))

/** Something that was not to be sent would have been by now: a notice that was put later is there. */
async function settled(post: ReturnType<typeof postOffice>, mails: readonly { to: readonly string[] }[]) {
  await post.contacts.set(region, 'last', { email: 'last@example.org' })
  await post.notices.put({ ...leftNotice('last', `last-${mails.length}`), urgent: true })
  await until(() => mails.some(({ to }) => to.includes('last@example.org')), { what: 'the mail after all others' })
}
const to = (person: string) => `${person}@example.org`

t.test('a notice is sent once, however often it is put', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await post.contacts.set(region, 'yann', { email: to('yann') })
  const notice = unread('yann', 'unread/yann/1')
  t.same(await Promise.all([post.notices.put(notice), post.notices.put(notice)]), [
    { created: true, state: 'waiting' },
    { created: false, state: 'waiting' },
  ])
  await using _loop = post.deliver(smtp.url)
  await until(() => smtp.mails.length > 0)
  await until(async () => (await post.notices.put(notice)).state === 'sent')
  await settled(post, smtp.mails)
  t.equal(smtp.mails.length, 2)

  const [mail] = smtp.mails
  t.match(mail, { from: 'visavis@agency.example.org', to: [to('yann')], subject: 'Vous avez 1 message non lu' })
  t.match(mail?.text, /Anne Le Goff vous a écrit\./)
  t.match(mail?.text, `${publicUrl}/`)
  t.match(mail?.html, /<html lang="fr">[\s\S]*Anne Le Goff vous a écrit\./)
  const [record] = await post.notices.of(region, 'yann')
  t.match(record, { key: 'unread/yann/1', kind: 'unreadMessages', official: false, state: 'sent' })
  t.match(record?.attempts, [{ outcome: 'sent', code: 250, at: Number }])
  t.equal(await post.outbox.waiting([region]), 0)
  t.notMatch(
    String(await client.hget(noticeKeys(region).notices, 'unread/yann/1')),
    /Anne/,
    'nothing of its content is kept',
  )
})

t.test('headers are those of a machine’s mail, with one-click unsubscription unless it is official', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await post.contacts.set(region, 'yann', { email: to('yann'), language: 'en' })
  await post.notices.put(unread('yann', 'unread/yann/1'))
  await post.notices.put(leftNotice('yann', 'left/yann/1'))
  const before = Math.floor(Date.now() / 1_000) * 1_000
  await using _loop = post.deliver(smtp.url)
  await until(() => smtp.mails.length === 2)
  for (const { headers, html, parts } of smtp.mails) {
    t.equal(headers.get('from'), 'Visavis <visavis@agency.example.org>')
    t.equal(headers.get('to'), to('yann'))
    t.equal(headers.get('auto-submitted'), 'auto-generated')
    t.equal(headers.get('content-language'), 'en')
    t.match(headers.get('message-id'), /^<[0-9a-f]{40}@agency\.example\.org>$/)
    const date = Date.parse(headers.get('date') ?? '')
    t.ok(date >= before && date <= Date.now(), 'the date is now')
    t.same(
      parts.map(({ type }) => type),
      ['text/plain', 'text/html'],
    )
    t.notMatch(html, /<img|<script|src=/)
  }
  const token = await post.unsubscribe.token({ region, person: 'yann' })
  const link = `${publicUrl}/unsubscribe?token=${token}`
  const [notice, receipt] = smtp.mails.toSorted(
    (a, b) => Number(a.text.includes('official')) - Number(b.text.includes('official')),
  )
  t.equal(notice?.headers.get('list-unsubscribe'), `<${link}>`)
  t.equal(notice?.headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click')
  t.match(notice?.text, link)
  t.equal(receipt?.subject, 'You have left, as you asked')
  for (const name of ['list-unsubscribe', 'list-unsubscribe-post']) t.notOk(receipt?.headers.has(name), name)
  t.notMatch(receipt?.text, 'unsubscribe')
})

t.test('"not now" is tried again until it is taken, and every attempt is on record', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await post.contacts.set(region, 'yann', { email: to('yann') })
  const answers = [
    { to: 'RCPT', code: 451 },
    { to: 'DATA', code: 452 },
  ] as const
  let asked = 0
  smtp.refuse = (address) => (address === to('yann') && asked < answers.length ? answers[asked] : undefined)
  await post.notices.put(leftNotice('yann', 'left/yann/1'))
  await using _loop = post.deliver(smtp.url)
  for (const count of [1, 2]) {
    await until(async () => (await post.notices.of(region, 'yann'))[0]?.attempts.length === count)
    asked = count
  }
  await until(async () => (await post.notices.of(region, 'yann'))[0]?.state === 'sent')
  t.equal(smtp.mails.length, 1)
  const [record] = await post.notices.of(region, 'yann')
  t.match(record?.attempts.slice(0, 2), [
    { outcome: 'again', why: 'deferred', code: 451 },
    { outcome: 'again', why: 'deferred', code: 452 },
  ])
  t.match(record?.attempts.at(-1), { outcome: 'sent', code: 250 })
})

t.test('a no for good, to the address or to the mail, ends a notice and is on record', async (t) => {
  await using smtp = await testSmtp(t)
  const lines: string[] = []
  const post = postOffice(client, { lines })
  smtp.refuse = (address) => {
    if (address === to('yann')) return { to: 'RCPT', code: 550 }
    return address === to('zoe') ? { to: 'DATA', code: 554 } : undefined
  }
  await using _loop = post.deliver(smtp.url)
  for (const person of ['yann', 'zoe']) {
    await post.contacts.set(region, person, { email: to(person) })
    await post.notices.put(unread(person, `unread/${person}/1`))
    await until(async () => (await post.notices.of(region, person))[0]?.state === 'failed')
  }
  await post.notices.put(unread('nobody', 'unread/nobody/1'))
  await until(async () => (await post.notices.of(region, 'nobody'))[0]?.state === 'failed')
  await settled(post, smtp.mails)
  t.equal(smtp.mails.length, 1)
  t.match(await post.notices.of(region, 'yann'), [{ why: 'refused', attempts: [{ outcome: 'failed', code: 550 }] }])
  t.match(await post.notices.of(region, 'zoe'), [{ why: 'refused', attempts: [{ outcome: 'failed', code: 554 }] }])
  t.strictSame(
    (await post.notices.of(region, 'nobody')).map(({ why, attempts }) => ({ why, attempts })),
    [{ why: 'noAddress', attempts: [] }],
  )
  t.same(
    post.outcomes.filter((outcome) => outcome.startsWith('unread')),
    ['unreadMessages refused', 'unreadMessages refused', 'unreadMessages noAddress'],
  )
  t.match(lines.join(''), /a mail was refused for good/)
  t.notMatch(lines.join(''), /@|Anne|yann|zoe/)
})

t.test('while the server is away notices wait, and one line says so', async (t) => {
  await using smtp = await testSmtp(t)
  await smtp.stop()
  const lines: string[] = []
  const post = postOffice(client, { lines })
  await using _loop = post.deliver(smtp.url)
  for (const person of ['yann', 'zoe']) {
    await post.contacts.set(region, person, { email: to(person) })
    await post.notices.put(unread(person, `unread/${person}/1`))
  }
  const attempts = async (person: string) => (await post.notices.of(region, person))[0]?.attempts ?? []
  await until(async () => (await attempts('yann')).length >= 2 && (await attempts('zoe')).length >= 2)
  t.match(await attempts('yann'), [
    { outcome: 'again', why: 'unreachable' },
    { outcome: 'again', why: 'unreachable' },
  ])
  t.equal(await post.outbox.waiting([region]), 2)
  await smtp.start()
  await until(async () => (await post.outbox.waiting([region])) === 0)
  t.same(smtp.mails.map(({ to }) => to[0]).sort(), [to('yann'), to('zoe')])
  t.equal(lines.filter((line) => line.includes('cannot be sent for the moment')).length, 1)
  t.equal(lines.filter((line) => line.includes('mail goes out again')).length, 1)
})

t.test('after the days that are stated it is given up', async (t) => {
  await using smtp = await testSmtp(t)
  await smtp.stop()
  const post = postOffice(client, { giveUpMs: 0, waitMs: 2 })
  await post.contacts.set(region, 'yann', { email: to('yann') })
  await post.notices.put(leftNotice('yann', 'left/yann/1'))
  await using _loop = post.deliver(smtp.url)
  await until(async () => (await post.notices.of(region, 'yann'))[0]?.state === 'failed')
  const [record] = await post.notices.of(region, 'yann')
  t.equal(record?.why, 'gaveUp')
  t.ok((record?.attempts.length ?? 0) >= 2)
})

t.test('two nodes at once send each notice once', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  const people = Array.from({ length: 60 }, (_, n) => `person-${n}`)
  for (const person of people) {
    await post.contacts.set(region, person, { email: to(person) })
    await post.notices.put(unread(person, `unread/${person}/1`))
  }
  const others = [connectRedis(redis.socket), connectRedis(redis.socket)]
  t.teardown(() => {
    for (const other of others) other.disconnect()
  })
  await using _one = post.deliver(smtp.url, others[0])
  await using _two = post.deliver(smtp.url, others[1])
  await until(async () => (await post.outbox.waiting([region])) === 0, { timeoutMs: 30_000 })
  t.same(smtp.mails.map(({ to }) => to[0]).sort(), people.map(to).sort())
})

t.test('at most so many at once, and in a minute', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client, { parallel: 2, perMinute: 7 })
  // One that is not sent uses none of the seven.
  await post.notices.put(unread('nobody', 'unread/nobody/1'))
  const people = Array.from({ length: 12 }, (_, n) => `person-${n}`)
  for (const person of people) {
    await post.contacts.set(region, person, { email: to(person) })
    await post.notices.put(unread(person, `unread/${person}/1`))
  }
  const release = Promise.withResolvers<void>()
  smtp.beforeConfirming = () => release.promise
  await using loop = post.deliver(smtp.url)
  await until(() => smtp.mails.length === 2)
  release.resolve()
  await until(async () => (await post.outbox.waiting([region])) === 5, { what: 'seven of them' })
  await loop[Symbol.asyncDispose]()
  t.equal(smtp.mails.length, 7)
  t.equal(smtp.mostAtOnce, 2)
  t.equal(await post.outbox.waiting([region]), 5)
})

t.test('what is due for one person goes in one mail', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await post.contacts.set(region, 'yann', { email: to('yann') })
  await post.contacts.set(region, 'zoe', { email: to('zoe') })
  for (const [n, from] of ['Anne', 'Bruno', 'Anne'].entries())
    await post.notices.put(
      unread('yann', `unread/yann/${n}`, { data: { from: [from], count: n + 1, since: 1_000 * n } }),
    )
  await post.notices.put(unread('yann', 'unread/yann/later', { at: Date.now() + dayMs }))
  await post.notices.put(unread('zoe', 'unread/zoe/1'))
  await post.notices.put(leftNotice('yann', 'left/yann/1'))
  await using _loop = post.deliver(smtp.url)
  await until(async () => (await post.outbox.waiting([region])) === 1)
  t.same(smtp.mails.map(({ to }) => to[0]).sort(), [to('yann'), to('yann'), to('zoe')])
  const merged = smtp.mails.find(({ subject }) => subject.includes('6'))
  t.match(merged?.text, /Anne et Bruno vous ont écrit\./)
  t.match(merged?.text, /6 messages vous attendent, le premier depuis le 1 janvier 1970/)
  const records = await post.notices.of(region, 'yann')
  t.equal(records.filter(({ kind, state }) => kind === 'unreadMessages' && state === 'sent').length, 3)
  t.match(records.at(-1), { key: 'unread/yann/later', state: 'waiting', attempts: [] })
})

t.test('a daily digest waits for its hour, and another choice counts at once', async (t) => {
  await using smtp = await testSmtp(t)
  const hour = Temporal.Now.zonedDateTimeISO(place.timeZone).subtract({ minutes: 10 })
  const post = postOffice(client, { dailyAt: hour.toPlainTime().toString({ smallestUnit: 'minute' }) })
  await post.contacts.set(region, 'yann', { email: to('yann'), digest: 'daily' })
  for (const n of [1, 2]) await post.notices.put(unread('yann', `unread/yann/${n}`))
  await using _loop = post.deliver(smtp.url)
  const dueAt = async () => Number(await client.zscore(noticeKeys(region).due, 'unread/yann/2'))
  await until(async () => (await dueAt()) > Date.now() + 20 * 3_600_000, { what: 'it being put off until tomorrow' })
  t.equal(await dueAt(), Number(await client.zscore(noticeKeys(region).due, 'unread/yann/1')))
  await settled(post, smtp.mails)
  t.equal(smtp.mails.length, 1)
  t.match(await post.notices.of(region, 'yann'), [{ attempts: [] }, { attempts: [] }])
  await post.contacts.choose(region, 'yann', { language: 'fr', digest: 'each' })
  await until(() => smtp.mails.length === 2)
  t.match(smtp.mails[1]?.subject, '2 messages')
})

t.test('in quiet hours only what is official and urgent is sent', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await post.contacts.set(region, 'yann', { email: to('yann'), quiet: quietAround(Date.now(), { within: true }) })
  await post.contacts.set(region, 'zoe', { email: to('zoe'), quiet: quietAround(Date.now(), { within: false }) })
  await post.notices.put(unread('yann', 'unread/yann/1'))
  await post.notices.put(leftNotice('yann', 'left/yann/1'))
  await post.notices.put(unread('zoe', 'unread/zoe/1'))
  await post.notices.put({ ...leftNotice('yann', 'left/yann/2'), urgent: true })
  await using _loop = post.deliver(smtp.url)
  await until(() => smtp.mails.length === 2)
  await settled(post, smtp.mails)
  t.same(smtp.mails.map(({ to }) => to[0]).sort(), [to('last'), to('yann'), to('zoe')])
  const records = await post.notices.of(region, 'yann')
  t.same(
    records
      .filter(({ state }) => state === 'waiting')
      .map(({ key }) => key)
      .sort(),
    ['left/yann/1', 'unread/yann/1'],
  )
})

t.test('who wants none gets none that is not official', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await post.contacts.set(region, 'yann', { email: to('yann'), digest: 'off' })
  await post.notices.put(unread('yann', 'unread/yann/1'))
  await post.notices.put(leftNotice('yann', 'left/yann/1'))
  await using _loop = post.deliver(smtp.url)
  await until(async () => (await post.outbox.waiting([region])) === 0)
  t.same(
    smtp.mails.map(({ subject }) => subject),
    ['Votre sortie est enregistrée'],
  )
  const records = await post.notices.of(region, 'yann')
  t.match(
    records.find(({ kind }) => kind === 'unreadMessages'),
    { state: 'withdrawn', why: 'unwanted', attempts: [] },
  )
})

t.test('what was withdrawn before it was sent is not sent, and not brought back by a repeat', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await post.contacts.set(region, 'yann', { email: to('yann') })
  const notice = unread('yann', 'unread/yann/1')
  await post.notices.put(notice)
  t.equal(await post.notices.withdraw(region, notice.key), 'withdrawn')
  t.equal(await post.notices.withdraw(region, notice.key), 'withdrawn', 'a repeat')
  t.equal(await post.notices.withdraw(region, 'unread/nobody'), 'missing')
  t.same(await post.notices.put(notice), { created: false, state: 'withdrawn' })
  await using _loop = post.deliver(smtp.url)
  await settled(post, smtp.mails)
  t.equal(smtp.mails.length, 1)
  await until(async () => (await post.outbox.waiting([region])) === 0)
  t.equal(await post.notices.withdraw(region, 'last-0'), 'sent')
})

t.test('what is withdrawn while it is being sent is on record as sent, or not tried again', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  for (const person of ['yann', 'zoe']) {
    await post.contacts.set(region, person, { email: to(person) })
    await post.notices.put(unread(person, `unread/${person}/1`))
  }
  const release = Promise.withResolvers<void>()
  smtp.beforeConfirming = async ({ to: [address] }) => {
    await release.promise
    if (address === to('zoe')) throw Object.assign(new Error('not now'), { responseCode: 451 })
  }
  await using _loop = post.deliver(smtp.url)
  await until(() => smtp.mails.length === 2)
  for (const person of ['yann', 'zoe']) t.equal(await post.notices.withdraw(region, `unread/${person}/1`), 'underway')
  release.resolve()
  await until(async () => (await post.outbox.waiting([region])) === 0)
  t.match(await post.notices.of(region, 'yann'), [{ state: 'sent' }])
  t.match(await post.notices.of(region, 'zoe'), [{ state: 'withdrawn', attempts: [{ outcome: 'again', code: 451 }] }])
  t.equal(smtp.mails.length, 2)
})

t.test('a server that never answers is broken off when the node stops, and the same mail is tried again', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await post.contacts.set(region, 'yann', { email: to('yann') })
  await post.notices.put(unread('yann', 'unread/yann/1'))
  smtp.beforeConfirming = () => new Promise(() => {})
  await using loop = post.deliver(smtp.url)
  await until(() => smtp.mails.length === 1)
  const stoppedAt = performance.now()
  await loop[Symbol.asyncDispose]()
  // The server would have been waited for for 30 s.
  t.ok(performance.now() - stoppedAt < 20_000)
  t.match(await post.notices.of(region, 'yann'), [
    { state: 'waiting', attempts: [{ outcome: 'again', why: 'unknown' }] },
  ])
  // What has become due meanwhile does not change a mail that may have gone out.
  await post.notices.put(unread('yann', 'unread/yann/2'))
  smtp.beforeConfirming = async () => {}
  await using _again = post.deliver(smtp.url)
  await until(() => smtp.mails.length === 3)
  const ids = smtp.mails.map(({ headers }) => headers.get('message-id'))
  const again = smtp.mails.slice(1).find(({ headers }) => headers.get('message-id') === ids[0])
  t.equal(again?.subject, smtp.mails[0]?.subject)
  t.equal(new Set(ids).size, 2)
  t.same(new Set(smtp.mails.map(({ subject }) => subject)), new Set(['Vous avez 1 message non lu']))
})

t.test('a mail that was refused for the moment takes along what has become due since', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client, { waitMs: 100 })
  await post.contacts.set(region, 'yann', { email: to('yann') })
  let later = true
  smtp.refuse = () => (later ? { to: 'DATA', code: 451 } : undefined)
  await post.notices.put(unread('yann', 'unread/yann/1'))
  await using _loop = post.deliver(smtp.url)
  await until(async () => (await post.notices.of(region, 'yann'))[0]?.attempts.length === 1)
  // Both are then due at the same look.
  await post.notices.put(unread('yann', 'unread/yann/2', { at: Date.now() + 50 }))
  await until(async () => (await post.notices.of(region, 'yann')).every(({ attempts }) => attempts.length >= 1))
  later = false
  await until(async () => (await post.outbox.waiting([region])) === 0)
  t.ok(smtp.mails.length <= 2)
  t.equal(
    smtp.mails.reduce((sum, { subject }) => sum + Number(/\d+/.exec(subject)?.[0]), 0),
    2,
    'each is told once',
  )
})

t.test('while Redis is away for a moment what was sent is still recorded, and not sent twice', async (t) => {
  await using own = await testRedis(t)
  await using smtp = await testSmtp(t)
  const post = postOffice(own.client, { leaseMs: 60_000 })
  await post.contacts.set(region, 'yann', { email: to('yann') })
  await post.notices.put(leftNotice('yann', 'left/yann/1'))
  smtp.beforeConfirming = () => own.kill()
  await using _loop = post.deliver(smtp.url)
  await until(() => smtp.mails.length === 1)
  await own.restart()
  await until(async () => (await post.notices.of(region, 'yann').catch(() => []))[0]?.state === 'sent')
  t.equal(smtp.mails.length, 1)
})

t.test('the Message-ID of a notice follows from its key', async (t) => {
  await using smtp = await testSmtp(t)
  const post = postOffice(client)
  await post.contacts.set(region, 'yann', { email: to('yann') })
  await post.notices.put(leftNotice('yann', 'left/yann/1'))
  await using _loop = post.deliver(smtp.url)
  await until(() => smtp.mails.length === 1)
  const hash = createHash('sha256').update(`${region}/left/yann/1`).digest('hex').slice(0, 40)
  t.equal(smtp.mails[0]?.headers.get('message-id'), `<${hash}@agency.example.org>`)
})
