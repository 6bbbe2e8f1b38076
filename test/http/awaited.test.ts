/** Who has yet to join, how their device check ended, and letting them in without one: for their advisor, told to them by mail. */
import t from 'tap'
import { Checks } from '../../src/checks/checks.ts'
import type { Measured } from '../../src/protocol/check-rule.ts'
import { testSmtp } from '../notices/smtp-server.ts'
import { testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
const region = 'bretagne'
const smtp = await testSmtp(t)
const port = await freePort()
const redis = await testRedis(t)
const node = await testNode(t, {
  ...{ REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_SMTP_URL: smtp.url },
  ...{ VISAVIS_MAIL_FROM: 'Visavis <notices@example.org>' },
  ...{ VISAVIS_PORT: String(port), VISAVIS_PUBLIC_URL: `http://127.0.0.1:${port}` },
})
const newcomer = 'jobseeker-new'

async function ask(person: string | undefined, method: string, path: string, body?: object) {
  const token = person === undefined ? agencyToken : await node.token(person)
  const response = await fetch(`${node.url}/api/regions/${region}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  // The audit log is a line each.
  const answer = path === 'audit' ? { text } : (JSON.parse(text) as Record<string, unknown>)
  return { status: response.status, answer }
}
const awaited = (by: string | undefined = 'advisor-anne') => ask(by, 'GET', 'people/advisor-anne/awaited')
const waive = (by: string | undefined, body: object) => ask(by, 'POST', `people/${newcomer}/waive-check`, body)

t.before(async () => {
  t.match(await ask(undefined, 'PATCH', 'scheme', { joinFirst: true, checkRequired: true }), { status: 200 })
  const person = { role: 'jobseeker', name: 'Nina Novak', advisor: 'advisor-anne' }
  t.match(await ask(undefined, 'PUT', `people/${newcomer}`, person), { status: 200 })
  const contact = { email: 'nina@example.org', language: 'en' }
  t.match(await ask(undefined, 'PUT', `people/${newcomer}/contact`, contact), { status: 200 })
})

t.test('an advisor sees who has yet to join, and how their last check ended', async (t) => {
  t.same((await awaited()).answer, {
    checkRequired: true,
    people: [{ id: newcomer, name: 'Nina Novak', obstacle: 'check' }],
    former: [],
  })
  const checks = new Checks({ client: redis.client })
  const measured: Measured = {
    ...({ camera: 'missing', microphone: 'denied', speaker: 'heard' } as const),
    paths: { udp: 'blocked', tcp: 'blocked', relay: 'not-offered' },
  }
  await checks.report({ region, person: newcomer }, 'check-key-000001', measured)
  const [person] = (await awaited()).answer.people as Record<string, unknown>[]
  t.match(person, { lastCheck: { outcome: 'failed', advice: ['network-blocked', 'allow-devices', 'connect-camera'] } })
  t.same(Object.keys(person ?? {}), ['id', 'name', 'lastCheck', 'obstacle'])
  t.notMatch(JSON.stringify(person), /measured|reached/, 'no more than is needed')
  t.match(await awaited('supervisor-claire'), { status: 200 })
  t.match(await awaited(undefined), { status: 200 })
  t.match(await awaited('advisor-bruno'), { status: 403 })
  t.match(await awaited('jobseeker-1'), { status: 403 })
})

t.test('letting somebody in is one act with its reason, told to them once', async (t) => {
  const body = { key: 'waive-key-000001', why: 'A telephone lent by the agency' }
  t.match(await waive('advisor-bruno', body), { status: 404 })
  t.match(await waive('jobseeker-1', body), { status: 403 })
  t.match(await waive('advisor-anne', { key: 'waive-key-000001' }), { status: 400 }, 'not without a reason')
  for (const why of ['', '   ']) t.match(await waive('advisor-anne', { ...body, why }), { status: 400 })
  const done = await waive('advisor-anne', body)
  t.match(done, { status: 200, answer: { act: { is: 'checkWaived', by: 'advisor-anne', why: body.why } } })
  t.same(await waive('advisor-anne', body), done, 'a repeat is the same act')
  const [person] = (await awaited()).answer.people as Record<string, unknown>[]
  t.match(person, { check: 'waived', waived: { why: body.why } })
  await until(() => smtp.mails.length > 0)
  // Another one, so that a second mail would have come before it.
  await waive('advisor-anne', { key: 'waive-key-000002', why: 'Tried out together' })
  await until(() => smtp.mails.length > 1)
  t.equal(smtp.mails.length, 2, 'one mail for each act')
  const [mail] = smtp.mails
  t.same(mail?.to, ['nina@example.org'])
  t.match(mail?.headers.get('subject'), 'You may join without a device check')
  t.match(mail?.text, 'Anne Kermarrec lets you in without a device check')
  t.match(mail?.text, `${node.url}/scheme\n`)
  t.match(mail?.text, 'This is an official notice')
  t.notMatch(mail?.text, body.why, 'the reason is on the page alone')
  const { answer } = await ask(undefined, 'GET', 'audit')
  t.match(answer.text, '"act":"POST /api/regions/:region/people/:id/waive-check"')
})

t.test('whoever has left and asks to come back is seen by the advisor they left, who can let them in', async (t) => {
  const own = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${node.url}/api/scheme${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await node.token('jobseeker-1')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
  }
  const former = async () => (await awaited()).answer.former as Record<string, unknown>[]
  t.match(await own('POST', '/leave', { key: 'leave-key-000001', reason: 'privacy' }), { status: 200 })
  const [gone] = await former()
  t.match(gone, { id: 'jobseeker-1', leftAt: Number, obstacle: 'check' })
  t.notOk(gone && ('asked' in gone || 'reason' in gone))
  await until(async () => (await own('GET', '')).answer.settling === false)
  const join = (n: number) => own('POST', '/join', { key: `join-key-00000${n}`, text: '2026-1' })
  t.match(await join(1), { status: 409, answer: { error: { details: { bar: 'check' } } } })
  t.match(await former(), [{ asked: { is: 'asked', bar: 'check' }, obstacle: 'check' }])
  const path = 'people/jobseeker-1/waive-check'
  const body = { key: 'waive-key-000009', why: 'A telephone lent by the agency' }
  t.match(await ask('advisor-bruno', 'POST', path, body), { status: 404 }, 'whom they did not leave')
  t.match(await ask('advisor-anne', 'POST', path, body), { status: 200 })
  const [waiting] = await former()
  t.match(waiting, { check: 'waived', waived: { why: body.why } })
  t.notOk(waiting && 'obstacle' in waiting)
  t.match(await join(2), { status: 200, answer: { act: { check: 'waived' } } })
  t.same(await former(), [])
})
