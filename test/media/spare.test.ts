import { readFile } from 'node:fs/promises'
import t from 'tap'
import { Spare } from '../../src/media/spare.ts'
import { endWorker } from '../../src/media/worker.ts'
import { until } from '../support/until.ts'
import { testRooms, workerBin } from './test-rooms.ts'

/** Of this process. */
async function workerPids(): Promise<number[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
  const pids = children.trim().split(' ').filter(Boolean).map(Number)
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_, n) => commands[n]?.includes('mediasoup-worker'))
}

const count = (wanted: number) =>
  until(async () => {
    const pids = await workerPids()
    return pids.length === wanted && pids
  })

t.test('one process is ready, belongs to whoever takes it, and ends with the pool if nobody does', async (t) => {
  const spare = new Spare(workerBin)
  t.teardown(() => spare.close())
  t.equal(await spare.take(), undefined)
  spare.prepare()
  spare.prepare()
  const worker = await spare.take()
  t.equal(worker?.closed, false)
  t.equal(await spare.take(), undefined, 'there is only one')
  spare.prepare()
  await count(2)
  await spare.close()
  t.strictSame(await workerPids(), [worker?.pid])
  if (worker !== undefined) await endWorker(worker)
  spare.prepare()
  t.equal(await spare.take(), undefined, 'none is started after the end')
})

t.test('a spare that died, or does not start, is none', async (t) => {
  const spare = new Spare(workerBin)
  t.teardown(() => spare.close())
  spare.prepare()
  const [pid = 0] = await count(1)
  process.kill(pid, 'SIGKILL')
  await count(0)
  await until(async () => (await spare.take()) === undefined)
  const broken = new Spare('/nowhere/mediasoup-worker')
  broken.prepare()
  t.equal(await broken.take(), undefined)
})

t.test('what takes the place of a dead worker runs already, and the pool ends all of them', async (t) => {
  await using house = await testRooms(t)
  const worker = house.rooms.stats().workers[0]?.pid ?? 0
  const spare = (await count(2)).find((pid) => pid !== worker)
  process.kill(worker, 'SIGKILL')
  await house.enter('r', 'anne')
  t.equal(house.rooms.stats().workers[0]?.pid, spare)
  await count(2)
  await house.rooms.close()
  t.strictSame(await workerPids(), [])
})
