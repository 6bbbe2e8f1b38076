/** An appointment and its attendance record, on a whole node. */
import t from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { testSmtp } from '../notices/smtp-server.ts'
import { developmentToken, type TestNode, testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { until } from '../support/until.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const patience = { timeoutMs: 30_000 }
const later = () => Math.ceil((Date.now() + 3 * dayMs) / hourMs) * hourMs

async function signIn(test: { teardown(end: () => void): void }, { url }: TestNode, person: string): Promise<Visavis> {
  const client = connect({ url, token: () => developmentToken(url, person) })
  test.teardown(() => client.close())
  await client.opened
  return client
}

/** Waits until the record of an appointment has so many facts. @returns them in order. */
async function factsOf(client: Visavis, appointment: string, count: number) {
  let facts: readonly { readonly type: string }[] = []
  await until(async () => {
    const listed = await client.attendance.list()
    if (!listed.some((record) => record.appointment === appointment)) return false
    facts = (await client.attendance.read(appointment)).entries.map(({ fact }) => fact)
    return facts.length >= count
  }, patience)
  return facts
}

t.test('what happens to a webcam appointment is on its record, for both to see', async (t) => {
  await using node = await testNode(t)
  const yann = await signIn(t, node, 'jobseeker-1')
  const anne = await signIn(t, node, yann.chat.channels[0]?.advisor?.id ?? '')
  const from = later()
  const { id, until: end } = await anne.appointments.book({ jobseeker: 'jobseeker-1', from, modality: 'webcam' })
  t.match(await factsOf(yann, id, 1), [{ type: 'opened', window: { from, until: end } }])
  await yann.appointments.move(id, { from: from + dayMs, reason: 'un entretien' })
  await factsOf(anne, id, 2)
  await yann.appointments.cancel(id, 'malade')
  const facts = await factsOf(anne, id, 3)
  t.match(facts, [
    { type: 'opened' },
    { type: 'moved', window: { from: from + dayMs } },
    { type: 'cancelled', by: 'jobseeker' },
  ])
})

t.test('what proves an invitation says of which time, also when it is heard of after a move', async (t) => {
  await using smtp = await testSmtp(t)
  const agency = 'agency'.repeat(8)
  const port = await freePort()
  await using node = await testNode(t, {
    ...{ VISAVIS_AGENCY_TOKEN: agency, VISAVIS_SMTP_URL: smtp.url, VISAVIS_MAIL_FROM: 'no-reply@example.org' },
    ...{ VISAVIS_PORT: String(port), VISAVIS_PUBLIC_URL: `http://127.0.0.1:${port}` },
  })
  const call = async (method: string, path: string, body: object) => {
    const headers = { authorization: `Bearer ${agency}`, 'content-type': 'application/json' }
    const response = await fetch(`${node.url}/api/${path}`, { method, headers, body: JSON.stringify(body) })
    t.ok(response.ok, await response.text())
  }
  await call('PUT', 'regions/bretagne/people/jobseeker-1/contact', { email: 'yann@example.org', language: 'fr' })
  const yann = await signIn(t, node, 'jobseeker-1')
  const anne = await signIn(t, node, yann.chat.channels[0]?.advisor?.id ?? '')
  const from = later()
  const { id } = await anne.appointments.book({ jobseeker: 'jobseeker-1', from, modality: 'webcam' })
  const mailTo = (n: number) => until(() => smtp.mails.filter(({ to }) => to[0] === 'yann@example.org')[n], patience)
  const first = await mailTo(0)
  await anne.appointments.move(id, { from: from + dayMs, reason: 'un congé' })
  const second = await mailTo(1)
  const at = Date.now() - 60_000
  await call('POST', 'mail-reports', {
    reports: [first, second].map(({ headers }, n) => ({
      ...{ id: headers.get('x-visavis-report') ?? '', outcome: 'delivered', at: at + n },
    })),
  })
  const delivered = await until(async () => {
    const { entries } = await yann.attendance.read(id)
    const those = entries.filter(({ fact }) => fact.type === 'invitation' && fact.step === 'delivered')
    return those.length === 2 && those
  }, patience)
  t.match(delivered, [
    { at, fact: { to: 'jobseeker', about: 'booked', begins: from } },
    { at: at + 1, fact: { to: 'jobseeker', about: 'moved', begins: from + dayMs } },
  ])

  await t.test(
    'and that it was sent, and read by a click: following the link, as scanners do, proves nothing',
    async (t) => {
      const steps = async (visavis: Visavis) =>
        (await visavis.attendance.read(id)).entries.flatMap(({ fact }) =>
          fact.type === 'invitation' && fact.to === 'jobseeker' ? [`${fact.about} ${fact.step}`] : [],
        )
      const count = async (step: string) => (await steps(yann)).filter((one) => one.endsWith(step)).length
      await until(async () => (await count('sent')) === 2, patience)
      const link = /http:\S+\/read\?token=\S+/.exec(second.text)?.[0] ?? ''
      for (const method of ['GET', 'HEAD']) t.ok((await fetch(link, { method })).ok)
      t.ok((await fetch(link, { method: 'POST' })).ok)
      await until(async () => (await count('read')) === 1, patience)
      await yann.appointments.confirmRead(id)
      await until(async () => (await count('read')) === 2, patience)
      const mail = second.headers.get('x-visavis-report') ?? ''
      const bounced = `Original-Envelope-Id: ${mail}\r\nAction: failed\r\nStatus: 5.1.1\r\n`
      const headers = { authorization: `Bearer ${agency}`, 'content-type': 'message/rfc822' }
      t.ok((await fetch(`${node.url}/api/mail-reports`, { method: 'POST', headers, body: bounced })).ok)
      await until(async () => (await count('failed')) === 1, patience)
      const seen = await steps(yann)
      t.same(seen.toSorted(), [
        ...[
          'booked delivered',
          'booked sent',
          'moved delivered',
          'moved failed',
          'moved read',
          'moved read',
          'moved sent',
        ],
      ])
      t.same(await steps(anne), seen, 'the advisor sees the same')
    },
  )
})

t.test('an interview in the agency has no record of attendance by webcam', async (t) => {
  await using node = await testNode(t)
  const yann = await signIn(t, node, 'jobseeker-1')
  const anne = await signIn(t, node, yann.chat.channels[0]?.advisor?.id ?? '')
  const from = later()
  const agency = await anne.appointments.book({ jobseeker: 'jobseeker-1', from, modality: 'agency' })
  const webcam = await anne.appointments.book({ jobseeker: 'jobseeker-1', from: from + dayMs, modality: 'webcam' })
  await factsOf(yann, webcam.id, 1)
  const listed = await yann.attendance.list()
  t.notOk(
    listed.some(({ appointment }) => appointment === agency.id),
    'what was told before it has none',
  )
})

t.test('who asks for the agency is not expected by webcam any more, and is again when that is undone', async (t) => {
  await using node = await testNode(t)
  const yann = await signIn(t, node, 'jobseeker-1')
  const anne = await signIn(t, node, yann.chat.channels[0]?.advisor?.id ?? '')
  const from = later()
  const { id } = await anne.appointments.book({ jobseeker: 'jobseeker-1', from, modality: 'webcam' })
  await factsOf(yann, id, 1)
  await yann.appointments.turn('agency')
  t.match((await factsOf(anne, id, 2))[1], { type: 'cancelled', by: 'jobseeker' })
  await yann.appointments.turn('webcam')
  t.match((await factsOf(anne, id, 3))[2], { type: 'moved', window: { from } })
})
