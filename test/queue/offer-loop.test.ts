import { pino } from 'pino'
import t from 'tap'
import { type OfferLoopOptions, startOfferLoop, wakingBy } from '../../src/queue/offer-loop.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { type TestQueue, testQueue } from './test-queue.ts'

const redis = await testRedis(t)
const never = 3_600_000
const silent = pino({ level: 'silent' })

const stateOf = async ({ callbacks, region }: TestQueue, jobseeker: string) =>
  (await callbacks.ofJobseeker(region, jobseeker))[0]?.state

/** Sweeps, counted, so that a test sees what the loop does. */
class Watched {
  running = 0
  most = 0
  rounds = 0
  failing = false
  readonly #queue = createQueue({ client: redis.client, leaseMs: 1_000 })
  readonly offers = this.#queue.offers

  async sweep(region: string): Promise<number> {
    this.rounds += 1
    this.running += 1
    this.most = Math.max(this.most, this.running)
    try {
      if (this.failing) throw new Error('a failure of the test')
      return await this.#queue.desks.sweep(region)
    } finally {
      this.running -= 1
    }
  }
}

const ready = (region: string, ...advisors: string[]): Pick<OfferLoopOptions, 'ready' | 'find'> => {
  const those = advisors.map((advisor) => ({ region, advisor, name: advisor }))
  return { ready: () => those, find: (advisor) => those.find((one) => one.advisor === advisor) }
}
const watched = (callbacks: Watched): Pick<OfferLoopOptions, 'offers' | 'desks'> => ({
  offers: callbacks.offers,
  desks: callbacks,
})

t.test('a wake offers what waits to advisors who are there, and to nobody else', async (t) => {
  const queue = testQueue(redis.client)
  const { region, request } = queue
  await request('x', { advisor: 'anne' })
  await request('y', { advisor: 'bruno' })
  const options = { ...queue.queue, regions: [region], log: silent, everyMs: never }
  await using loop = startOfferLoop({ ...options, ...ready(region, 'anne') })
  loop.wake()
  await until(async () => (await stateOf(queue, 'x')) === 'offered')
  t.equal(await stateOf(queue, 'y'), 'waiting')
  await using other = startOfferLoop({ ...options, ...ready(region, 'bruno') })
  other.wake()
  await until(async () => (await stateOf(queue, 'y')) === 'offered')
})

t.test('a wake for one advisor looks for them alone, once more when it comes during a look', async (t) => {
  const queue = testQueue(redis.client)
  const { region, request } = queue
  for (const advisor of ['anne', 'bruno']) await request(`of-${advisor}`, { advisor })
  let asked = 0
  const offers = {
    async offer(...args: Parameters<typeof queue.queue.offers.offer>) {
      asked += 1
      return queue.queue.offers.offer(...args)
    },
  }
  await using loop = startOfferLoop({
    ...{ offers, desks: queue.queue.desks, regions: [region], log: silent, everyMs: never },
    ...ready(region, 'anne', 'bruno'),
  })
  for (let n = 0; n < 20; n++) loop.wake('anne')
  loop.wake('nobody')
  await until(async () => (await stateOf(queue, 'of-anne')) === 'offered')
  await until(() => asked === 2)
  t.equal(await stateOf(queue, 'of-bruno'), 'waiting')
})

t.test(
  'a round looks at a few advisors at a time, and offers nothing to one who has gone since it began',
  async (t) => {
    const queue = testQueue(redis.client)
    const { region, request } = queue
    const names = Array.from({ length: 50 }, (_, n) => `advisor-${n}`)
    for (const advisor of names) await request(`of-${advisor}`, { advisor })
    const { ready: everybody, find } = ready(region, ...names)
    const asked = new Set<string>()
    let [running, most] = [0, 0]
    const offers = {
      async offer(...args: Parameters<typeof queue.queue.offers.offer>) {
        asked.add(args[1].advisor)
        running += 1
        most = Math.max(most, running)
        return queue.queue.offers.offer(...args).finally(() => {
          running -= 1
        })
      },
    }
    const isHere = (advisor: string) => asked.size === 0 || advisor !== 'advisor-49'
    await using loop = startOfferLoop({
      ...{ offers, desks: queue.queue.desks, regions: [region], log: silent, everyMs: never, ready: everybody },
      find: (advisor) => (isHere(advisor) ? find(advisor) : undefined),
    })
    loop.wake()
    await until(() => asked.size === 49 && running === 0)
    t.ok(most < 20, `${most} at a time`)
    for (const advisor of names.slice(0, 49)) t.equal(await stateOf(queue, `of-${advisor}`), 'offered')
    t.equal(await stateOf(queue, 'of-advisor-49'), 'waiting')
  },
)

