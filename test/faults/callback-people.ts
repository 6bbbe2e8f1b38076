/** People for fault tests of callbacks: enrolled by the agency, in a region whose callbacks are open to everybody at once. */
import { createHmac } from 'node:crypto'

export const secret = 'the secret of this test, for all its nodes'
const agency = 'agency'.repeat(8)
export const region = 'bretagne'
const minuteMs = 60_000

/** For every node. */
export const settings = {
  VISAVIS_JWT_SECRET: secret,
  VISAVIS_AGENCY_TOKEN: agency,
  VISAVIS_REQUESTS_PER_SECOND: '10000',
  VISAVIS_REQUEST_BURST: '10000',
  VISAVIS_CALLBACK_LEASE_MS: '2000',
}

export const named = (role: 'advisor' | 'jobseeker', count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${role}-f${n + 1}`)

/** Valid for an hour around now, also by a clock that is some minutes off. */
export function tokenOf(person: string): string {
  const role = person.split('-')[0]
  const now = Math.floor(Date.now() / 1_000)
  const times = { iat: now - 1_800, exp: now + 1_800 }
  const claims = { sub: person, role, name: person, region, iss: 'visavis', aud: 'visavis', ...times }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** Each jobseeker has one of the advisors, in turn; nobody waits for their own advisor's turn to be over. */
export async function enrol(url: string, people: { advisors: readonly string[]; jobseekers: readonly string[] }) {
  const { advisors, jobseekers } = people
  await send(url, 'PATCH', 'callback-settings', {
    ...{ ownWaitMs: 0, coverWaitMs: 0, teamWaitMs: 0, ownStartMs: 0, coverStartMs: 0, teamStartMs: 0 },
    ...{ spacingMs: minuteMs, busySpacingMs: minuteMs, attempts: 3 },
  })
  await Promise.all(
    advisors.map((id) => send(url, 'PUT', `people/${id}`, { role: 'advisor', name: id, team: 'rennes' })),
  )
  await Promise.all(
    jobseekers.map((id, n) =>
      send(url, 'PUT', `people/${id}`, { role: 'jobseeker', name: id, advisor: advisors[n % advisors.length] }),
    ),
  )
}

export async function send(url: string, method: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${url}/api/regions/${region}/${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agency}` },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
}
