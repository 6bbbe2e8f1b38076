/** The pure parts of the operators' page. */
import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { resources } from '../../bench/capacity/limits.ts'
import { certificateFormat, signCertificate } from '../../src/capacity/certificate.ts'
import { Limited } from '../../src/protocol/operator.ts'
import { enOperator } from '../../web/language/en-operator.ts'
import { isCertificate } from '../../web/operator/certificate-id.ts'
import { nextAskMs } from '../../web/operator/pace.ts'

t.test('every limit has a sentence for when it is reached, or at least for when it is near', async (t) => {
  const all = (Limited as unknown as { readonly enum: readonly string[] }).enum
  t.ok(all.length > 10)
  const onlyNear = ['uncertified']
  const onlyReached = ['nodes', 'workers', 'silent', 'redis']
  for (const of of all) {
    t.equal(`${of}.reached` in enOperator, !onlyNear.includes(of), of)
    t.equal(`${of}.near` in enOperator, !onlyReached.includes(of), of)
  }
})

t.test('whatever a measurement may name as its limit has a word', async (t) => {
  for (const name of resources) t.ok(`resource.${name}` in enOperator, name)
})

t.test('the limit of a certificate is told from one that somebody set by hand', async (t) => {
  const body = { format: certificateFormat, region: 'corse', issuedAt: 1, expiresAt: 2, verdict: 'LAUNCH' } as const
  t.ok(isCertificate(signCertificate(body, generateKeyPairSync('ed25519').privateKey).id))
  for (const words of ['bretagne-2026-11', 'a decision', '']) t.notOk(isCertificate(words))
})

t.test('the load is asked for every five seconds, and ever more slowly while there is no answer', async (t) => {
  t.equal(nextAskMs(0, 0.5), 5_000)
  const waits = [1, 2, 3, 4, 40].map((failures) => nextAskMs(failures, 1))
  t.strictSame(waits, [10_000, 20_000, 40_000, 60_000, 60_000])
  t.equal(nextAskMs(40, 0), 30_000, 'spread, so that many pages do not come back at once')
})
