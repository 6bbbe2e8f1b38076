// npm test: checks, a short run of every benchmark, then the tests; what failed comes last, in short.
// npm test -- test/queue: only the tests named, which may be folders, and tap's own options.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { RunError, run } from './setup/run.mjs'
import { main, say } from './setup/say.mjs'
import { root, setUp } from './setup/set-up.mjs'
import { benchSmoke, checks, runSteps } from './setup/steps.mjs'
import { testFiles } from './setup/test-files.mjs'
import { verdictOf } from './setup/verdict.mjs'

const { long, whole, options, paths } = parse(process.argv.slice(2))
/** Of the files that may run beside each other: half of their time they wait for something. */
const atOnce = 2
/** tap reports on the coverage of one run. */
const inOneRun = options.includes('--no-disable-coverage')

await main(async () => {
  const { node, env } = await setUp({ tests: true })
  if (long) env.VISAVIS_TEST_LONG = '1'
  // Each of some hundred files loads the whole server: what Node makes of the sources is kept, as at the start.
  env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'compiled')
  if (!inOneRun) env.NODE_OPTIONS = lightLoading()

  // Nobody looks at what a run of everything leaves behind.
  if (whole) env.VISAVIS_TEST_SCREENSHOTS = process.env.VISAVIS_TEST_SCREENSHOTS ?? '0'
  const failed = whole ? await runSteps({ env }, [...checks, benchSmoke]) : []
  const { shared, single } = testFiles(paths)
  const runs = inOneRun
    ? [{ files: [...shared, ...single], jobs: 1 }]
    : [
        { files: shared, jobs: atOnce },
        { files: single, jobs: 1 },
      ]
  const folder = mkdtempSync(join(tmpdir(), 'visavis-tap-'))
  let passed = true
  const outputs = []
  for (const { files, jobs } of runs) {
    if (files.length === 0) continue
    const output = join(folder, `output-${outputs.length}.tap`)
    const tap = ['node_modules/.bin/tap', `--jobs=${jobs}`, `--output-file=${output}`, ...options, ...files]
    passed = (await succeeds(run(node, tap, { cwd: root, env }))) && passed
    if (existsSync(output)) outputs.push(readFileSync(output, 'utf8'))
  }
  tell(outputs.map(verdictOf))
  rmSync(folder, { recursive: true })
  if (failed.length > 0) say(`failed before the tests: ${failed.join(', ')}`)
  return passed && failed.length === 0 ? 0 : 1
})

function succeeds(running) {
  return running.then(
    () => true,
    (error) => {
      if (!(error instanceof RunError)) throw error
      return false
    },
  )
}

/** The output is long, and often only its end is kept. */
function tell(verdicts) {
  for (const failure of verdicts.flatMap(({ failures }) => failures)) console.log(`\nfailed: ${failure}`)
  const sum = (name) => verdicts.reduce((total, verdict) => total + verdict[name], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
}

function parse(given) {
  const args = given.filter((arg) => arg !== '--long').map((arg) => (arg.startsWith('./') ? normalize(arg) : arg))
  const named = args.filter((arg) => arg.startsWith('test'))
  return {
    // The runs that take minutes: fuzzing, faults, soak.
    long: given.includes('--long'),
    whole: args.every((arg) => arg.startsWith('-')),
    options: args.filter((arg) => !named.includes(arg)),
    paths: named.length === 0 ? ['test'] : named,
  }
}

/** In addition to what was there. */
function lightLoading() {
  const preload = new URL('../test/support/light-loading.mjs', import.meta.url)
  return `${process.env.NODE_OPTIONS ?? ''} --import=${preload}`.trim()
}
