/** Benchmarks as a test runs them: the command, in a process of its own. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'

export const bench = (...args: string[]) => promisify(execFile)(process.execPath, ['bench/run.ts', ...args])

/** A run that is spoilt on purpose fails by these checks, and has no figure. */
export async function failsBy(t: Test, scenario: string, checks: readonly string[]): Promise<void> {
  const json = join(t.testdir(), 'out.json')
  await t.rejects(bench(scenario, '--smoke', '--sabotage', 'lost', '--json', json), {
    code: 1,
    stderr: new RegExp(checks.map((check) => `${scenario}: ${check}`).join('.*')),
  })
  const report = JSON.parse(await readFile(json, 'utf8'))
  t.match(report, { scenario, checks: Object.fromEntries(checks.map((check) => [check, false])) })
  t.strictSame([report.metrics, report.ratios], [{}, {}])
}
