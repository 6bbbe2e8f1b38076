import { pino } from 'pino'
import t from 'tap'
import { Callbacks } from '../../src/queue/callbacks.ts'
import { startOfferLoop } from '../../src/queue/offer-loop.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { type TestQueue, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const never = 3_600_000
const silent = pino({ level: 'silent' })

const stateOf = async ({ callbacks, region }: TestQueue, jobseeker: string) =>
  (await callbacks.ofJobseeker(region, jobseeker))[0]?.state

/** Calls of a queue, counted, so that a test sees what the loop does. */
class Watched extends Callbacks {
  running = 0
  most = 0
  rounds = 0
  failing = false

  override async sweep(region: string): Promise<number> {
    this.rounds += 1
    this.running += 1
    this.most = Math.max(this.most, this.running)
    try {
      if (this.failing) throw new Error('a failure of the test')
      return await super.sweep(region)
    } finally {
      this.running -= 1
    }
  }
}

t.test('a wake offers what waits to advisors who are there, and to nobody else', async (t) => {
  const queue = testQueue(redis.client)
  const { callbacks, region, request } = queue
  await request('x', { advisor: 'anne' })
  await request('y', { advisor: 'bruno' })
  const ready = new Set(['anne'])
  await using loop = startOfferLoop({
    callbacks,
    regions: [region],
    ready: () => [...ready].map((advisor) => ({ region, advisor })),
    log: silent,
    everyMs: never,
  })
  loop.wake()
  await until(async () => (await stateOf(queue, 'x')) === 'offered')
  t.equal(await stateOf(queue, 'y'), 'waiting')
  ready.add('bruno')
  loop.wake()
  await until(async () => (await stateOf(queue, 'y')) === 'offered')
})

t.test('by itself it returns expired offers and offers them again, with a new token each time', async (t) => {
  const queue = testQueue(redis.client)
  const { region, request, events } = queue
  const { callback } = await request('x')
  await using _loop = startOfferLoop({
    callbacks: new Callbacks({ client: redis.client, leaseMs: 5 }),
    regions: [region],
    ready: () => [{ region, advisor: 'anne' }],
    log: silent,
    everyMs: 5,
  })
  const tokens = async () => (await events()).flatMap(({ offer }) => (offer === undefined ? [] : [offer.token]))
  await until(async () => (await tokens()).length >= 3)
  t.same((await tokens()).slice(0, 3), [1, 2, 3])
  t.ok(((await queue.callbacks.ofJobseeker(region, 'x'))[0]?.missedOffers ?? 0) >= 2)
  t.equal((await events())[0]?.callback.id, callback.id)
})

t.test('loops on several nodes offer a callback once', async (t) => {
  const queue = testQueue(redis.client)
  const { callbacks, region, request, events } = queue
  for (const name of ['x', 'y', 'z']) await request(name)
  const options = { callbacks, regions: [region], ready: () => [{ region, advisor: 'anne' }], log: silent, everyMs: 2 }
  await using a = startOfferLoop(options)
  await using b = startOfferLoop(options)
  await using c = startOfferLoop(options)
  for (let n = 0; n < 20; n++) for (const loop of [a, b, c]) loop.wake()
  await until(async () => (await events()).some(({ offer }) => offer !== undefined))
  await Promise.all([a, b, c].map((loop) => loop[Symbol.asyncDispose]()))
  t.equal((await events()).filter(({ offer }) => offer !== undefined).length, 1)
})

t.test('rounds never overlap, however often it is woken, and a wake during a round makes another', async (t) => {
  const { region } = testQueue(redis.client)
  const callbacks = new Watched({ client: redis.client, leaseMs: 1_000 })
  await using loop = startOfferLoop({ callbacks, regions: [region], ready: () => [], log: silent, everyMs: 1 })
  for (let n = 0; n < 50; n++) {
    loop.wake()
    loop.wake()
    await redis.client.ping()
  }
  await until(() => callbacks.running === 0 && callbacks.rounds > 2)
  t.equal(callbacks.most, 1)
  const { rounds } = callbacks
  loop.wake()
  await until(() => callbacks.rounds > rounds)
})

t.test('a failed sweep is logged, keeps nobody from an offer, and the next round goes on', async (t) => {
  const queue = testQueue(redis.client)
  const { region, request } = queue
  await request('x')
  const callbacks = new Watched({ client: redis.client, leaseMs: 1_000 })
  callbacks.failing = true
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  await using _loop = startOfferLoop({
    callbacks,
    regions: [region],
    ready: () => [{ region, advisor: 'anne' }],
    log,
    everyMs: 2,
  })
  await until(async () => (await stateOf(queue, 'x')) === 'offered')
  await until(() => callbacks.rounds >= 3)
  t.ok(lines.some((line) => line.includes('a failure of the test')))
  t.equal(callbacks.most, 1)
})

t.test('disposing waits for the round in progress, and nothing runs afterwards', async (t) => {
  const { region } = testQueue(redis.client)
  const callbacks = new Watched({ client: redis.client, leaseMs: 1_000 })
  const loop = startOfferLoop({ callbacks, regions: [region], ready: () => [], log: silent, everyMs: 1 })
  loop.wake()
  t.equal(callbacks.running, 1)
  const disposing = loop[Symbol.asyncDispose]()
  loop.wake()
  await disposing
  t.equal(callbacks.running, 0)
  const { rounds } = callbacks
  loop.wake()
  for (let n = 0; n < 20; n++) await redis.client.ping()
  t.equal(callbacks.rounds, rounds)
  await loop[Symbol.asyncDispose]()
})
