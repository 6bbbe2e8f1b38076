/** A node that was handed a certificate of capacity follows no more people than that proves, and says why. */
import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { certificateFormat, signCertificate } from '../../src/capacity/certificate.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
const dayMs = 86_400_000
const { privateKey } = generateKeyPairSync('ed25519')
const certified = (low: number, lifeMs = dayMs) =>
  signCertificate(
    {
      ...{ format: certificateFormat, region: 'bretagne', issuedAt: Date.now() - 1, expiresAt: Date.now() + lifeMs },
      ...{ verdict: 'LAUNCH', capacity: { value: low, low, high: low, atLeast: false } },
    },
    privateKey,
  )
const keys = join(t.testdir(), 'keys.json')
await writeFile(keys, JSON.stringify({ keys: [certified(1).key] }))
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_CAPACITY_KEYS: keys })

async function ask(person: string | undefined, method: string, path: string, body?: object) {
  const token = person === undefined ? agencyToken : await node.token(person)
  const response = await fetch(`${node.url}/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
}
const handOver = (certificate: object) =>
  ask('operator-denis', 'PUT', 'regions/bretagne/capacity/certificate', certificate)
const enrol = (id: string) =>
  ask(undefined, 'PUT', `regions/bretagne/people/${id}`, { role: 'jobseeker', name: id, advisor: 'advisor-anne' })
const followed = async () => Number((await ask('operator-denis', 'GET', 'regions/bretagne/scheme')).answer.followed)
const refused = (bar: string, message: RegExp) => ({
  status: 409,
  answer: { error: { code: 'CONFLICT', message, details: { bar } } },
})
const full = refused('capacity', /^bretagne follows as many jobseekers as it is certified for/)

t.test('the last certified place is given, and nobody comes in beyond it', async (t) => {
  const before = await followed()
  t.match(await handOver(certified(before + 1)), { status: 200, answer: { capacity: before + 1 } })
  t.match(await enrol('place-1'), { status: 200 })
  t.match(await enrol('place-2'), full)
  t.match(await enrol('place-1'), { status: 200 }, 'whoever is followed stays')
  t.equal(await followed(), before + 1)
})

t.test('whoever left their place to somebody else cannot come back into a full region, and is told so', async (t) => {
  const key = (n: number) => ({ key: `certified-enrolment-${n}` })
  t.match(await ask('jobseeker-1', 'POST', 'scheme/leave', key(1)), { status: 200 })
  await until(async () => (await ask('jobseeker-1', 'GET', 'scheme')).answer.settling === false)
  t.match(await enrol('place-2'), { status: 200 }, 'the place that became free')
  const { answer } = await ask('jobseeker-1', 'GET', 'scheme')
  t.match(answer, { obstacle: 'capacity' })
  const { version: text } = answer.text as { version: string }
  t.match(await ask('jobseeker-1', 'POST', 'scheme/join', { ...key(2), text }), full)
})

t.test('a certificate that was tampered with changes nothing, and a larger one lets people in', async (t) => {
  const now = await followed()
  const larger = certified(now + 10)
  const more = { ...larger, capacity: { ...larger.capacity, low: now + 1_000 } }
  t.match(await handOver(more), { status: 400, answer: { error: { message: /its id is the digest of what it says/ } } })
  t.match(await enrol('place-3'), full)
  t.match(await handOver(larger), { status: 200 })
  t.match(await enrol('place-3'), { status: 200 })
})

t.test('when it has expired nobody new comes in, and the reason is another one', async (t) => {
  // On a slow machine a short one may have expired before it arrives.
  let lifeMs = 1_000
  while ((await handOver(certified(10_000, lifeMs))).status !== 200) lifeMs *= 2
  let n = 0
  const expired = await until(
    async () => {
      n += 1
      const answer = await enrol(`late-${n}`)
      return answer.status === 200 ? undefined : answer
    },
    { what: 'the end of the certificate', timeoutMs: 120_000, everyMs: 200 },
  )
  t.match(expired, refused('certificate', /^the capacity certificate of bretagne has expired/))
})
