// The checks that come before the tests, each a program of its own.
import { join } from 'node:path'
import { RunError, run } from './run.mjs'
import { say, step } from './say.mjs'
import { root } from './set-up.mjs'

const bin = (name) => join('node_modules/.bin', name)

export const checks = [
  { name: 'format and lint', command: bin('biome'), args: ['check', '--error-on-warnings'] },
  { name: 'floating promises', command: bin('oxlint'), args: ['--type-aware', '--deny-warnings'] },
  { name: 'types', command: bin('tsc'), args: ['--noEmit'] },
  { name: 'generated docs', command: 'node', args: ['scripts/write-docs.ts', '--check'] },
]

export const benchSmoke = {
  name: 'a short run of every benchmark',
  command: 'node',
  args: ['bench/run.ts', 'all', '--smoke'],
}

/** Runs all of them, showing what each has to say, and returns the names of those that failed. */
export async function runSteps({ env }, steps) {
  const failed = []
  for (const { name, command, args } of steps) {
    try {
      await step(name, () => run(command, args, { cwd: root, env }))
    } catch (error) {
      if (!(error instanceof RunError)) throw error
      say(error.message)
      failed.push(name)
    }
  }
  return failed
}
