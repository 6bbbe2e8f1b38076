import { generateKeyPairSync } from 'node:crypto'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import t from 'tap'
import { type CertificateBody, certificateFormat, signCertificate } from '../../src/capacity/certificate.ts'
import { summaryOf } from '../../src/capacity/summary.ts'
import { CertificateSummary } from '../../src/protocol/operator.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const body: CertificateBody = {
  ...{ format: certificateFormat, region: 'bretagne', issuedAt: 1, expiresAt: 2, verdict: 'LAUNCH' },
  capacity: { value: 20_000, low: 18_000, high: 22_000, atLeast: false },
  limit: { resource: 'worker CPU', share: 0.93 },
  inputs: { nodes: ['http://a', 'http://b'], objectives: { eventLoopP99Ms: 150, cpuShare: 0.9, messageP99Ms: 200 } },
  demand: { sockets: 1_000, concurrentRooms: 40, messagesPerSecond: 5, rooms: { p99: 40 } },
  results: { factor: { value: 2, low: 1.5, high: 2.5 } },
}

t.test('what operators need of a certificate: the interval, what limits it, and what it carries', async (t) => {
  const certificate = signCertificate(body, privateKey)
  t.strictSame(summaryOf(certificate), {
    ...{ id: certificate.id, issuedAt: 1, expiresAt: 2, verdict: 'LAUNCH' },
    ...{ low: 18_000, value: 20_000, high: 22_000, atLeast: false, limit: 'worker CPU', nodes: 2 },
    objectives: { eventLoopP99Ms: 150, cpuShare: 0.9 },
    carried: { sockets: 1_500, rooms: 60, messagesPerSecond: 7.5 },
  })
})

t.test('whatever else a certificate says, or does not, its summary is one', async (t) => {
  const isSummary = new Ajv({ strict: true }).compile(CertificateSummary)
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (limit, inputs, demand, factor) => {
      const odd = signCertificate({ ...body, limit, inputs, demand, results: { factor } }, privateKey)
      return isSummary(JSON.parse(JSON.stringify(summaryOf(odd))))
    }),
  )
  const { limit: _, inputs: __, demand: ___, results: ____, ...bare } = body
  t.match(summaryOf(signCertificate(bare, privateKey)), { nodes: 1, objectives: {}, low: 18_000 })
})
