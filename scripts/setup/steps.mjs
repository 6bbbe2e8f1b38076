// The checks that come before the tests, each a program of its own.
import { join } from 'node:path'
import { RunError, run } from './run.mjs'
import { say } from './say.mjs'
import { root } from './set-up.mjs'

const bin = (name) => join('node_modules/.bin', name)

/** In lanes: what is in one is done in order, beside the others. */
export const checks = [
  [
    { name: 'format and lint', command: bin('biome'), args: ['check', '--error-on-warnings'] },
    { name: 'floating promises', command: bin('oxlint'), args: ['--type-aware', '--deny-warnings'] },
  ],
  [
    { name: 'types', command: bin('tsc'), args: ['--noEmit'] },
    { name: 'generated docs', command: 'node', args: ['scripts/write-docs.ts', '--check'] },
  ],
]

const smoke = (scenario) => ({
  name: `a short run of the benchmark ${scenario}`,
  command: 'node',
  args: ['bench/run.ts', scenario, '--smoke'],
})

/**
 * Their figures mean nothing, so they may disturb each other: half of the time goes into starting and ending servers.
 * Rooms take as long as four of the others: lanes that end at different times leave a core idle.
 */
export const benchSmoke = [
  ['rooms', 'callbacks'].map(smoke),
  ['chat', 'connect', 'fanout', 'deflate', 'http'].map(smoke),
]

/** Runs all of them; what one has to say is shown when it fails. @returns the names of those that failed. */
export async function runSteps({ env }, lanes) {
  const failed = []
  const runLane = async (steps) => {
    for (const { name, command, args } of steps) {
      try {
        const startedAt = performance.now()
        await run(command, args, { cwd: root, env, quiet: true })
        say(`${name}: done in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`)
      } catch (error) {
        if (!(error instanceof RunError)) throw error
        say(error.message)
        failed.push(name)
      }
    }
  }
  await Promise.all(lanes.map(runLane))
  return failed
}
