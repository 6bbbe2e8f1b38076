/** A whole node, through the SDK: both sides, several devices, the agency's systems, and the page behind the mail. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { testSmtp } from '../notices/smtp-server.ts'
import { developmentToken, type TestNode, testNode } from '../support/node.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
const region = 'bretagne'
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const patience = { timeoutMs: 30_000 }
const example = fileURLToPath(new URL('../../client/examples/appointment.ts', import.meta.url))

async function signIn(test: { teardown(end: () => void): void }, { url }: TestNode, person: string): Promise<Visavis> {
  const client = connect({ url, token: () => developmentToken(url, person) })
  test.teardown(() => client.close())
  await client.opened
  return client
}
const agency = async ({ url }: TestNode, method: string, path: string, body?: unknown, type = 'application/json') => {
  const response = await fetch(`${url}/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${agencyToken}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const later = () => Math.ceil((Date.now() + 3 * dayMs) / hourMs) * hourMs

t.test('the example of the client books, moves and cancels', async (t) => {
  await using node = await testNode(t)
  const { stdout } = await promisify(execFile)(process.execPath, [example, node.url], { timeout: 30_000 })
  t.match(stdout, /booked for .*, version 0\n(.*\n)*moved to .*, version 1\n(.*\n)*cancelled, version 2/)
})

t.test('both see it live on all devices, and after a lost connection', async (t) => {
  await using node = await testNode(t)
  const yann = await signIn(t, node, 'jobseeker-1')
  const telephone = await signIn(t, node, 'jobseeker-1')
  const advisor = yann.chat.channels[0]?.advisor?.id ?? ''
  const anne = await signIn(t, node, advisor)
  const from = later()
  const booked = await anne.appointments.book({ jobseeker: 'jobseeker-1', from, modality: 'webcam', subject: 'CV' })
  for (const device of [yann, telephone, anne]) {
    await until(
      () => device.appointments.ahead.some(({ id, subject }) => id === booked.id && subject === 'CV'),
      patience,
    )
  }
  await yann.appointments.move(booked.id, { from: from + dayMs, reason: 'un entretien' })
  for (const device of [yann, telephone, anne]) {
    await until(() => device.appointments.list.find(({ id }) => id === booked.id)?.from === from + dayMs, patience)
  }
  const fresh = await signIn(t, node, 'jobseeker-1')
  t.match(fresh.appointments.list, [{ id: booked.id, sequence: 1, reason: 'un entretien' }], 'told with the opening')
  t.ok(fresh.appointments.loaded)
  t.match(await anne.appointments.of('jobseeker-1'), [{ id: booked.id }])
  t.match(await anne.appointments.history(booked.id), [{ is: 'made' }, { is: 'moved' }])
})

t.test('a stranger can neither see nor change it, and an advisor says with whom', async (t) => {
  await using node = await testNode(t)
  const yann = await signIn(t, node, 'jobseeker-1')
  const anne = await signIn(t, node, yann.chat.channels[0]?.advisor?.id ?? '')
  const one = await anne.appointments.book({ jobseeker: 'jobseeker-1', from: later(), modality: 'agency' })
  const people = ['jobseeker-1', 'jobseeker-2', 'jobseeker-3', 'jobseeker-4', 'advisor-anne', 'advisor-bruno']
  const involved = ['jobseeker-1', one.advisor]
  let strangers = 0
  for (const person of people.filter((id) => !involved.includes(id))) {
    const token = await developmentToken(node.url, person).catch(() => undefined)
    if (token === undefined) continue
    strangers += 1
    const other = await signIn(t, node, person)
    t.same(
      other.appointments.list.filter(({ id }) => id === one.id),
      [],
    )
    await t.rejects(other.appointments.history(one.id), { code: 'NOT_FOUND' })
    await t.rejects(other.appointments.cancel(one.id, 'x'), { code: 'NOT_FOUND' })
    await t.rejects(other.appointments.move(one.id, { from: later() + dayMs, reason: 'x' }), { code: 'NOT_FOUND' })
    await t.rejects(
      other.call('appointment.book', {
        key: 'a-key-of-8',
        jobseeker: 'jobseeker-1',
        from: later(),
        modality: 'webcam',
      }),
      {
        code: 'NOT_FOUND',
      },
    )
  }
  t.ok(strangers >= 2)
  await t.rejects(anne.appointments.book({ from: later(), modality: 'webcam' }), { code: 'BAD_REQUEST' })
  t.ok((await anne.appointments.slots({ from: Date.now(), until: Date.now() + dayMs })).slots.length > 0, 'their own')
})

t.test('leaving makes webcam appointments ones in the agency, and coming back undoes that', async (t) => {
  await using node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
  const yann = await signIn(t, node, 'jobseeker-1')
  const advisor = yann.chat.channels[0]?.advisor?.id ?? ''
  const anne = await signIn(t, node, advisor)
  const one = await anne.appointments.book({ jobseeker: 'jobseeker-1', from: later(), modality: 'webcam' })
  await yann.enrolment.leave()
  const seen = () => anne.appointments.list.find(({ id }) => id === one.id)
  await until(() => seen()?.modality === 'agency', patience)
  t.match(seen(), { state: 'booked', from: one.from, advisor })
  const back = { role: 'jobseeker', name: 'Jeanne Martin', advisor: 'advisor-bruno', rejoin: true }
  // Not before everything that follows from leaving is done.
  await until(
    async () => (await agency(node, 'PUT', `regions/${region}/people/jobseeker-1`, back)).status === 200,
    patience,
  )
  const bruno = await signIn(t, node, 'advisor-bruno')
  const theirs = () => bruno.appointments.list.find(({ id }) => id === one.id)
  await until(() => theirs()?.modality === 'webcam', patience)
  t.match(theirs(), { advisor: 'advisor-bruno', from: one.from })
  await until(() => seen() === undefined, patience)
})

t.test('the mail proves itself: sent, delivered, and read by a click that no program makes', async (t) => {
  await using smtp = await testSmtp(t)
  const port = 18_000 + Math.floor(Math.random() * 10_000)
  await using node = await testNode(t, {
    ...{ VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_SMTP_URL: smtp.url, VISAVIS_MAIL_FROM: 'no-reply@example.org' },
    ...{ VISAVIS_PORT: String(port), VISAVIS_PUBLIC_URL: `http://127.0.0.1:${port}` },
  })
  await agency(node, 'PUT', `regions/${region}/people/jobseeker-1/contact`, {
    email: 'yann@example.org',
    language: 'en',
  })
  await agency(node, 'PATCH', `regions/${region}/appointment-settings`, { place: '1 rue <de> Brest' })
  const yann = await signIn(t, node, 'jobseeker-1')
  const anne = await signIn(t, node, yann.chat.channels[0]?.advisor?.id ?? '')
  const one = await anne.appointments.book({
    jobseeker: 'jobseeker-1',
    from: later(),
    modality: 'agency',
    subject: 'secret subject',
  })
  await until(() => smtp.mails.length === 1, patience)
  const [mail] = smtp.mails
  t.match(mail?.text, /In the agency: 1 rue <de> Brest/)
  t.notOk(mail?.raw.includes('secret subject'))
  const link = /http:\S+\/read\?token=\S+/.exec(mail?.text ?? '')?.[0] ?? ''
  const words = async () => (await yann.appointments.history(one.id)).map(({ is, to = '' }) => `${is} ${to}`.trim())
  await until(async () => (await words()).includes('mailSent jobseeker-1'), patience)

  for (const method of ['GET', 'HEAD']) await fetch(link, { method })
  const page = await fetch(link)
  t.equal(page.headers.get('cache-control'), 'no-store')
  const html = await page.text()
  t.match(html, /<h1>Your appointment<\/h1>/)
  t.match(html, /1 rue &lt;de&gt; Brest/)
  t.notMatch(html, /Jeanne|script/)
  t.notOk((await words()).includes('mailRead jobseeker-1'), 'to look at it proves nothing')
  t.equal((await fetch(`${link}x`, { method: 'POST' })).status, 404)
  for (let n = 0; n < 2; n += 1) t.match(await (await fetch(link, { method: 'POST' })).text(), /Noted/)
  t.equal((await words()).filter((word) => word === 'mailRead jobseeker-1').length, 1)

  const id = mail?.headers.get('x-visavis-report') ?? ''
  const deliveredAt = Date.now() - 1_000
  const report = {
    reports: [
      { id, outcome: 'delivered', at: deliveredAt },
      { id: 'nowhere/appointment/x/1-j', outcome: 'failed' },
    ],
  }
  t.match(await agency(node, 'POST', 'mail-reports', report), { status: 200, body: { kept: 1 } })
  const delivered = (await yann.appointments.history(one.id)).find(({ is }) => is === 'mailDelivered')
  t.match(delivered, { to: 'jobseeker-1', at: deliveredAt }, 'when it was, not when it was heard of')
  const dsn = `Original-Envelope-Id: ${id}\r\nAction: failed\r\nStatus: 5.1.1\r\n`
  t.match(await agency(node, 'POST', 'mail-reports', dsn, 'message/rfc822'), { status: 200, body: { kept: 1 } })
  t.match((await yann.appointments.history(one.id)).at(-1), { is: 'mailFailed', why: 'bounced 5.1.1' })
  t.match(await agency(node, 'POST', 'mail-reports', { reports: [{ id, outcome: 'maybe' }] }), { status: 400 })
  t.equal((await fetch(`${node.url}/api/mail-reports`, { method: 'POST' })).status, 401)
  await yann.appointments.confirmRead(one.id)
  await yann.appointments.confirmRead(one.id)
  t.equal((await words()).filter((word) => word === 'mailRead jobseeker-1').length, 2, 'by the link, and in the page')
})
