import { join } from 'node:path'
import t, { type Test } from 'tap'
import { cpuMeter } from '../../scripts/setup/cpu-meter.mjs'
import { runTestFile } from '../../scripts/setup/test-process.mjs'
import { lineOf, slowest } from '../../scripts/setup/test-report.mjs'
import { verdictOf } from '../../scripts/setup/verdict.mjs'

async function run(t: Test, text: string, timeoutSeconds = 60) {
  const file = join(t.testdir({ 'some.test.ts': text }), 'some.test.ts')
  const result = await runTestFile(file, { node: process.execPath, env: {}, timeoutSeconds, meter: cpuMeter() })
  return { ...result, verdict: verdictOf(result.tap) }
}

t.test('a file that is well', async (t) => {
  const { passed, verdict, wallMs, cpuMs } = await run(
    t,
    `import t from 'tap'\nt.test('a rule', async (t: typeof import('tap').t) => { t.ok(true); t.ok(true) })`,
  )
  t.ok(passed)
  t.same(verdict, { passed: 2, failed: 0, failures: [] })
  t.ok(wallMs > 0 && cpuMs > 0)
})

t.test('what fails is told with where it stands, and with what was written to stderr', async (t) => {
  const { passed, verdict, noise } = await run(
    t,
    `import t from 'tap'\nconsole.error('noise')\nt.test('a rule', async (t) => { t.ok(true); t.equal(1, 2, 'is broken') })`,
  )
  t.notOk(passed)
  t.match(verdict, { passed: 1, failed: 1 })
  t.match(verdict.failures[0], /some\.test\.ts > a rule > is broken\n[\s\S]*\+1/)
  t.match(noise, 'noise')
})

for (const [what, text, why] of [
  [
    'that ends in the middle',
    `import t from 'tap'\nt.ok(true)\nprocess.kill(process.pid, 'SIGKILL')`,
    /ended: SIGKILL/,
  ],
  ['that cannot be loaded', `import './nowhere.ts'`, /ended: exit code 1/],
  [
    'that breaks while nobody waits for it',
    `import t from 'tap'\nt.test('a rule', async () => { setTimeout(() => { throw new Error('late') }, 10); await new Promise((resolve) => setTimeout(resolve, 1_000)) })`,
    /some\.test\.ts[\s\S]*late/,
  ],
  [
    'with a promise that nobody catches',
    `import t from 'tap'\nt.test('a rule', async () => { Promise.reject(new Error('late')); await new Promise((resolve) => setTimeout(resolve, 1_000)) })`,
    /some\.test\.ts[\s\S]*late/,
  ],
  ['that tests nothing', `console.log('hello')`, /ended: exit code 0/],
] as const) {
  t.test(`a file ${what} has failed`, async (t) => {
    const { passed, verdict } = await run(t, text)
    t.notOk(passed)
    t.equal(verdict.failed, 1)
    t.match(verdict.failures[0], why)
  })
}

t.test('a file that hangs ends, and says in what', async (t) => {
  const { passed, verdict } = await run(
    t,
    `import t from 'tap'\nt.test('waits', () => new Promise(() => setInterval(() => {}, 1_000)))`,
    1,
  )
  t.notOk(passed)
  t.match(verdict.failures.join('\n'), /some\.test\.ts > waits[\s\S]*timeout/)
})

t.test('a line for each file, and a table of the slowest with the sum of all', async (t) => {
  const files = [1_000, 61_500, 3_000].map((wallMs, n) => ({ file: `${n}.test.ts`, passed: n > 0, wallMs, cpuMs: 500 }))
  t.equal(files[0] && lineOf(files[0]), 'FAILED    1.0 s    0.5 s CPU  0.test.ts')
  t.equal(
    slowest(files, 2),
    [
      'the slowest of 3 files, in seconds:',
      '  wall    CPU',
      '  61.5    0.5  1.test.ts',
      '   3.0    0.5  2.test.ts',
      '  65.5    1.5  all files',
    ].join('\n'),
  )
})
