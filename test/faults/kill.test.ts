/** kill -9 of the server, and of Redis, in the middle of 200 chat sends, at random moments. */
import t, { type Test } from 'tap'
import { developmentToken } from '../support/node.ts'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { readAll, type Sent, sendAll, violations } from './chat-load.ts'
import { dataFolder, redisOwners } from './data-folder.ts'
import { faultSeed, randomIntegers } from './random.ts'

/** Many clients are one person here. */
const crowd = {
  VISAVIS_SESSIONS_PER_PERSON: '100',
  VISAVIS_REQUESTS_PER_SECOND: '10000',
  VISAVIS_REQUEST_BURST: '10000',
}
const rounds = process.env.VISAVIS_TEST_LONG === '1' ? 20 : 4
const count = 200
const lanes = 8
/** About as long as it takes from one acknowledgement to the next. */
const maxUs = 6_000
const channel = 'jobseeker-1'
const seed = faultSeed()

interface Figures {
  readonly killedAfter: number
  /** The longest time without an acknowledgement: how long people waited, ms. */
  readonly outageMs: number
  /** Messages that were sent more than once, because the answer did not come. */
  readonly repeated: number
}

/**
 * Sends 200 messages and calls `fault` when so many of them are acknowledged and some microseconds have passed: an
 * acknowledgement alone would always find the server at the same point, just after a flush.
 */
async function throughFault(
  options: { url: () => string; token: string; killAfter: number; thenUs: number },
  fault: () => Promise<void>,
): Promise<{ sent: Sent[]; figures: Figures }> {
  const { killAfter, thenUs } = options
  let done: Promise<void> | undefined
  const sent = await sendAll({
    ...options,
    channel,
    count,
    lanes,
    onAcknowledged: (acknowledged) => {
      if (acknowledged !== killAfter) return
      done = passed(thenUs).then(fault)
    },
  })
  await done
  const answers = sent.map(({ acknowledged }) => acknowledged?.at ?? 0).toSorted((a, b) => a - b)
  const gaps = answers.map((at, n) => at - (answers[n - 1] ?? at))
  const repeated = sent.filter(({ attempts }) => attempts > 1).length
  return { sent, figures: { killedAfter: killAfter, outageMs: Math.round(Math.max(...gaps)), repeated } }
}

/** Finer than a timer's millisecond. */
async function passed(us: number): Promise<void> {
  const until = performance.now() + us / 1_000
  while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve))
}

const report = (t: Test, figures: readonly Figures[]) => {
  const waits = figures.map(({ outageMs }) => outageMs).toSorted((a, b) => a - b)
  const repeated = figures.reduce((sum, figure) => sum + figure.repeated, 0)
  t.comment(`seed ${seed}; ${figures.length} kills, ${figures.length * count} messages, ${repeated} sent again`)
  t.comment(
    `longest time without an acknowledgement: median ${waits[Math.floor(waits.length / 2)]} ms, at most ${waits.at(-1)} ms`,
  )
}

t.test(
  'kill -9 of the server: every acknowledged message is there once, in order, and one Redis owns the data',
  async (t) => {
    const folder = await dataFolder(t)
    const random = randomIntegers(seed)
    const start = () => startProcess({ ...crowd, VISAVIS_DATA_DIR: folder })
    let node: NodeProcess = await start()
    t.teardown(() => node.kill('SIGKILL'))
    const token = await developmentToken(node.url, channel)
    const all: Sent[] = []
    const figures: Figures[] = []
    for (let round = 0; round < rounds; round += 1) {
      const restart = async () => {
        await node.kill('SIGKILL')
        node = await start()
      }
      const { sent, figures: measured } = await throughFault(
        { url: () => node.url, token, killAfter: random(1, count - lanes), thenUs: random(0, maxUs) },
        restart,
      )
      all.push(...sent)
      figures.push(measured)
      t.same(
        violations(all, await readAll(node.url, token, channel)),
        [],
        `round ${round + 1}, killed after ${measured.killedAfter}`,
      )
      t.equal((await redisOwners(folder)).length, 1, 'exactly one Redis owns the data folder')
    }
    report(t, figures)
    await node.kill('SIGTERM')
    t.same(await redisOwners(folder), [], 'and none is left after a graceful stop')
  },
)

