/**
 * A jobseeker never sees another's record: by no method of the socket, no route, and no event. Methods and routes are found in
 * what the server says of itself, so that a new one is asked as well.
 */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { methods } from '../../src/protocol/index.ts'
import { developmentToken, testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const agency = 'agency'.repeat(8)
/** Words that only the other's record has. */
const secrets = ['their-very-own-id', 'une raison très personnelle']
const [appointment = '', reason = ''] = secrets

t.test('neither by socket nor by REST, nor by an event', async (t) => {
  const node = await testNode(t, {
    ...{ VISAVIS_AGENCY_TOKEN: agency, VISAVIS_ATTENDANCE_VERDICT_MS: '0' },
    ...{ VISAVIS_REQUESTS_PER_SECOND: '1000', VISAVIS_REQUEST_BURST: '10000' },
  })
  const asAgency = { authorization: `Bearer ${agency}`, 'content-type': 'application/json' }
  const window = { from: Date.now() - 60_000, until: Date.now() + 100 }
  const path = `${node.url}/api/regions/bretagne/attendance/${appointment}`
  const open = { jobseeker: 'jobseeker-1', advisor: 'advisor-anne', window }
  t.equal((await fetch(path, { method: 'PUT', headers: asAgency, body: JSON.stringify(open) })).status, 200)

  await using stranger = await rawClient(node.url, await node.token('jobseeker-2'))
  await using owner = await rawClient(node.url, await node.token('jobseeker-1'))
  await until(async () => {
    const { record } = (await owner.result('attendance.record', { appointment })) as { record: { state: string } }
    return record.state === 'proposed'
  })
  await owner.result('attendance.contest', { appointment, key: randomUUID(), reason })

  const more: Readonly<Record<string, object>> = {
    'attendance.list': { jobseeker: 'jobseeker-1' },
    'attendance.toConfirm': {},
    'attendance.record': { appointment },
    'attendance.confirm': { appointment, key: randomUUID(), verdict: 'absent', seen: 1 },
    'attendance.contest': { appointment, key: randomUUID() },
    'attendance.attempt': { appointment, key: randomUUID(), at: Date.now(), cause: 'offline' },
  }
  const asked = Object.keys(methods).filter((method) => method.startsWith('attendance.'))
  t.same(asked.toSorted(), Object.keys(more).toSorted(), 'every method is asked')
  const before = (await (await fetch(path, { headers: asAgency })).json()) as { record: { head: object } }
  for (const method of asked) {
    const answer = await stranger.call(method, more[method] ?? {})
    const said = JSON.stringify(answer).replaceAll(`there is no attendance record of appointment ${appointment}`, '')
    for (const secret of secrets) t.notMatch(said, new RegExp(secret), `${method} tells nothing`)
    if (method === 'attendance.list') t.match(answer, { result: { records: [] } })
    else t.match(answer, { error: { code: /^(NOT_FOUND|FORBIDDEN)$/ } }, method)
  }

  const authorization = `Bearer ${await developmentToken(node.url, 'jobseeker-2')}`
  const described = (await (await fetch(`${node.url}/docs/json`)).json()) as { paths: Record<string, object> }
  const routes = Object.entries(described.paths).filter(([route]) => route.includes('/attendance/{appointment}'))
  t.ok(routes.length >= 3, String(Object.keys(described.paths)))
  for (const [route, verbs] of routes) {
    for (const verb of Object.keys(verbs)) {
      const url = node.url + route.replace('{region}', 'bretagne').replace('{appointment}', appointment)
      const body = verb === 'get' ? {} : { body: '{}', headers: { authorization, 'content-type': 'application/json' } }
      const response = await fetch(url, { method: verb.toUpperCase(), headers: { authorization }, ...body })
      t.ok([400, 403, 404].includes(response.status), `${verb} ${route}: ${response.status}`)
      const said = await response.text()
      t.notMatch(said, /une raison|jobseeker-1|prev/, `${verb} ${route} tells nothing`)
    }
  }
  t.notMatch(JSON.stringify(stranger.events), new RegExp(appointment), 'no event tells a head of it')
  const after = (await (await fetch(path, { headers: asAgency })).json()) as { record: { head: object } }
  t.same(after.record.head, before.record.head, 'and nothing of what they tried is in it')
})
