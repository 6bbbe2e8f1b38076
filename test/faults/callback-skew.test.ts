/** Two nodes whose clocks are ten minutes apart, on one Redis whose clock is right: callbacks do not notice. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { Callback, Offer, ResultOf } from '../../src/protocol/index.ts'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { testRedis } from '../support/redis.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import { eventOf, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { CallbackLoad } from './callback-load.ts'
import { enrol, named, settings, tokenOf } from './callback-people.ts'
import { violations } from './callback-truth.ts'
import { dataFolder } from './data-folder.ts'
import { faultSeed, randomIntegers } from './random.ts'
import { Resumer } from './resumer.ts'

t.setTimeout(300_000)

const minute = 60_000
const skews = [5 * minute, -5 * minute] as const
const leaseMs = 2_000
const acts = process.env.VISAVIS_TEST_LONG === '1' ? 5_000 : 300

async function openStage(t: Test, people: { advisors: string[]; jobseekers: string[] }): Promise<NodeProcess[]> {
  const redis = await testRedis(t)
  const nodes: NodeProcess[] = []
  for (const skew of skews) {
    const { env } = await shiftedClock(t, skew)
    const where = { REDIS_URL: redis.url, VISAVIS_DATA_DIR: await dataFolder(t) }
    const node = await startProcess({ ...settings, VISAVIS_CALLBACK_LEASE_MS: String(leaseMs), ...where, ...env })
    t.teardown(() => node.kill('SIGKILL'))
    nodes.push(node)
  }
  await enrol(nodes[0]?.url ?? '', people)
  return nodes
}

t.test(
  'every time that people are told is right, and a lease lasts as long as it says, on whichever node',
  async (t) => {
    const [advisors, jobseekers] = [named('advisor', 1), named('jobseeker', 2)]
    const nodes = await openStage(t, { advisors, jobseekers })
    for (const [n, node] of nodes.entries()) {
      const other = nodes[1 - n] ?? node
      await using asker = await rawClient(node.url, tokenOf(jobseekers[n] ?? ''))
      await using advisor = await rawClient(other.url, tokenOf(advisors[0] ?? ''))
      const { now } = (await asker.result('session.heartbeat', {})) as ResultOf<'session.heartbeat'>
      t.ok(Math.abs(now - Date.now() - (skews[n] ?? 0)) < 5_000, 'the clock of the node is wrong')

      const options = (await asker.result('callback.options', {})) as ResultOf<'callback.options'>
      const [first] = options.windows
      t.ok(first !== undefined && first.from >= Date.now() - 1_000, 'no window has begun')
      const request = { key: randomUUID(), medium: 'room', reason: 'rappelez-moi' }
      const { callback } = (await asker.result('callback.request', request)) as { callback: Callback }
      t.equal(callback.state, 'waiting')
      for (const at of [callback.requestedAt, callback.readyAt]) t.ok(Math.abs(at - Date.now()) < 5_000, `${at}`)
      await advisor.result('callback.setDesk', { state: 'ready' })
      const { offer } = await eventOf<{ offer: Offer }>(
        advisor,
        'callback.offered',
        ({ offer }) => offer.callback === callback.id,
      )
      const wrongBy = offer.leaseUntil - leaseMs - Date.now()
      t.ok(-20_000 < wrongBy && wrongBy <= 0, `a lease of ${leaseMs} ms that began ${-wrongBy} ms ago`)
      const over = await until(
        async () => {
          const { callbacks } = (await asker.result('callback.list', {})) as { callbacks: Callback[] }
          return callbacks.find(({ id, missedOffers }) => id === callback.id && missedOffers === 1)
        },
        { what: 'the end of the lease', timeoutMs: 30_000 },
      )
      t.ok(
        over.changedAt >= offer.leaseUntil && over.changedAt < offer.leaseUntil + 20_000,
        'neither earlier nor never',
      )
      await asker.result('callback.cancel', { callback: callback.id })
    }
  },
)

t.test('with everybody at work on both nodes nothing is lost, and nobody holds what another one holds', async (t) => {
  const [advisors, jobseekers] = [named('advisor', 4), named('jobseeker', 12)]
  const nodes = await openStage(t, { advisors, jobseekers })
  const seed = faultSeed()
  const random = randomIntegers(seed)
  const load: CallbackLoad = new CallbackLoad({ random, goesOn: () => load.acts.length < acts })
  const open = (person: string, n: number) => {
    const url = nodes[n % 2]?.url ?? ''
    return { person, client: new Resumer({ url, token: tokenOf(person), random: () => random(0, 999) / 1_000 }) }
  }
  const people = [...advisors.map(open), ...jobseekers.map(open)]
  using _closed = { [Symbol.dispose]: () => people.forEach(({ client }) => void client[Symbol.dispose]()) }
  await Promise.all(
    people.map(({ person, client }) =>
      person.startsWith('advisor') ? load.actAsAdvisor(client, person) : load.actAsJobseeker(client, person),
    ),
  )
  const ends = await load.ends(people.filter(({ person }) => person.startsWith('job')).map(({ client }) => client))
  t.comment(`seed ${seed}; ${load.acts.length} acts of ${ends.size} callbacks`)
  t.same(violations(load, ends), [])
  t.same(
    people.flatMap(({ client }) => client.faults),
    [],
  )
  const done = load.acts.filter(({ act, answer }) => act === 'complete' && typeof answer === 'object')
  t.ok(done.length > 0, 'calls were made')
})