t.test(
  'kill -9 of Redis: every acknowledged message is there once, in order, and the node heals by itself',
  async (t) => {
    const folder = await dataFolder(t)
    const random = randomIntegers(seed + 1)
    const node = await startProcess({ ...crowd, VISAVIS_DATA_DIR: folder })
    t.teardown(() => node.kill('SIGKILL'))
    const token = await developmentToken(node.url, channel)
    const all: Sent[] = []
    const figures: Figures[] = []
    let killedAt = 0
    for (let round = 0; round < rounds; round += 1) {
      // One that dies again within its first second is started with a growing delay; single deaths are measured here.
      await until(() => performance.now() - killedAt > 1_200, { what: 'a steady Redis' })
      const killRedis = async () => {
        const [pid] = await redisOwners(folder)
        if (pid === undefined) throw new Error('there is no Redis to kill')
        process.kill(pid, 'SIGKILL')
        killedAt = performance.now()
        await until(async () => !(await redisOwners(folder)).includes(pid), { what: 'the end of Redis' })
      }
      const { sent, figures: measured } = await throughFault(
        { url: () => node.url, token, killAfter: random(1, count - lanes), thenUs: random(0, maxUs) },
        killRedis,
      )
      all.push(...sent)
      figures.push(measured)
      t.same(
        violations(all, await readAll(node.url, token, channel)),
        [],
        `round ${round + 1}, killed after ${measured.killedAfter}`,
      )
      t.equal((await redisOwners(folder)).length, 1, 'exactly one Redis owns the data folder')
      t.equal((await fetch(`${node.url}/readyz`)).status, 200)
    }
    report(t, figures)
    await node.kill('SIGTERM')
  },
)

t.test('twin: with a Redis that keeps nothing on disk, the same check finds what was lost', async (t) => {
  const folder = await dataFolder(t)
  const redis = await testRedis(t, { args: ['--appendonly', 'no', '--save', ''] })
  const node = await startProcess({ ...crowd, VISAVIS_DATA_DIR: folder, REDIS_URL: redis.url })
  t.teardown(() => node.kill('SIGKILL'))
  const token = await developmentToken(node.url, channel)
  const first = await sendAll({ url: () => node.url, token, channel, count: 20, lanes })
  t.same(violations(first, await readAll(node.url, token, channel)), [], 'nothing is wrong before the kill')
  await redis.kill()
  await redis.restart()
  // The people are lost as well: they are enrolled again by another start of the node.
  await node.kill('SIGTERM')
  const again = await startProcess({ ...crowd, VISAVIS_DATA_DIR: folder, REDIS_URL: redis.url })
  t.teardown(() => again.kill('SIGKILL'))
  const found = violations(first, await readAll(again.url, token, channel))
  t.equal(found.filter((violation) => /acknowledged and is lost/.test(violation)).length, 20)
  await again.kill('SIGTERM')
})

t.test('twin: a client that makes a new key for every retry is found out', async (t) => {
  const folder = await dataFolder(t)
  const node = await startProcess({ ...crowd, VISAVIS_DATA_DIR: folder })
  t.teardown(() => node.kill('SIGKILL'))
  const token = await developmentToken(node.url, channel)
  const load = { url: () => node.url, token, channel, count: 20, lanes, loseEvery: 5 }
  const kept = await sendAll(load)
  t.same(violations(kept, await readAll(node.url, token, channel)), [], 'with the same key a lost answer does no harm')
  const fresh = await sendAll({ ...load, freshKeys: true })
  const found = violations(fresh, await readAll(node.url, token, channel))
  t.equal(found.filter((violation) => /is there 2 times/.test(violation)).length, 4)
  await node.kill('SIGTERM')
})

t.test('twin: a second Redis on the data folder starts without complaint, and the check sees it', async (t) => {
  const folder = await dataFolder(t)
  const node = await startProcess({ ...crowd, VISAVIS_DATA_DIR: folder })
  t.teardown(() => node.kill('SIGKILL'))
  await using second = await testRedis(t, { args: ['--dir', `${folder}/redis`] })
  t.equal(await second.client.ping(), 'PONG')
  t.equal((await redisOwners(folder)).length, 2)
  await node.kill('SIGTERM')
})
