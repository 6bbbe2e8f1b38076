import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import t from 'tap'
import { cpuMeter } from '../../scripts/setup/cpu-meter.mjs'
import { idleMeter } from '../../scripts/setup/idle-meter.mjs'
import { until } from '../support/until.ts'

t.test('what a child has cost is told once, when it has ended', async (t) => {
  const spentMs = cpuMeter()
  const work = 'const { user } = process.cpuUsage(); while (process.cpuUsage().user < user + 300_000);'
  t.equal(spawnSync(process.execPath, ['--eval', work]).status, 0)
  const ms = spentMs()
  t.ok(ms >= 250, `${ms} ms`)
  t.equal(spentMs(), 0)
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