t.test('by itself it returns expired offers, and offers them to the next advisor', async (t) => {
  const queue = testQueue(redis.client)
  const { region, request, events } = queue
  await queue.set({ ownWaitMs: 0, coverWaitMs: 0, teamWaitMs: 0 })
  const { callback } = await request('x')
  await using _loop = startOfferLoop({
    ...createQueue({ client: redis.client, leaseMs: 5 }),
    ...{ regions: [region], log: silent, everyMs: 5 },
    ...ready(region, 'anne', 'bruno', 'chloe'),
  })
  const offers = async () => (await events()).filter(({ offer }) => offer !== undefined)
  await until(async () => (await offers()).length >= 3)
  t.same(
    (await offers()).map(({ offer }) => offer?.token),
    [1, 2, 3],
  )
  t.equal(new Set((await offers()).map(({ callback }) => callback.holder?.id)).size, 3, 'who missed it is away')
  await until(async () => (await queue.callbacks.ofJobseeker(region, 'x'))[0]?.missedOffers === 3)
  t.match((await queue.callbacks.ofJobseeker(region, 'x'))[0], { id: callback.id, state: 'waiting' })
})

t.test('loops on several nodes offer a callback once', async (t) => {
  const queue = testQueue(redis.client)
  const { region, request, events } = queue
  for (const name of ['x', 'y', 'z']) await request(name)
  const options = { ...queue.queue, regions: [region], ...ready(region, 'anne'), log: silent, everyMs: 2 }
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
  const callbacks = new Watched()
  await using loop = startOfferLoop({
    ...watched(callbacks),
    ...{ regions: [region], ...ready(region), log: silent, everyMs: 1 },
  })
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
  const callbacks = new Watched()
  callbacks.failing = true
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  await using _loop = startOfferLoop({
    ...watched(callbacks),
    regions: [region],
    ...ready(region, 'anne'),
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
  const callbacks = new Watched()
  const loop = startOfferLoop({
    ...watched(callbacks),
    ...{ regions: [region], ...ready(region), log: silent, everyMs: 1 },
  })
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

t.test('a change wakes those whom it may bring something, once for all that is told at the same time', async (t) => {
  const woken: string[] = []
  const hear = wakingBy((person) => woken.push(person))
  const heard = async (...told: [person: string, name: string, state: string][]) => {
    for (const [person, name, state] of told) {
      const callback = { reason: '"state":"active"', state }
      hear(person, name, JSON.stringify({ event: name, data: { callback } }))
    }
    await undefined
    return woken.splice(0)
  }
  for (const state of ['waiting', 'scheduled', 'cancelled', 'unreachable', 'unknown'])
    t.same(await heard(['anne', 'callback.changed', state]), ['anne'], state)
  for (const state of ['offered', 'active', 'done']) t.same(await heard(['anne', 'callback.changed', state]), [], state)
  t.same(await heard(['anne', 'callback.offered', 'offered']), [])
  const waiting = (person: string) => [person, 'callback.changed', 'waiting'] as [string, string, string]
  t.same(await heard(waiting('anne'), waiting('bruno'), waiting('anne')), ['anne', 'bruno'])
  t.same(await heard(waiting('anne'), waiting('bruno'), ['anne', 'callback.offered', 'offered']), ['bruno'])
  t.same(await heard(['anne', 'callback.offered', 'offered'], waiting('anne')), ['anne'], 'what comes after it counts')
})
