/**
 * People go while a callback is scheduled, waiting, offered or in work. Leaving and erasure end it, and count against nobody; a
 * new advisor gets it, except a call that is under way; what an advisor holds who will not come back returns to its place.
 */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { signToken } from '../../bench/tokens.ts'
import type { Callback, Desk, Offer, ResultOf } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

t.setTimeout(300_000)

const secret = 'the secret of this test, for all its nodes'
const agency = 'agency'.repeat(8)
const region = 'bretagne'
const node = await testNode(t, {
  VISAVIS_JWT_SECRET: secret,
  VISAVIS_AGENCY_TOKEN: agency,
  VISAVIS_PRESENCE_GRACE_MS: '300',
  VISAVIS_CALLBACK_LEASE_MS: '120000',
  VISAVIS_HEARTBEAT_MS: '120000',
  // Tests ask faster than people do.
  VISAVIS_REQUESTS_PER_SECOND: '1000',
  VISAVIS_REQUEST_BURST: '10000',
})
const states = ['scheduled', 'waiting', 'offered', 'active'] as const
type Reached = (typeof states)[number]

async function api(method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`${node.url}/api/regions/${region}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${agency}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
}
const putAdvisor = (id: string, disabled = false) =>
  api('PUT', `people/${id}`, { role: 'advisor', name: id, team: 'rennes', disabled })
const putJobseeker = (id: string, advisor: string) =>
  api('PUT', `people/${id}`, { role: 'jobseeker', name: id, advisor })

async function enter(t: Test, person: string, role: 'advisor' | 'jobseeker'): Promise<RawClient> {
  const client = await rawClient(node.url, signToken({ sub: person, role, name: person, region }, secret))
  t.teardown(() => client[Symbol.asyncDispose]())
  return client
}

interface Stage {
  readonly advisor: string
  readonly other: string
  readonly jobseeker: string
  readonly theirs: RawClient
  readonly others: RawClient
  readonly asker: RawClient
  readonly id: string
  readonly token: number
}

let stages = 0

/** An advisor and a colleague, and a jobseeker's callback that has come as far as that. */
async function openStage(t: Test, reached: Reached): Promise<Stage> {
  stages += 1
  const [advisor, other, jobseeker] = [`advisor-${stages}`, `advisor-${stages}-b`, `jobseeker-${stages}-s`]
  await Promise.all([putAdvisor(advisor), putAdvisor(other)])
  await putJobseeker(jobseeker, advisor)
  const theirs = await enter(t, advisor, 'advisor')
  const others = await enter(t, other, 'advisor')
  const asker = await enter(t, jobseeker, 'jobseeker')
  if (reached === 'waiting') await theirs.result('callback.setDesk', { state: 'busy' })
  const { windows } = (await asker.result('callback.options', {})) as ResultOf<'callback.options'>
  const window = reached === 'scheduled' ? { window: windows.at(-1) } : {}
  const request = { key: randomUUID(), medium: 'room', reason: 'rappelez-moi', ...window }
  const { callback } = (await asker.result('callback.request', request)) as { callback: Callback }
  const { id } = callback
  let token = 0
  if (reached === 'offered' || reached === 'active') {
    const { offer } = await eventOf<{ offer: Offer }>(theirs, 'callback.offered', ({ offer }) => offer.callback === id)
    token = offer.token
  }
  if (reached === 'active') await theirs.result('callback.accept', { callback: id, token })
  t.equal((await mine(asker)).find((one) => one.id === id)?.state, reached)
  return { advisor, other, jobseeker, theirs, others, asker, id, token }
}

async function mine(client: RawClient): Promise<Callback[]> {
  return ((await client.result('callback.list', {})) as { callbacks: Callback[] }).callbacks
}

const told = (client: RawClient, id: string) =>
  client.events
    .filter(({ event }) => event === 'callback.changed' || event === 'callback.offered')
    .map(({ data }) => (data as { callback: Callback }).callback)
    .findLast((callback) => callback.id === id)

/** What an advisor finds who had to do with it: nothing of it, and their desk as it was. */
async function isFree(t: Test, { theirs, id, token }: Stage, code: RegExp): Promise<void> {
  await until(async () => (await mine(theirs)).every((one) => one.id !== id), { what: 'a queue without it' })
  const { desk } = (await theirs.result('callback.desk', {})) as { desk: Desk }
  t.not(desk.state, 'away', 'it counts against nobody')
  if (token === 0) return
  const late = await theirs.call('callback.complete', { callback: id, token, disposition: 'answered' })
  t.match('error' in late ? late.error.code : 'a call that was ended', code)
}

for (const reached of states) {
  t.test(`${reached}: whoever leaves the scheme ends it, without a penalty`, async (t) => {
    const stage = await openStage(t, reached)
    await api('POST', `people/${stage.jobseeker}/leave`, { key: randomUUID() })
    await isFree(t, stage, /^CONFLICT$/)
    const last = await until(() => {
      const callback = told(stage.theirs, stage.id)
      return callback?.state === 'cancelled' && callback
    })
    t.match(last, { state: 'cancelled', missedOffers: 0, declines: 0 })
    t.notOk(last.attempts, 'nothing was tried in vain')
  })

  t.test(`${reached}: of whoever is erased nothing is left`, async (t) => {
    const stage = await openStage(t, reached)
    await api('DELETE', `people/${stage.jobseeker}?key=${randomUUID()}`)
    await isFree(t, stage, /^(CONFLICT|NOT_FOUND)$/)
    const gone = async () => {
      const answer = await stage.theirs.call('callback.history', { callback: stage.id })
      return 'error' in answer && answer.error.code === 'NOT_FOUND'
    }
    await until(gone, { what: 'no trace of it' })
  })

  t.test(`${reached}: it goes to the new advisor, but for a call that is under way`, async (t) => {
    const { advisor, other, jobseeker, theirs, others, asker, id, token } = await openStage(t, reached)
    await putJobseeker(jobseeker, other)
    const [callback] = await until(async () => {
      const found = await mine(asker)
      return found[0]?.advisor === other && found
    })
    t.equal(callback?.id, id)
    if (reached === 'active') {
      t.match(callback, { state: 'active', holder: { id: advisor } })
      await theirs.result('callback.complete', { callback: id, token, disposition: 'answered' })
      return
    }
    if (reached === 'scheduled') return t.match(callback, { state: 'scheduled' })
    if (token > 0) {
      const late = await theirs.call('callback.accept', { callback: id, token })
      t.match(late, { error: { code: 'GONE' } })
    }
    const { offer } = await eventOf<{ offer: Offer }>(others, 'callback.offered', ({ offer }) => offer.callback === id)
    t.equal(offer.token, token + 1)
    await others.result('callback.accept', { callback: id, token: offer.token })
    await others.result('callback.complete', { callback: id, token: offer.token, disposition: 'answered' })
  })
}

/** An advisor is erased once somebody else follows their jobseekers: of these, what they hold is a call that is under way. */
const ends: readonly [what: string, reached: Reached, goes: (stage: Stage) => Promise<void>][] = [
  ['is disabled', 'offered', ({ advisor }) => putAdvisor(advisor, true)],
  ['is disabled', 'active', ({ advisor }) => putAdvisor(advisor, true)],
  [
    'is erased',
    'active',
    async ({ advisor, other, others, jobseeker }) => {
      await others.result('callback.setDesk', { state: 'busy' })
      await putJobseeker(jobseeker, other)
      await api('DELETE', `people/${advisor}?key=${randomUUID()}`)
    },
  ],
]

for (const [what, reached, goes] of ends) {
  t.test(`${reached}: it returns to its place when its advisor’s account ${what}`, async (t) => {
    const stage = await openStage(t, reached)
    const { theirs, asker, id } = stage
    const before = (await mine(asker)).find((one) => one.id === id)
    await goes(stage)
    t.equal((await theirs.closed).code, 4503)
    const back = await until(async () => (await mine(asker)).find((one) => one.id === id && one.state === 'waiting'), {
      what: 'its return',
      timeoutMs: 30_000,
    })
    t.match(back, { readyAt: before?.readyAt, missedOffers: 0, declines: 0 })
    t.notOk(back.holder)
    await asker.result('callback.cancel', { callback: id })
  })
}
