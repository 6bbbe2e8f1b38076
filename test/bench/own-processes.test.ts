import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { OwnProcesses, type Process, readStat } from '../../bench/own-processes.ts'
import { until } from '../support/until.ts'

const process1 = (pid: number, parent: number, cpuUs: number, startedAt = '1'): Process => ({
  ...{ pid, parent, cpuUs, startedAt },
})

t.test('a process is told by what the kernel says of it, whatever its name is', async (t) => {
  const stat = `17 (a (b) c) S 5 17 17 0 -1 4194560 99 0 0 0 30 12 700 800 20 0 1 0 7174247 5382144 657`
  t.same(readStat(stat), { pid: 17, parent: 5, startedAt: '7174247', cpuUs: 420_000 })
  t.equal(readStat(''), undefined)
})

t.test('children of children count, orphans stay ours, and strangers never do', async (t) => {
  let running: Process[] = []
  const own = new OwnProcesses(1, () => running)
  const uses = (...processes: Process[]) => {
    running = processes
    return own.cpuUs()
  }
  // The child of a child stands before its parent: the order of ids says nothing.
  t.equal(uses(process1(3, 2, 40), process1(1, 0, 100), process1(2, 1, 10), process1(9, 0, 5_000)), 150)
  t.equal(uses(process1(1, 0, 110), process1(3, 77, 60)), 180, 'its parent is gone, and counts as it was last seen')
  t.equal(uses(process1(1, 0, 110), process1(3, 77, 60), process1(4, 3, 7)), 187, 'what an orphan has started')
  t.equal(uses(process1(1, 0, 110), process1(2, 0, 9_000, '2')), 187, 'an id that was given again is another process')
})

t.test('the work of an orphan is counted as it goes on', async (t) => {
  const busy = 'process.stdout.write(String(process.pid)); for (;;) Math.random()'
  const starts = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(busy)}], { stdio: 'inherit' })`
  const child = spawn(process.execPath, ['-e', starts], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(child.stdout, 'data')
  const orphan = Number(said)
  t.teardown(() => process.kill(orphan, 'SIGKILL'))
  const own = new OwnProcesses()
  own.cpuUs()
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  const cpuUs = () => readStat(readFileSync(`/proc/${orphan}/stat`, 'utf8'))?.cpuUs ?? 0
  const [before, its] = [own.cpuUs(), cpuUs()]
  await until(() => cpuUs() > its + 200_000, { what: 'the orphan works', timeoutMs: 120_000 })
  const then = cpuUs()
  t.ok(own.cpuUs() - before >= then - its, 'what it used is ours')
})
