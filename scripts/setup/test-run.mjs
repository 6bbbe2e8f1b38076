// Runs files of tests, as many at a time as the machine bears.
import { availableParallelism, freemem } from 'node:os'
import { cpuMeter } from './cpu-meter.mjs'
import { nextToRun } from './pack.mjs'
import { needsOf } from './test-needs.mjs'
import { runTestFile } from './test-process.mjs'

/** More at a time would each be too slow, whatever they wait for. */
const atOnce = 6
/** Some is left to the machine. */
const memoryShare = 0.8

/**
 * @param onEnd is called with each result as it comes.
 * @returns {Promise<object[]>} as runTestFile does, in the order of their ends
 */
export async function runTests(files, { node, env, timeoutSeconds, onEnd }) {
  // Of a container, if this is one.
  const available = process.availableMemory?.() ?? freemem()
  const machine = { cores: availableParallelism(), memoryMb: (available / 2 ** 20) * memoryShare, jobs: atOnce }
  const spentMs = cpuMeter()
  const waiting = new Set(files.map(needsOf))
  const running = new Map()
  const results = []
  while (waiting.size + running.size > 0) {
    const next = nextToRun([...waiting], [...running.keys()], machine)
    if (next !== undefined) {
      waiting.delete(next)
      const end = runTestFile(next.file, { node, env, timeoutSeconds, spentMs })
      running.set(
        next,
        end.then((result) => ({ job: next, result })),
      )
      continue
    }
    const { job, result } = await Promise.race(running.values())
    running.delete(job)
    results.push(result)
    onEnd(result)
  }
  return results
}
