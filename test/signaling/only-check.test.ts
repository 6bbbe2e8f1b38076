/** A session for the check of devices and network alone: for whoever has yet to join, or has left, and for nothing else. */
import t from 'tap'
import { connect, type Measured } from '../../client/index.ts'
import { methods } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
const newcomer = 'jobseeker-new'
const measured: Measured = {
  ...({ camera: 'ok', microphone: 'ok', speaker: 'heard' } as const),
  paths: { udp: 'reached', tcp: 'reached', relay: 'not-offered' },
  network: { path: 'udp', roundTripMs: 9, lostUpPermille: 0, lostDownPermille: 0, upKbps: 2_000, downKbps: 2_000 },
}
const node = await testNode(t, {
  VISAVIS_AGENCY_TOKEN: agencyToken,
  // Every method is tried in a row.
  ...{ VISAVIS_REQUESTS_PER_SECOND: '1000000', VISAVIS_REQUEST_BURST: '10000000' },
})

async function ask(method: string, path: string, token: string, body?: object) {
  const response = await fetch(`${node.url}/api/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
}
const agency = (method: string, path: string, body: object) =>
  ask(method, `regions/bretagne/${path}`, agencyToken, body)
const put = (person: string, more: object) =>
  agency('PUT', `people/${person}`, { role: 'jobseeker', name: 'Nina Novak', advisor: 'advisor-anne', ...more })
const open = async (person: string, only?: string) => {
  const client = await rawClient(node.url)
  const token = await node.token(person)
  const answer = await client.call('session.open', { token, versions: [1], ...(only && { only }) })
  return { client, answer }
}

t.before(async () => {
  t.match(await agency('PATCH', 'scheme', { joinFirst: true, checkRequired: true }), { status: 200 })
  t.match(await put(newcomer, {}), { status: 200 })
})

t.test('who has yet to join may check, and then join', async (t) => {
  const token = await node.token(newcomer)
  const join = async () => {
    const { answer } = await ask('GET', 'scheme', token)
    const { version: text } = answer.text as { version: string }
    return ask('POST', 'scheme/join', token, { key: `join-key-${Date.now()}`, text })
  }
  t.match(await join(), { status: 409, answer: { error: { details: { bar: 'check' } } } })
  t.match((await open(newcomer)).answer, { error: { code: 'FORBIDDEN' } }, 'no whole session')

  const visavis = connect({ url: node.url, token: () => token, only: 'check' })
  t.teardown(() => visavis.close())
  t.match(await visavis.opened, { identity: { person: newcomer }, streams: [], presence: [] })
  const { call } = await visavis.call('check.start', {})
  await visavis.call('check.openTransport', { call })
  await visavis.call('check.end', { call })
  const report = await visavis.checks.report(measured)
  t.equal(report.outcome, 'passed')
  t.match(await join(), { status: 200, answer: { act: { is: 'joined' } } })
  t.match((await open(newcomer)).answer, { result: { identity: { person: newcomer } } }, 'a whole session now')
  t.equal(visavis.state, 'open', 'the check stays what it was')
})

t.test('nothing else can be done in it, by nobody', async (t) => {
  for (const person of [newcomer, 'jobseeker-1', 'advisor-anne']) {
    const { client, answer } = await open(person, 'check')
    t.match(answer, { result: { streams: [], presence: [] } })
    const refused = Object.keys(methods).filter((name) => !/^(check\.|session\.(open|heartbeat|refresh)$)/.test(name))
    t.ok(refused.length > 80, 'there is much to refuse')
    for (const name of refused) {
      const response = await client.call(name, {})
      t.ok('error' in response && ['FORBIDDEN', 'BAD_REQUEST'].includes(response.error.code), name)
    }
    t.match(await client.call('chat.channels', {}), { error: { code: 'FORBIDDEN' } })
    t.same(client.events, [], 'and nothing is told')
    await client[Symbol.asyncDispose]()
  }
})

t.test('nobody is there by it', async (t) => {
  const { client: advisor, answer } = await open('advisor-anne')
  const shown = (answer as unknown as { result: { presence: { person: string; state: string }[] } }).result.presence
  t.equal(shown.find(({ person }) => person === 'jobseeker-2')?.state, 'offline')
  const { client } = await open('jobseeker-2', 'check')
  const { client: whole } = await open('jobseeker-3')
  await until(() =>
    advisor.events.some(
      ({ event, data }) => event === 'presence.changed' && (data as { person: string }).person === 'jobseeker-3',
    ),
  )
  t.notOk(advisor.events.some(({ data }) => (data as { person?: string }).person === 'jobseeker-2'))
  for (const one of [advisor, client, whole]) await one[Symbol.asyncDispose]()
})

t.test('who has left may check', async (t) => {
  const leaver = 'jobseeker-4'
  const token = await node.token(leaver)
  t.match(await ask('POST', 'scheme/leave', token, { key: 'leave-key-000001' }), { status: 200 })
  const refused = await open(leaver)
  t.match(refused.answer, { error: { code: 'FORBIDDEN', retryable: false } })
  t.match(await refused.client.closed, { code: 4503 })
  const { client, answer } = await open(leaver, 'check')
  t.match(answer, { result: { identity: { person: leaver } } })
  await client[Symbol.asyncDispose]()
})

t.test('who is disabled may not, and is sent away', async (t) => {
  const person = 'jobseeker-disabled'
  t.match(await put(person, {}), { status: 200 })
  const { client } = await open(person, 'check')
  t.match(await put(person, { name: 'Nina Nowak' }), { status: 200 })
  t.match(await client.call('check.last', {}), { result: {} }, 'another change of the person ends nothing')
  t.match(await put(person, { disabled: true }), { status: 200 })
  t.match(await client.closed, { code: 4503 })
  t.match((await open(person, 'check')).answer, { error: { code: 'UNAUTHENTICATED' } })
})
