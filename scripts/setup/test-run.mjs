// Runs files of tests, as many at a time as the machine bears.
import { constants } from 'node:os'
import { cpuMeter } from './cpu-meter.mjs'
import { idleMeter } from './idle-meter.mjs'
import { nextToRun } from './pack.mjs'
import { needsOf } from './test-needs.mjs'
import { endTestFiles, runTestFile } from './test-process.mjs'

const lookEveryMs = 500

/**
 * @param onEnd is called with each result as it comes.
 * @returns {Promise<object[]>} as runTestFile does, in the order of their ends
 */
export async function runTests(files, { node, env, timeoutSeconds, onEnd }) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      endTestFiles()
      process.exit(128 + constants.signals[signal])
    })
  }
  const meter = cpuMeter()
  const idle = idleMeter()
  const waiting = new Set(files.map(needsOf))
  const running = new Map()
  const results = []
  while (waiting.size + running.size > 0) {
    const next = nextToRun([...waiting], [...running.keys()], idle.look())
    if (next !== undefined) {
      waiting.delete(next)
      const end = runTestFile(next.file, { node, env, timeoutSeconds, meter, standsBack: !next.heavy && !next.alone })
      running.set(
        next,
        end.then((result) => ({ job: next, result })),
      )
      idle.restart()
      continue
    }
    const ended = await firstOf(running.values())
    if (ended === undefined) continue
    running.delete(ended.job)
    results.push(ended.result)
    onEnd(ended.result)
  }
  return results
}

/** Undefined when none has ended by the time to look again. */
async function firstOf(ends) {
  let timer
  const passed = new Promise((resolve) => {
    timer = setTimeout(resolve, lookEveryMs)
  })
  const first = await Promise.race([passed, ...ends])
  clearTimeout(timer)
  return first
}
