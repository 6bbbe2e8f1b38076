import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { clamav } from '../../src/attachments/clamav.ts'
import { testClamd } from './clamd.ts'
import { inParts } from './samples.ts'

const log = pino({ level: 'silent' })
const away = { code: 'UNAVAILABLE', retryable: true }

t.test('clean files pass, infected ones do not, and each was sent whole', async (t) => {
  await using clamd = await testClamd(t)
  const scan = clamav({ address: clamd.address, log })
  const large = Buffer.alloc(3_000_000, 'clean ')
  await scan(inParts(large, 65_536))
  t.ok(clamd.scanned[0]?.equals(large))
  await t.rejects(scan(inParts(Buffer.from('an EICAR test'), 4)), {
    code: 'UNSUPPORTED',
    details: { reason: 'infected' },
  })
  await Promise.all(Array.from({ length: 20 }, () => scan(inParts(Buffer.from('clean'), 2))))
  t.equal(clamd.scanned.length, 22)
})

t.test('over a unix socket as well', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-clamd-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await using clamd = await testClamd(t, join(folder, 'clamd.sock'))
  const scan = clamav({ address: clamd.address, log })
  await scan(inParts(Buffer.from('clean')))
  await t.rejects(scan(inParts(Buffer.from('EICAR'))), { code: 'UNSUPPORTED' })
})

t.test('whatever is not a clear OK lets nothing through', async (t) => {
  await using clamd = await testClamd(t)
  const scan = clamav({ address: clamd.address, log, silenceMs: 200 })
  for (const answer of [
    'INSTREAM size limit exceeded. ERROR',
    'UNKNOWN COMMAND',
    '',
    'stream: OK\nstream: OK',
    'silence',
    'hang-up',
    'OK',
  ]) {
    clamd.answer = answer
    await t.rejects(scan(inParts(Buffer.from('clean'))), away, answer)
  }
  clamd.answer = undefined
  await scan(inParts(Buffer.from('clean')))
})

t.test('a scanner that is not there lets nothing through', async (t) => {
  const clamd = await testClamd(t)
  await clamd[Symbol.asyncDispose]()
  await t.rejects(clamav({ address: clamd.address, log })(inParts(Buffer.from('clean'))), away)
  await t.rejects(clamav({ address: '/nowhere/clamd.sock', log })(inParts(Buffer.from('clean'))), away)
})

t.test('a file that cannot be read is not found clean', async (t) => {
  await using clamd = await testClamd(t)
  const scan = clamav({ address: clamd.address, log })
  async function* broken() {
    yield Buffer.from('half')
    throw new Error('the disk')
  }
  await t.rejects(scan(broken()), away)
})
