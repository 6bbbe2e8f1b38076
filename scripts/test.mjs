// npm test: checks, a short run of every benchmark, then the tests; tap's summary comes last.
// npm test -- test/queue: only the tests named, which may be folders, and tap's own options.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RunError, run } from './setup/run.mjs'
import { main, say } from './setup/say.mjs'
import { root, setUp } from './setup/set-up.mjs'
import { benchSmoke, checks, runSteps } from './setup/steps.mjs'

const { long, args } = parse(process.argv.slice(2))

await main(async () => {
  const { node, env } = await setUp({ tests: true })
  if (long) env.VISAVIS_TEST_LONG = '1'

  const whole = args.every((arg) => arg.startsWith('-'))
  const failed = whole ? await runSteps({ env }, [...checks, benchSmoke]) : []
  const passed = await run(node, ['node_modules/.bin/tap', ...args], { cwd: root, env }).then(
    () => true,
    (error) => {
      if (!(error instanceof RunError)) throw error
      return false
    },
  )
  // tap's summary is the last word, unless it would hide what went wrong before it.
  if (failed.length > 0) say(`failed before the tests: ${failed.join(', ')}`)
  return passed && failed.length === 0 ? 0 : 1
})

function parse(given) {
  return {
    // The runs that take minutes: fuzzing, faults, soak.
    long: given.includes('--long'),
    args: given.filter((arg) => arg !== '--long').map(testFiles),
  }
}

/** tap looks into folders for .js only, once its typescript plugin is off. */
function testFiles(arg) {
  const path = join(root, arg)
  return existsSync(path) && statSync(path).isDirectory() ? join(arg, '**/*.test.ts') : arg
}
