import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import t from 'tap'
import { cpuMeter } from '../../scripts/setup/cpu-meter.mjs'
import { idleMeter } from '../../scripts/setup/idle-meter.mjs'
import { until } from '../support/until.ts'

const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

const work = (ms: number) =>
  `const { user } = process.cpuUsage(); while (process.cpuUsage().user < user + ${ms * 1_000});`
const start = (code: string) => {
  const child = spawn(process.execPath, ['--eval', code], { stdio: ['pipe', 'ignore', 'inherit'] })
  return { child, pid: child.pid ?? 0, exited: once(child, 'exit') }
}

t.test('what a child has cost is told once, when it has ended', async (t) => {
  const meter = cpuMeter()
  const [busy, calm] = [start(work(300)), start('process.stdin.resume()')]
  for (const { pid } of [busy, calm]) meter.begin(pid)
  await busy.exited
  const ms = meter.end(busy.pid)
  t.ok(ms >= 250, `${ms} ms`)
  calm.child.kill('SIGKILL')
  await calm.exited
  const calmMs = meter.end(calm.pid)
  t.ok(calmMs < ms, `${calmMs} ms of another`)
})

t.test('so is what nobody has waited for', async (t) => {
  const meter = cpuMeter()
  // The one in between ends with its own child still at work, as a browser does that is killed.
  const inner = `${work(300)} setInterval(() => {}, 1_000)`
  const middle = `require('node:child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(inner)}], { detached: true, stdio: 'ignore' })`
  const outer = start(`${middle}; process.stdin.resume()`)
  meter.begin(outer.pid)
  const [grandchild] = await until(() => {
    const found = childrenOf(outer.pid)
    return found.length > 0 && found
  })
  if (grandchild === undefined) throw new Error('it has no child')
  t.teardown(() => process.kill(grandchild, 'SIGKILL'))
  await until(() => meter.seen(outer.pid) >= 300, { what: 'its work to be seen' })
  outer.child.kill('SIGKILL')
  await outer.exited
  const ms = meter.end(outer.pid)
  t.ok(ms >= 300, `${ms} ms`)
})

t.test('how idle the machine is, is told after some seconds', async (t) => {
  const { look } = idleMeter()
  const { idleCores, memoryMb } = await until(() => {
    const seen = look()
    return seen.memoryMb > 0 && seen
  })
  t.ok(Number.isFinite(idleCores) && idleCores <= availableParallelism(), `${idleCores} cores`)
  t.ok(memoryMb > 10, `${memoryMb} MB`)
})
