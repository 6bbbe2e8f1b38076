import { spawn } from 'node:child_process'
import t from 'tap'
import { figuresBetween, readTold } from '../../../bench/capacity/node-figures.ts'
import { generatorShare, usesOf, watch } from '../../../bench/capacity/resources.ts'

const told = (seconds: number) => `# HELP
nodejs_eventloop_lag_p99_seconds{node="a"} 0.02
process_cpu_seconds_total{node="a"} ${100 + 0.5 * seconds}
process_resident_memory_bytes{node="a"} 1000
process_open_fds{node="a"} 10
process_max_fds{node="a"} 100
visavis_media_worker_cpu_seconds_total{worker="17",node="a"} ${7 + 0.25 * seconds}
visavis_media_worker_cpu_seconds_total{worker="18",node="a"} ${9 + 0.75 * seconds}
visavis_redis_cpu_seconds_total{mode="user",node="a"} ${3 + 0.1 * seconds}
visavis_redis_cpu_seconds_total{mode="system",node="a"} ${1 + 0.3 * seconds}
`

t.test('what nodes tell of themselves, their workers and Redis becomes shares of a core', async (t) => {
  const figures = figuresBetween(readTold(told(0)), readTold(told(10)), 10)
  t.match(figures, { eventLoopP99Ms: 20, cores: 0.5, workerCores: [0.25, 0.75], files: 0.1 })
  t.ok(Math.abs((figures.redisCores ?? 0) - 0.4) < 1e-9)
  const silent = figuresBetween(readTold(''), readTold('process_cpu_seconds_total 4'), 10)
  t.match(silent, { workerCores: [] })
  t.equal(silent.redisCores, undefined)
})

t.test('a worker that nodes elsewhere tell of may be what limits them', async (t) => {
  const figures = figuresBetween(readTold(told(0)), readTold(told(10)), 10)
  const watched = { samples: [], machine: 0, others: 0, kernel: 0, networkMbits: 0, memoryBytes: {}, nodes: [figures] }
  const uses = usesOf({ ...watched, cores: { 'worker 1.1': 0.25, 'worker 1.2': 0.75, redis: 0.4 } }, 1_000, 0.3)
  t.match(uses, { 'worker CPU': 0.75, 'event loop': 0.5, Redis: 0.4, 'load generator': 0.3 })
  t.notOk('memory' in uses, 'of this machine, where they are not')
})

t.test('what the generator takes of a machine is all that makes load, and nothing of the server', async (t) => {
  const cores = { server: 0.3, redis: 0.1, 'worker 1': 0.4, generator: 0.15, 'generator media': 0.75, browser: 0.1 }
  t.equal(generatorShare({ ...cores, 'this command': 0.02 }, 2), 0.51)
  t.equal(generatorShare({}, 2), 0)
})

t.test('what comes after the load makes nothing look less used than it was', async (t) => {
  const busy = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' })
  t.teardown(() => busy.kill('SIGKILL'))
  const seconds = 0.5
  const looked = Promise.withResolvers<void>()
  const end = await watch({
    ...{ parts: { busy: [busy.pid ?? 0] }, nodes: [], redisSocket: undefined, seconds },
    onSample({ atMs }) {
      if (atMs >= 1_000 * seconds) busy.kill('SIGSTOP')
      if (atMs >= 4_000 * seconds) looked.resolve()
    },
  })
  await looked.promise
  const { cores, samples } = await end()
  const afterwards = samples.reduce((sum, sample) => sum + (sample.cores.busy ?? 0), 0) / samples.length
  t.ok((cores.busy ?? 0) > 1.2 * afterwards, `${cores.busy} of a core, and ${afterwards} with what came after it`)
})
