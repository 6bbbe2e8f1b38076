/** A whole node: a notice from the agency's list of addresses to the mail and back by its link. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Notices } from '../../src/notices/notices.ts'
import { developmentToken, testNode } from '../support/node.ts'
import { startProcess } from '../support/process.ts'
import { testRedis } from '../support/redis.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { dayMs, from, leftNotice, unread } from './post-office.ts'
import { testSmtp } from './smtp-server.ts'

const agencyToken = 'agency'.repeat(8)
const region = 'bretagne'
const address = 'canary-address@example.org'

const putContact = async (url: string, person: string, body: object) => {
  const response = await fetch(`${url}/api/regions/${region}/people/${person}/contact`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agencyToken}` },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(await response.text())
}
/** Links lead to the node itself, so its port must be known before. */
async function mailSettings(smtpUrl: string, path = '') {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return {
    VISAVIS_PORT: String(port),
    VISAVIS_PUBLIC_URL: `http://127.0.0.1:${port}${path}`,
    VISAVIS_SMTP_URL: smtpUrl,
    VISAVIS_MAIL_FROM: from,
    VISAVIS_AGENCY_TOKEN: agencyToken,
  }
}

t.test('whoever unsubscribes by a link gets official notices only, and can take it back', async (t) => {
  await using redis = await testRedis(t)
  await using smtp = await testSmtp(t)
  const settings = await mailSettings(smtp.url, '/emploi')
  await using node = await testNode(t, { ...settings, REDIS_URL: redis.url, VISAVIS_PATH_PREFIX: '/emploi' })
  const notices = new Notices({ client: redis.client, retentionMs: dayMs, patienceMs: dayMs })
  let n = 0
  const tell = () => notices.put(unread('jobseeker-1', `unread/jobseeker-1/${++n}`, { region }))
  const last = async () => (await notices.of(region, 'jobseeker-1')).find(({ key }) => key.endsWith(`/${n}`))

  await putContact(node.url, 'jobseeker-1', { email: address, language: 'en' })
  await tell()
  await until(() => smtp.mails.length === 1)
  const link = /<(.*)>/.exec(smtp.mails[0]?.headers.get('list-unsubscribe') ?? '')?.[1] ?? ''
  t.ok(link.startsWith(`${node.url}/unsubscribe?token=`))

  const look = await fetch(link)
  const page = await look.text()
  t.match(page, '<html lang="en">')
  t.match(page, 'Stop notices by e-mail?')
  t.match(page, 'Official notices (receipts, appointments) go on being sent to you.')
  t.match(page, /<button name="wanted" value="no">/)
  t.match(look.headers.get('content-security-policy'), /default-src 'none'.*form-action 'self'/)
  t.notMatch(
    page,
    /<script|<style|style=|\son\w+=|https?:/i,
    'nothing that the policy would stop, nothing from elsewhere',
  )
  t.equal(look.headers.get('referrer-policy'), 'no-referrer')
  t.equal(look.headers.get('cache-control'), 'no-store')
  for (const method of ['GET', 'HEAD']) await fetch(link, { method })
  await tell()
  await until(() => smtp.mails.length === 2, { what: 'looking to have changed nothing' })

  // As a mail program does it (RFC 8058).
  const oneClick = await fetch(link, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })
  t.equal(oneClick.status, 200)
  t.match(await oneClick.text(), 'You no longer get notices by e-mail')
  await tell()
  await until(async () => (await last())?.state === 'withdrawn')
  t.match(await last(), { why: 'unwanted' })
  await notices.put({ ...leftNotice('jobseeker-1', 'left/jobseeker-1/1'), region })
  await until(() => smtp.mails.length === 3)
  t.match(smtp.mails[2]?.text, /official notice/)

  const back = await fetch(link, { method: 'POST', body: new URLSearchParams({ wanted: 'yes' }) })
  t.match(await back.text(), 'Stop notices by e-mail?')
  await tell()
  await until(() => smtp.mails.length === 4)
  const form = new FormData()
  form.append('List-Unsubscribe', 'One-Click')
  t.match(await (await fetch(link, { method: 'POST', body: form })).text(), 'You no longer get notices')

  const token = new URL(link).searchParams.get('token') ?? ''
  for (const wrong of ['', '?token=', `?token=${token.slice(0, -4)}`, `?token=${'x'.repeat(500)}`, '?token=a.b']) {
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${node.url}/unsubscribe${wrong}`, { method })
      t.equal(response.status, 404, `${method} ${wrong.slice(0, 20)}`)
      t.match(await response.text(), 'Ce lien n’est pas valable')
    }
  }
  await notices.forget(region, 'jobseeker-1')
  const unknown = await fetch(link, { method: 'POST', headers: { 'accept-language': 'en-GB,en' } })
  t.equal(unknown.status, 200)
  t.match(await unknown.text(), 'No more notices are sent to you')
  const style = await fetch(`${node.url}/unsubscribe.css`)
  t.match(style.headers.get('content-type'), 'text/css')

  const metrics = await (await fetch(`${node.url}/metrics`)).text()
  t.match(metrics, /visavis_notices_total\{kind="unreadMessages",outcome="sent"[^}]*\} 3/)
  t.match(metrics, /visavis_notices_total\{kind="unreadMessages",outcome="unwanted"[^}]*\} 1/)
  t.match(metrics, /visavis_notices_total\{kind="left",outcome="sent"[^}]*\} 1/)
})

t.test('people choose how they hear of what waits, and who leaves gets a receipt', async (t) => {
  await using smtp = await testSmtp(t)
  await using node = await testNode(t, await mailSettings(smtp.url))
  await using client = await rawClient(node.url, await node.token('jobseeker-2'))
  t.same(await client.result('notice.preferences', {}), { language: 'fr', digest: 'each' })
  await putContact(node.url, 'jobseeker-2', { email: address, digest: 'daily' })
  t.same(await client.result('notice.preferences', {}), { language: 'fr', digest: 'daily', email: address })
  const wish = { language: 'en', digest: 'each', quiet: { from: '20:00', until: '08:00' } }
  t.same(await client.result('notice.setPreferences', wish), { ...wish, email: address })
  t.same(await client.result('notice.preferences', {}), { ...wish, email: address })
  for (const wrong of [
    {},
    { ...wish, digest: 'often' },
    { ...wish, quiet: { from: '24:00', until: '08:00' } },
    { ...wish, email: 'a@b' },
    { ...wish, quiet: { from: '08:00', until: '08:00' } },
  ])
    t.match(await client.call('notice.setPreferences', wrong), { error: { code: 'BAD_REQUEST' } })
  await using operator = await rawClient(node.url, await node.token('operator-denis'))
  t.match(await operator.call('notice.preferences', {}), { error: { code: 'FORBIDDEN' } })

  await client.result('notice.setPreferences', { language: 'en', digest: 'off' })
  await client.call('enrolment.leave', { key: 'leaving-1' }).catch(() => {})
  await until(() => smtp.mails.length === 1)
  t.match(smtp.mails, [{ to: [address], subject: 'You have left, as you asked' }])
})

t.test('without a mail server notices wait, the node is ready, and one line says that mail is off', async (t) => {
  await using redis = await testRedis(t)
  await using node = await startProcess({ REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken })
  await putContact(node.url, 'jobseeker-1', { email: address })
  const notices = new Notices({ client: redis.client, retentionMs: dayMs, patienceMs: dayMs })
  await notices.put(unread('jobseeker-1', 'unread/jobseeker-1/1', { region }))
  t.equal((await fetch(`${node.url}/readyz`)).status, 200)
  t.equal(node.lines.filter((line) => line.includes('mail is off')).length, 1)
  const metric = async () =>
    /visavis_notices_waiting\{[^}]*\} (\d+)/.exec(await (await fetch(`${node.url}/metrics`)).text())?.[1]
  await until(async () => (await metric()) === '1', { timeoutMs: 30_000, everyMs: 250 })
  t.match(await notices.of(region, 'jobseeker-1'), [{ state: 'waiting', attempts: [] }])
})

t.test('neither address nor name nor link is in the log, at its most talkative, or in the audit log', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'visavis-mail-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true }))
  await using redis = await testRedis(t)
  await using smtp = await testSmtp(t)
  smtp.refuse = (to) => (to.startsWith('refused') ? { to: 'RCPT', code: 550 } : undefined)
  await using node = await startProcess({
    ...(await mailSettings(smtp.url)),
    ...{ REDIS_URL: redis.url, VISAVIS_DATA_DIR: dataDir, VISAVIS_LOG_LEVEL: 'trace' },
  })
  const notices = new Notices({ client: redis.client, retentionMs: dayMs, patienceMs: dayMs })
  const people = { 'jobseeker-1': address, 'jobseeker-2': `refused-${address}` }
  for (const [person, email] of Object.entries(people)) {
    await putContact(node.url, person, { email })
    await putContact(node.url, person, { email: `${email} ` }).catch(() => {})
    const data = { from: ['Canary Name'], count: 1, since: Date.now() }
    await notices.put(unread(person, `unread/${person}/1`, { region, data }))
    await until(async () => ['sent', 'failed'].includes((await notices.of(region, person))[0]?.state ?? ''))
  }
  const link = /token=([^>]+)/.exec(smtp.mails[0]?.headers.get('list-unsubscribe') ?? '')?.[1] ?? ''
  for (const method of ['GET', 'POST']) await fetch(`${node.url}/unsubscribe?token=${link}`, { method })
  const token = await developmentToken(node.url, 'jobseeker-1')
  await using client = await rawClient(node.url, token)
  await client.result('notice.preferences', {})
  const audit = await fetch(`${node.url}/api/regions/${region}/audit`, {
    headers: { authorization: `Bearer ${agencyToken}` },
  })
  const audited = await audit.text()
  t.match(audited, '"act":"PUT /api/regions/:region/people/:id/contact"')
  await node.kill('SIGTERM')
  const log = node.lines.join('\n')
  t.match(log, 'a mail was refused for good')
  t.match(log, 'a mail was sent')
  for (const [what, text] of [
    ['log', log],
    ['audit log', audited],
  ] as const) {
    for (const secret of ['canary', 'Canary Name', link.slice(0, 20)]) {
      t.ok(secret.length >= 6)
      t.notOk(text.toLowerCase().includes(secret.toLowerCase()), `${secret} is not in the ${what}`)
    }
  }
})

t.test('another node’s mail is a matter of the same outbox', async (t) => {
  await using redis = await testRedis(t)
  await using smtp = await testSmtp(t)
  await using node = await testNode(t, { ...(await mailSettings(smtp.url)), REDIS_URL: redis.url })
  await using _other = await testNode(t, { ...(await mailSettings(smtp.url)), REDIS_URL: redis.url })
  const notices = new Notices({ client: redis.client, retentionMs: dayMs, patienceMs: dayMs })
  await putContact(node.url, 'jobseeker-1', { email: address })
  for (const n of [1, 2, 3]) await notices.put({ ...leftNotice('jobseeker-1', `left/jobseeker-1/${n}`), region })
  await until(async () => (await notices.of(region, 'jobseeker-1')).every(({ state }) => state === 'sent'))
  t.equal(smtp.mails.length, 3)
})
