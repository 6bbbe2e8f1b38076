/** The command itself, in its short form. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { verifyCertificate } from '../../../src/capacity/certificate.ts'
import { bench } from '../bench.ts'
import { capacity } from './measured.ts'

t.test('a measurement leaves a report, a certificate that holds, and its series', { timeout: 600_000 }, async (t) => {
  const { code, out, folder } = await capacity(t)
  t.ok([0, 1, 2].includes(code), out)
  t.strictSame(readdirSync(folder).sort(), ['certificate.json', 'report.html', 'series.json'])
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const { ok, certificate } = verifyCertificate(JSON.parse(read('certificate.json')), {
    now: Date.now(),
    keys: undefined,
  })
  t.ok(ok)
  t.same(certificate?.enrolledIn, ['corse'])
  t.match(out, new RegExp(`^${certificate?.verdict}: corse, 250 volunteers`, 'm'))
  const { steps } = JSON.parse(read('series.json')) as {
    steps: { watched: { samples: unknown[] }; faults: unknown[] }[]
  }
  t.ok(steps.length >= 6 && steps.every(({ watched }) => watched.samples.length > 0))
  t.strictSame(
    steps.flatMap(({ faults }) => faults),
    [],
    'nothing was lost',
  )
  const report = read('report.html')
  t.match(report, certificate?.id)
  t.notMatch(report, /<script|src=|href=|url\(|NaN|undefined/, 'one file, without anything from elsewhere')
})

t.test('--help is no error', async (t) => {
  const { stdout } = await bench('capacity', '--help')
  t.match(stdout, /^npm run bench -- capacity --region <id>[\s\S]+--message-p99-ms/)
})

t.test('what cannot be asked is refused with the usage', async (t) => {
  for (const [args, why] of [
    [['--region', 'bretagne', '--volunteers', 'many'], /--volunteers takes a number/],
    [['--volunteers', '100'], /--region takes/],
    [['--region', 'bretagne', '--nodes', 'ftp://example'], /no http or https URL/],
    [['--preset', 'moon'], /--preset takes one of/],
  ] as const) {
    const child = spawn(process.execPath, ['bench/run.ts', 'capacity', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let text = ''
    child.stderr.on('data', (data) => {
      text += String(data)
    })
    const [code] = await once(child, 'exit')
    t.equal(code, 2)
    t.match(text, why)
  }
})
