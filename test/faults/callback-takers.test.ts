/** 50 advisors on two nodes reach for the same callbacks at the same moment, and believe nothing but what they were answered. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { Callback, Offer } from '../../src/protocol/index.ts'
import { startProcess } from '../support/process.ts'
import { testRedis } from '../support/redis.ts'
import { type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { enrol, named, send, settings, tokenOf } from './callback-people.ts'
import { dataFolder } from './data-folder.ts'

t.setTimeout(300_000)

const advisors = named('advisor', 50)
const jobseekers = named('jobseeker', 25)

interface Person {
  readonly id: string
  readonly client: RawClient
}

/** Everybody at work, half of them on each of two nodes. */
async function openStage(t: Test, mode: 'auto' | 'pick'): Promise<{ takers: Person[]; askers: Person[] }> {
  const redis = await testRedis(t)
  const start = async () => {
    // What is offered stays offered: nobody is to be given anything a second time.
    const env = {
      ...settings,
      VISAVIS_CALLBACK_LEASE_MS: '600000',
      VISAVIS_HEARTBEAT_MS: '120000',
      REDIS_URL: redis.url,
    }
    const node = await startProcess({ ...env, VISAVIS_DATA_DIR: await dataFolder(t) })
    t.teardown(() => node.kill('SIGKILL'))
    return node
  }
  const nodes = [await start(), await start()] as const
  await enrol(nodes[0].url, { advisors, jobseekers })
  await send(nodes[0].url, 'PATCH', 'teams/rennes/callback-settings', { mode })
  const enter = async (id: string, n: number): Promise<Person> => {
    const client = await rawClient((n % 2 === 0 ? nodes[0] : nodes[1]).url, tokenOf(id))
    t.teardown(() => client[Symbol.asyncDispose]())
    return { id, client }
  }
  const takers = await Promise.all(advisors.map(enter))
  return { takers, askers: await Promise.all(jobseekers.map(enter)) }
}

const ask = async ({ client }: Person): Promise<string> => {
  const params = { key: randomUUID(), medium: 'room', reason: 'rappelez-moi' }
  return ((await client.result('callback.request', params)) as { callback: Callback }).callback.id
}

/** Whoever was answered yes, and with what the others were. */
async function race(takers: readonly Person[], method: string, params: object) {
  const answers = await Promise.all(takers.map(({ client }) => client.call(method, params)))
  const won = takers.filter((_, n) => 'result' in (answers[n] ?? {}))
  return { won: won.map(({ id }) => id), refused: answers.flatMap((one) => ('error' in one ? [one.error.code] : [])) }
}

t.test(
  'of 50 who pick the same callback at once, one is told that they have it, and the others that they do not',
  async (t) => {
    const { takers, askers } = await openStage(t, 'pick')
    const had = new Map<string, string[]>()
    for (const asker of askers) {
      const id = await ask(asker)
      const { won, refused } = await race(takers, 'callback.pick', { callback: id })
      had.set(id, won)
      t.equal(won.length, 1, `${id}: ${won.join(' and ')}`)
      t.same([...new Set(refused)], ['CONFLICT'])
      const winner = takers.find(({ id }) => id === won[0])
      if (winner === undefined) return t.fail('nobody has it')
      const { offers } = (await winner.client.result('callback.list', {})) as { offers: Offer[] }
      const token = offers.find(({ callback }) => callback === id)?.token
      const others = takers.filter(({ id }) => id !== won[0])
      // A token is no secret between colleagues: what counts is whose it is.
      const stolen = await race(others, 'callback.complete', { callback: id, token, disposition: 'not-needed' })
      t.same([stolen.won, [...new Set(stolen.refused)]], [[], ['GONE']])
      await winner.client.result('callback.complete', { callback: id, token, disposition: 'answered' })
    }
    t.equal(had.size, jobseekers.length)
  },
)

t.test('25 callbacks that are offered to 50 who are free go to 25 of them', async (t) => {
  const { takers, askers } = await openStage(t, 'auto')
  const ids = await Promise.all(askers.map(ask))
  const told = ({ client }: Person) =>
    client.events
      .filter(({ event }) => event === 'callback.offered')
      .map(({ data }) => (data as { offer: Offer }).offer)
  await until(() => takers.flatMap(told).length >= ids.length, { what: 'all offers', timeoutMs: 60_000 })
  const offers = takers.flatMap((taker) => told(taker).map((offer) => ({ ...offer, taker })))
  t.same(offers.map(({ callback }) => callback).toSorted(), ids.toSorted(), 'each once')
  t.equal(new Set(offers.map(({ taker }) => taker.id)).size, ids.length, 'nobody has two')
  // Everybody tries to take everything, with the right token.
  for (const { callback, token, taker } of offers) {
    const { won, refused } = await race(takers, 'callback.accept', { callback, token })
    t.same([won, [...new Set(refused)]], [[taker.id], ['GONE']])
  }
})
