/** A certificate of capacity as an operator hands it over. */
import { generateKeyPairSync } from 'node:crypto'
import { pino } from 'pino'
import t from 'tap'
import { type CertificateBody, certificateFormat, signCertificate } from '../../src/capacity/certificate.ts'
import { registerCapacityCertificate } from '../../src/http/capacity-certificate.ts'
import { createServer } from '../../src/http/server.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519').privateKey
const body = (more: Partial<CertificateBody> = {}): CertificateBody => ({
  ...{
    format: certificateFormat,
    region: 'bretagne',
    issuedAt: Date.now(),
    expiresAt: Date.now() + 60_000,
    verdict: 'LAUNCH',
  },
  capacity: { value: 20_000, low: 18_000, high: 22_000, atLeast: false },
  ...more,
})

t.test('enrolment is capped by what is proven, and by nothing else', async (t) => {
  const capped: unknown[][] = []
  const kept: string[] = []
  const server = await createServer({ log: pino({ level: 'silent' }), version: '0' })
  t.teardown(() => server.close())
  await registerCapacityCertificate(server, {
    regions: ['bretagne', 'corse'],
    agencyToken: 'an-agency-token-of-this-test',
    tokens: {
      verify: async (role) => ({
        identity: { person: `a-${role}`, role: role as 'operator', name: role, region: 'bretagne' },
      }),
    },
    trusted: async () => [signCertificate(body(), privateKey).key],
    capEnrolment: async (...given) => void capped.push(given),
    keep: async ({ id }) => void kept.push(id),
  })
  const put = (certificate: object, token = 'operator', region = 'bretagne') =>
    server.inject({
      ...{ method: 'PUT', url: `/api/regions/${region}/capacity/certificate`, payload: certificate },
      headers: { authorization: `Bearer ${token}` },
    })
  const good = signCertificate(body(), privateKey)
  const answer = await put(good)
  t.equal(answer.statusCode, 200)
  t.strictSame(answer.json(), { certificate: good.id, capacity: 18_000, expiresAt: good.expiresAt })
  t.equal((await put(good, 'an-agency-token-of-this-test')).statusCode, 200)
  t.strictSame(capped, [
    ['bretagne', 18_000, good.id, good.expiresAt, 'a-operator'],
    ['bretagne', 18_000, good.id, good.expiresAt, 'agency'],
  ])
  for (const [why, certificate, region] of [
    ['another key', signCertificate(body(), stranger)],
    ['changed', { ...good, capacity: { ...good.capacity, low: 99_000 } }],
    ['expired', signCertificate(body({ issuedAt: 1, expiresAt: 2 }), privateKey)],
    ['another region', good, 'corse'],
    ['nothing proven', signCertificate(body({ verdict: 'NOT PROVEN' }), privateKey)],
    ['no certificate', {}],
  ] as const) {
    const { statusCode } = await put(certificate, 'operator', region)
    t.equal(statusCode, 400, why)
  }
  t.equal((await put(good, 'supervisor')).statusCode, 403)
  t.equal((await put(good, 'operator', 'atlantis')).statusCode, 404)
  t.strictSame(kept, [good.id, good.id], 'operators see what it says')
  t.equal(capped.length, 2, 'what was refused has changed nothing')
})
