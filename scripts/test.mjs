// npm test: checks, a short run of every benchmark, then the tests; what failed comes last, in short.
// npm test -- test/queue: only the tests named, which may be folders, and tap's own options.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunError, run } from './setup/run.mjs'
import { main, say } from './setup/say.mjs'
import { root, setUp } from './setup/set-up.mjs'
import { benchSmoke, checks, runSteps } from './setup/steps.mjs'
import { verdictOf } from './setup/verdict.mjs'

const { long, args } = parse(process.argv.slice(2))

await main(async () => {
  const { node, env } = await setUp({ tests: true })
  if (long) env.VISAVIS_TEST_LONG = '1'
  // Each of some hundred files loads the whole server: what Node makes of the sources is kept, as at the start.
  env.NODE_COMPILE_CACHE ??= join(root, '.cache', 'compiled')
  if (!args.includes('--no-disable-coverage')) env.NODE_OPTIONS = lightLoading()

  const whole = args.every((arg) => arg.startsWith('-'))
  const failed = whole ? await runSteps({ env }, [...checks, benchSmoke]) : []
  const folder = mkdtempSync(join(tmpdir(), 'visavis-tap-'))
  const output = join(folder, 'output.tap')
  const tap = ['node_modules/.bin/tap', `--output-file=${output}`, ...args]
  const passed = await run(node, tap, { cwd: root, env }).then(
    () => true,
    (error) => {
      if (!(error instanceof RunError)) throw error
      return false
    },
  )
  if (existsSync(output)) tell(verdictOf(readFileSync(output, 'utf8')))
  rmSync(folder, { recursive: true })
  if (failed.length > 0) say(`failed before the tests: ${failed.join(', ')}`)
  return passed && failed.length === 0 ? 0 : 1
})

/** The output is long, and often only its end is kept. */
function tell({ passed, failed, failures }) {
  for (const failure of failures) console.log(`\nfailed: ${failure}`)
  console.log(`\n${passed} passed, ${failed} failed`)
}

function parse(given) {
  return {
    // The runs that take minutes: fuzzing, faults, soak.
    long: given.includes('--long'),
    args: given.filter((arg) => arg !== '--long').map(testFiles),
  }
}

/** In addition to what was there. */
const lightLoading = () =>
  `${process.env.NODE_OPTIONS ?? ''} --import=${new URL('../test/support/light-loading.mjs', import.meta.url)}`.trim()

/** tap looks into folders for .js only, once its typescript plugin is off. */
function testFiles(arg) {
  const path = join(root, arg)
  return existsSync(path) && statSync(path).isDirectory() ? join(arg, '**/*.test.ts') : arg
}
