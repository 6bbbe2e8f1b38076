/** A verdict that is proposed, confirmed or contested reaches the jobseeker by mail, once for each version; real node, real SMTP. */
import t, { type Test } from 'tap'
import { testSmtp } from '../notices/smtp-server.ts'
import { testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { testRedis } from '../support/redis.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const agency = 'agency'.repeat(8)
const region = 'bretagne'
const patience = { timeoutMs: 60_000 }

async function stage(t: Test) {
  const smtp = await testSmtp(t)
  const redis = await testRedis(t)
  const port = await freePort()
  const node = await testNode(t, {
    ...{ REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agency, VISAVIS_ATTENDANCE_VERDICT_MS: '0' },
    ...{ VISAVIS_SMTP_URL: smtp.url, VISAVIS_MAIL_FROM: 'Visavis <notices@example.org>' },
    ...{ VISAVIS_PORT: String(port), VISAVIS_PUBLIC_URL: `http://127.0.0.1:${port}` },
  })
  const call = async (method: string, where: string, body: object) => {
    const response = await fetch(`${node.url}/api/regions/${region}/${where}`, {
      method,
      headers: { authorization: `Bearer ${agency}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  const client = async (person: string) => {
    const one = await rawClient(node.url, await node.token(person))
    t.teardown(async () => one[Symbol.asyncDispose]())
    return one
  }
  const told = () => smtp.mails.filter(({ to }) => to.includes('jeanne@example.org'))
  return { smtp, node, call, client, told }
}

for (const language of ['fr', 'en'] as const) {
  t.test(`each version of a verdict is one mail, official, with the way to the record (${language})`, async (t) => {
    const { node, call, client, told } = await stage(t)
    await call('PUT', 'people/jobseeker-1/contact', { email: 'jeanne@example.org', language, digest: 'off' })
    const window = { from: Date.now() - 60_000, until: Date.now() - 1_000 }
    await call('PUT', 'attendance/a-1', { jobseeker: 'jobseeker-1', advisor: 'advisor-anne', window })
    await until(() => told().length === 1, { ...patience, what: 'the proposal told' })
    const advisor = await client('advisor-anne')
    const jobseeker = await client('jobseeker-1')

    const confirming = { appointment: 'a-1', key: 'confirm-key-01', verdict: 'excused', seen: 9 }
    await advisor.result('attendance.confirm', confirming)
    await advisor.result('attendance.confirm', confirming)
    await until(() => told().length === 2, { ...patience, what: 'the confirmation told' })
    const contesting = { appointment: 'a-1', key: 'contest-key-01', reason: 'raison-secrète' }
    await jobseeker.result('attendance.contest', contesting)
    await jobseeker.result('attendance.contest', contesting)
    await until(() => told().length === 3, { ...patience, what: 'the contest told' })
    await advisor.result('attendance.confirm', { ...confirming, key: 'confirm-key-02', seen: 99 })
    await until(() => told().length === 4, { ...patience, what: 'the new confirmation told' })

    const french = language === 'fr'
    t.same(
      told().map(({ subject }) => subject),
      french
        ? [
            'Conclusion proposée pour votre rendez-vous',
            'Conclusion confirmée pour votre rendez-vous',
            'Votre contestation est enregistrée',
            'Conclusion confirmée pour votre rendez-vous',
          ]
        : [
            'A verdict is proposed for your appointment',
            'The verdict for your appointment is confirmed',
            'You have contested a verdict',
            'The verdict for your appointment is confirmed',
          ],
    )
    for (const { text, headers, raw } of told()) {
      t.match(text, `${node.url}/jobseeker#record/a-1\n`)
      t.match(text, french ? 'Ceci est un avis officiel' : 'This is an official notice')
      t.match(text, 'Anne Kermarrec')
      t.notOk(headers.has('list-unsubscribe'), 'nobody can be rid of it')
      t.notMatch(raw, 'raison-secr', 'what they wrote stays in the record')
    }
    t.match(
      told()[0]?.text,
      french ? 'la conclusion proposée est : indéterminé' : 'the proposed verdict is: undetermined',
    )
    t.match(told()[1]?.text, french ? 'a confirmé la conclusion : excusé' : 'has confirmed the verdict: excused')
    t.notMatch(told()[0]?.subject, /Anne|ind|undet/, 'neither name nor verdict on a locked screen')
  })
}

t.test('a mail server that is away delays it, and loses none', async (t) => {
  const { smtp, call, told } = await stage(t)
  await call('PUT', 'people/jobseeker-1/contact', { email: 'jeanne@example.org', language: 'fr' })
  await smtp.stop()
  const window = { from: Date.now() - 60_000, until: Date.now() - 1_000 }
  for (const id of ['b-1', 'b-2']) {
    await call('PUT', `attendance/${id}`, { jobseeker: 'jobseeker-1', advisor: 'advisor-anne', window })
  }
  await smtp.start()
  await until(() => told().length === 2, { ...patience, timeoutMs: 120_000, what: 'both told' })
  t.same(new Set(told().map(({ text }) => /#record\/(b-\d)/.exec(text)?.[1])), new Set(['b-1', 'b-2']))
})
