/**
 * The node of whoever holds a callback stands still until the callback is somebody else's, and goes on: what its client sent
 * meanwhile is done then. Says what that has changed.
 */
import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { Callback, Offer, Response } from '../../src/protocol/index.ts'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { testRedis } from '../support/redis.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { enrol, settings, tokenOf } from './callback-people.ts'
import { dataFolder } from './data-folder.ts'

/** Who has it when the node goes on: another advisor, or the same one by a newer lease; or a supervisor took a call away. */
export const takers = ['another advisor', 'the same advisor', 'another advisor, in a call'] as const
export type NextHolder = (typeof takers)[number]

const [holder, other, jobseeker] = ['advisor-f1', 'advisor-f2', 'jobseeker-f1']

interface Taken {
  readonly callback: Callback
  readonly offer: Offer
}

/** @param main of the nodes, for twins. @returns what the stopped node has changed. */
export async function stopHolder(t: Test, next: NextHolder, main?: string): Promise<string[]> {
  const redis = await testRedis(t)
  const start = async () => {
    // What is silent for less than two heartbeats, or 10 s, is alive: the node is to go on, not to be given up.
    const env = { ...settings, VISAVIS_CALLBACK_LEASE_MS: '1500', VISAVIS_HEARTBEAT_MS: '60000', REDIS_URL: redis.url }
    const node = await startProcess({ ...env, VISAVIS_DATA_DIR: await dataFolder(t) }, main)
    t.teardown(() => node.kill('SIGKILL'))
    return node
  }
  const [stopped, alive] = [await start(), await start()]
  await enrol(alive.url, { advisors: [holder, other], jobseekers: [jobseeker] })
  const enter = async (node: NodeProcess, person: string) => {
    const client = await rawClient(node.url, tokenOf(person))
    t.teardown(() => client[Symbol.asyncDispose]())
    return client
  }
  const asker = await enter(alive, jobseeker)
  const first = await enter(stopped, holder)
  const second = await enter(alive, next === 'the same advisor' ? holder : other)
  if (next !== 'the same advisor') await second.result('callback.setDesk', { state: 'busy' })

  const request = { key: randomUUID(), medium: 'room', reason: 'rappelez-moi' }
  const { callback } = (await asker.result('callback.request', request)) as { callback: Callback }
  const stale = await leaseOf(first, callback.id, 1)
  if (next === 'another advisor, in a call') await first.result('callback.accept', stale)
  const late = await whileStopped(stopped, async () => {
    // They are in the socket of a process that does not run.
    const sent = sendAll(first, stale)
    if (next === 'another advisor, in a call') {
      const claire = await enter(alive, 'supervisor-claire')
      await claire.result('callback.reassign', { callback: callback.id, to: other, reason: 'she cannot be reached' })
    }
    await until(async () => (await stateOf(asker, callback.id)).state === 'waiting', { what: 'the end of the lease' })
    await second.result('callback.setDesk', { state: 'ready' })
    const fresh = await leaseOf(second, callback.id, 2)
    await second.result('callback.accept', fresh)
    return { sent, fresh, before: await stateOf(asker, callback.id) }
  })
  const answers = await Promise.all(late.sent.map(({ answer }) => answer))
  const after = await stateOf(asker, callback.id)
  const changes = late.sent.flatMap(({ method }, n) => {
    const answer = answers[n]
    const code = answer !== undefined && 'error' in answer ? answer.error.code : 'an answer that says yes'
    return code === 'GONE' ? [] : [`${method} with an old token was answered with ${code}`]
  })
  if (JSON.stringify(after) !== JSON.stringify(late.before)) {
    changes.push(`the callback became ${after.state} by the hand of who does not hold it`)
  }
  const end = await second.call('callback.complete', { ...late.fresh, disposition: 'answered' })
  if ('error' in end) changes.push(`its holder could not complete it: ${end.error.code}`)
  return changes
}

/** The lease of an advisor who was told of it. */
async function leaseOf(client: RawClient, id: string, token: number): Promise<Lease> {
  await eventOf<Taken>(client, 'callback.offered', ({ callback, offer }) => callback.id === id && offer.token === token)
  return { callback: id, token }
}

interface Lease {
  readonly callback: string
  readonly token: number
}

/** Everything that may be done with a lease. */
const sendAll = (client: RawClient, lease: Lease): { method: string; answer: Promise<Response> }[] =>
  [
    { method: 'callback.accept', more: {} },
    { method: 'callback.attempt', more: { key: randomUUID(), outcome: 'reached' } },
    { method: 'callback.attempt', more: { key: randomUUID(), outcome: 'no-answer' } },
    { method: 'callback.decline', more: { reason: 'busy' } },
    { method: 'callback.complete', more: { disposition: 'not-needed' } },
  ].map(({ method, more }) => ({ method, answer: client.call(method, { ...lease, ...more }) }))

async function whileStopped<T>({ pid }: NodeProcess, work: () => Promise<T>): Promise<T> {
  process.kill(pid, 'SIGSTOP')
  try {
    return await work()
  } finally {
    process.kill(pid, 'SIGCONT')
  }
}

async function stateOf(client: RawClient, id: string): Promise<Callback> {
  const { callbacks } = (await client.result('callback.list', {})) as { callbacks: Callback[] }
  const found = callbacks.find((callback) => callback.id === id)
  if (found === undefined) throw new Error(`the jobseeker has lost ${id}`)
  return found
}
