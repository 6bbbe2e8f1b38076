// npm test: checks, a short run of every benchmark, then the tests; what failed comes last, in short.
// npm test -- test/queue: only the tests named, which may be folders. Further options go to tap, which then runs them
// one by one.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, normalize, relative } from 'node:path'
import { RunError, run } from './setup/run.mjs'
import { main, say, step } from './setup/say.mjs'
import { root, setUp } from './setup/set-up.mjs'
import { benchSmoke, checks, runSteps } from './setup/steps.mjs'
import { testFiles } from './setup/test-files.mjs'
import { canBeDisturbed } from './setup/test-needs.mjs'
import { lineOf, secondsOf, slowest } from './setup/test-report.mjs'
import { runTests } from './setup/test-run.mjs'
import { verdictOf } from './setup/verdict.mjs'

const { long, seconds, whole, options, paths } = parse(process.argv.slice(2))
const output = join(root, '.cache/tests.tap')
const slowestShown = 25
/** Where more have failed, it was not the company of others. */
const againAtMost = 4
/** Characters of what failed, once more at the very end. */
const titleShown = 400
/** Shorter files are packed well enough without being known. */
const longFromMs = 8_000

await main(async () => {
  const { node, env } = await setUp({ tests: true })
  if (long) env.VISAVIS_TEST_LONG = '1'
  // Each of some hundred files loads the whole server: what Node makes of the sources is kept, as at the start.
  env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'compiled')
  const files = testFiles(paths)
  if (options.length > 0) return byTap(node, [...options, ...files], env)

  // Nobody looks at what a run of everything leaves behind.
  if (whole) env.VISAVIS_TEST_SCREENSHOTS = process.env.VISAVIS_TEST_SCREENSHOTS ?? '0'
  const failed = whole ? [...(await runSteps({ env }, checks)), ...(await runSteps({ env }, benchSmoke))] : []
  const how = { node, env, timeoutSeconds: timeoutSeconds(), onEnd: (result) => console.log(lineOf(result)) }
  const first = await step(`${files.length} files of tests`, () => runTests(files, how))
  const again = whole ? await alone(first, how) : []
  const results = first.map((result) => again.find(({ file, passed }) => passed && file === result.file) ?? result)
  mkdirSync(join(root, '.cache'), { recursive: true })
  writeFileSync(output, `TAP version 14\n${results.map(({ tap }) => tap).join('')}1..${results.length}\n`)
  if (seconds) writeFileSync(new URL('setup/test-seconds.json', import.meta.url), secondsOf(results, longFromMs))
  tell(results)
  for (const { file, tap } of first.filter((result) => !results.includes(result))) {
    say(`UNSTEADY: ${file} failed beside others, and passed by itself:\n${verdictOf(tap).failures.join('\n')}`)
  }
  if (failed.length > 0) say(`failed before the tests: ${failed.join(', ')}`)
  return results.every(({ passed }) => passed) && failed.length === 0 ? 0 : 1
})

/** tap writes its report, coverage included, of one run. */
async function byTap(node, args, env) {
  try {
    await run(node, ['node_modules/.bin/tap', ...args], { cwd: root, env })
    return 0
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    return 1
  }
}

/** Once more, one by one, those that failed and could have been disturbed. */
async function alone(results, how) {
  const failed = results.filter(({ passed }) => !passed).map(({ file }) => file)
  if (failed.length === 0 || failed.length > againAtMost || !failed.every(canBeDisturbed)) return []
  return step(`once more, each by itself: ${failed.join(', ')}`, async () => {
    const again = []
    for (const file of failed) again.push(...(await runTests([file], how)))
    return again
  })
}

/** A run's output is long, and often only its end is kept. */
function tell(results) {
  console.log(`\n${slowest(results, slowestShown)}`)
  let passed = 0
  const failed = []
  for (const { tap, noise } of results) {
    const verdict = verdictOf(tap)
    passed += verdict.passed
    for (const failure of verdict.failures) {
      console.log(`\nfailed: ${failure}`)
    }
    failed.push(...titlesOf(verdict))
    if (verdict.failed > 0 && noise !== '') console.log(`\nwhat it wrote to stderr:\n${noise}`)
  }
  if (failed.length > 0) console.log(`\nwhat failed:\n${failed.join('\n')}`)
  console.log(`\n${passed} passed, ${failed.length} failed; all that was said is in ${relative('', output)}`)
}

function titlesOf({ failures }) {
  return failures.map((failure) => failure.split('\n', 1).join('').slice(0, titleShown))
}

/** Of one file: tap's own setting, so that a file run by hand has as long. */
function timeoutSeconds() {
  const [, timeout] = /^timeout: (\d+)$/m.exec(readFileSync(join(root, '.taprc'), 'utf8')) ?? []
  return Number(timeout)
}

function parse(given) {
  const ours = ['--long', '--seconds']
  const args = given.filter((arg) => !ours.includes(arg)).map((arg) => (arg.startsWith('./') ? normalize(arg) : arg))
  const named = args.filter((arg) => arg.startsWith('test'))
  return {
    // The runs that take minutes: fuzzing, faults, soak.
    long: given.includes('--long'),
    // Keeps how long each file has taken and how busy it was, for the order of the next runs.
    seconds: given.includes('--seconds'),
    whole: args.every((arg) => arg.startsWith('-')),
    options: args.filter((arg) => !named.includes(arg)),
    paths: named.length === 0 ? ['test'] : named,
  }
}
