/** The REST of taking part: whose decision it is, and who sets the limits of a region and reads its report. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })

async function ask(person: string | undefined, method: string, path: string, body?: object) {
  const token = person === undefined ? agencyToken : await node.token(person)
  const response = await fetch(`${node.url}/api/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  const answer = isJson ? ((await response.json()) as Record<string, unknown>) : await response.text()
  return { status: response.status, answer }
}
const key = (n: number) => ({ key: `scheme-rest-${n}` })
const region = 'regions/bretagne/scheme'

t.test('a jobseeker decides for themselves, also when they may open no session', async (t) => {
  const own = await ask('jobseeker-1', 'GET', 'scheme')
  t.match(own, { status: 200, answer: { state: 'in', settling: false, text: { version: '2026-1' }, acts: [] } })
  const left = await ask('jobseeker-1', 'POST', 'scheme/leave', { ...key(1), reason: 'privacy' })
  t.match(left, { status: 200, answer: { act: { is: 'left', reason: 'privacy', receipt: /^\w{4}-/ } } })
  t.same(await ask('jobseeker-1', 'POST', 'scheme/leave', { ...key(1), reason: 'privacy' }), left, 'a repeat')
  await until(async () => {
    const { answer } = await ask('jobseeker-1', 'GET', 'scheme')
    return typeof answer === 'object' && answer.settling === false
  })
  t.match(await ask('jobseeker-1', 'POST', 'scheme/agency', key(2)), { status: 409 })
  t.match(await ask('jobseeker-1', 'POST', 'scheme/join', { ...key(3), text: 'old' }), {
    status: 409,
    answer: { error: { details: { version: '2026-1' } } },
  })
  t.match(await ask('jobseeker-1', 'POST', 'scheme/join', { ...key(3), text: '2026-1' }), { status: 200 })
  t.match(await ask('jobseeker-1', 'GET', 'scheme'), { answer: { state: 'in', advisor: { id: 'advisor-anne' } } })
  for (const other of ['advisor-anne', 'supervisor-claire', undefined]) {
    t.match(await ask(other, 'GET', 'scheme'), { status: 403 }, `not ${other}`)
  }
})

t.test('operators and the agency set the limits; a supervisor of a team reads them', async (t) => {
  t.match(await ask('supervisor-claire', 'GET', region), { status: 200, answer: { settings: { target: 100 } } })
  t.match(await ask('supervisor-claire', 'PATCH', region, { status: 'closed' }), { status: 403 })
  t.match(await ask('advisor-anne', 'GET', region), { status: 403 })
  t.match(await ask('operator-denis', 'PATCH', region, { status: 'closed' }), { status: 200 })
  const newcomer = { role: 'jobseeker', name: 'N', advisor: 'advisor-anne' }
  t.match(await ask(undefined, 'PUT', 'regions/bretagne/people/new-1', newcomer), {
    status: 409,
    answer: { error: { code: 'CONFLICT', details: { bar: 'closed' } } },
  })
  t.match(await ask('operator-denis', 'PATCH', region, { status: 'open', target: 5, ceiling: 4 }), { status: 400 })
  t.match(
    await ask('operator-denis', 'PATCH', region, { ceilling: 90 }),
    { status: 400 },
    'a setting that there is not',
  )
  t.match(await ask('operator-denis', 'PATCH', region, { status: 'open' }), { status: 200 })
  const capacity = { capacity: 1, certificate: 'c-1', expiresAt: Date.now() + 60_000 }
  t.match(await ask('operator-denis', 'PUT', `${region}/capacity`, capacity), {
    status: 200,
    answer: { capacity: 1, setBy: 'operator-denis' },
  })
  t.match(await ask(undefined, 'PUT', 'regions/bretagne/people/new-1', newcomer), {
    status: 409,
    answer: { error: { details: { bar: 'capacity' } } },
  })
  t.match(await ask(undefined, 'DELETE', `${region}/capacity`), { status: 200 })
  t.match(await ask(undefined, 'PUT', 'regions/bretagne/people/new-1', newcomer), { status: 200 })
  const { answer } = await ask(undefined, 'GET', 'regions/bretagne/audit')
  t.match(JSON.stringify(answer), /PATCH \/api\/regions\/:region\/scheme/)
})

t.test('an advisor answers for the device of whoever names them, and for nobody else’s', async (t) => {
  const path = (id: string) => `regions/bretagne/people/${id}/waive-check`
  const body = { ...key(9), why: 'Only a telephone' }
  t.match(await ask('advisor-anne', 'POST', path('jobseeker-1'), body), {
    status: 200,
    answer: { act: { by: 'advisor-anne' } },
  })
  t.match(await ask('advisor-bruno', 'POST', path('jobseeker-1'), body), { status: 404 })
  t.match(await ask('jobseeker-1', 'POST', path('jobseeker-1'), body), { status: 403 })
})

t.test('the report is for those who oversee the region, also as CSV', async (t) => {
  const path = 'regions/bretagne/report?weeks=4'
  t.match(await ask('supervisor-claire', 'GET', path), {
    status: 200,
    answer: { region: 'bretagne', weeks: [{}, {}, {}, {}] },
  })
  t.match(await ask('operator-denis', 'GET', `${path}&format=csv`), { status: 200, answer: /^region,period,from/ })
  t.match(await ask('jobseeker-1', 'GET', path), { status: 403 })
  t.match(await ask('advisor-anne', 'GET', path), { status: 403 })
})
