import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import {
  type CertificateBody,
  certificateFormat,
  signCertificate,
  verifyCertificate,
} from '../../../src/capacity/certificate.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')
const now = 1_800_000_000_000
const body: CertificateBody = {
  ...{ format: certificateFormat, region: 'bretagne', issuedAt: now - 1, expiresAt: now + 1_000, verdict: 'LAUNCH' },
  capacity: { value: 20_000, low: 18_000, high: 22_000, atLeast: false },
  inputs: { parameters: [{ name: 'volunteers', value: 12_000 }] },
}
const certificate = signCertificate(body, privateKey)
const verified = (file: unknown, at = now) => verifyCertificate(file, { now: at, keys: undefined }).ok

t.test('a certificate is good until it expires, for whoever trusts its key', async (t) => {
  t.ok(verified(certificate))
  t.notOk(verified(certificate, now + 1_000))
  t.ok(verifyCertificate(certificate, { now, keys: [certificate.key] }).ok)
  t.notOk(verifyCertificate(certificate, { now, keys: [signCertificate(body, other.privateKey).key] }).ok)
  t.notOk(verifyCertificate(certificate, { now, keys: [] }).ok)
})

t.test('whatever is changed in it is seen', async (t) => {
  const text = JSON.stringify(certificate)
  const spoilt = (from: string, to: string) => verified(JSON.parse(text.replace(from, to)))
  t.ok(text.includes('18000'))
  t.notOk(spoilt('18000', '28000'), 'the capacity')
  t.notOk(spoilt('"value":12000', '"value":10000'), 'an input')
  t.notOk(spoilt('"bretagne"', '"corse"'), 'the region')
  t.notOk(spoilt(String(certificate.expiresAt), String(certificate.expiresAt + 1)), 'the expiry')
  t.notOk(verified({ ...certificate, note: 'all is well' }), 'something added')
  t.notOk(verified({ ...certificate, key: signCertificate(body, other.privateKey).key }), 'another key')
  t.notOk(verified({ ...certificate, key: { ...certificate.key, kid: 'a' } }), 'another name of the key')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: certificate.signature.length - 3 }), fc.base64String(), (at, junk) => {
      const signature = certificate.signature.slice(0, at) + junk
      return signature === certificate.signature || !verified({ ...certificate, signature })
    }),
  )
})

t.test('what is no certificate is told so', async (t) => {
  fc.assert(fc.property(fc.jsonValue(), (file) => !verified(file)))
  for (const file of [null, [], { ...certificate, capacity: { low: -1 } }, { ...certificate, verdict: 'MAYBE' }]) {
    t.notOk(verified(file))
  }
})

t.test('the command says what it found, and its exit code too', async (t) => {
  const folder = t.testdir()
  const put = (name: string, value: object) => {
    const path = join(folder, name)
    writeFileSync(path, JSON.stringify(value))
    return path
  }
  const run = (...args: string[]) => promisify(execFile)(process.execPath, ['src/visavis.ts', 'capacity', ...args])
  const lasting = signCertificate(
    { ...body, issuedAt: Date.now(), expiresAt: Date.now() + 86_400_000, limitedBy: 'Redis 93 % in use' },
    privateKey,
  )
  const good = put('good.json', lasting)
  t.match(
    (await run('verify', good)).stdout,
    /18000 volunteers are carried(.|\n)*limit: Redis 93 % in use(.|\n)*The certificate is good/,
  )
  t.match((await run('verify', good, '--keys', put('keys.json', { keys: [lasting.key] }))).stdout, /is good/)
  await t.rejects(run('verify', put('bad.json', { ...lasting, region: 'corse' })), { code: 1, stdout: /WRONG/ })
  await t.rejects(run('verify', good, '--keys', put('none.json', { keys: [] })), { code: 1 })
  await t.rejects(run('verify', join(folder, 'absent.json')), { code: 2 })
  await t.rejects(run('check', good), { code: 2 })
})
