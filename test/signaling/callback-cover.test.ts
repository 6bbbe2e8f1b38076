/** Whoever stands in for an advisor has their step whenever a callback is planned anew: over the SDK, with a clock that is moved. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import type { Callback } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import { until } from '../support/until.ts'

const minute = 60_000
const day = 24 * 60 * minute
const agencyToken = 'a-secret-of-the-agency-for-these-tests'
const clock = await shiftedClock(t)
const redis = await testRedis(t, { env: clock.env })
const node = await testNode(t, {
  REDIS_URL: redis.url,
  VISAVIS_AGENCY_TOKEN: agencyToken,
  VISAVIS_CALLBACK_LEASE_MS: '60000',
})

async function enter(person: string): Promise<Visavis & Disposable> {
  const visavis = connect({ url: node.url, token: () => node.token(person) })
  await visavis.opened
  return Object.assign(visavis, { [Symbol.dispose]: () => visavis.close() })
}
async function rest(method: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${node.url}/api/regions/bretagne/${path}`, {
    method,
    headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
}
const find = (visavis: Visavis, id: string): Callback | undefined =>
  visavis.callbacks.list.find((callback) => callback.id === id)

t.test(
  'a retry keeps the step of whoever stands in, and is not open to all when they should have their turn',
  async (t) => {
    // Without a step of the cover it is open to the region as soon as it is due.
    await rest('PATCH', 'callback-settings', {
      ...{ ownWaitMs: 0, coverWaitMs: day, teamWaitMs: 0, maxWaitMs: 3 * day },
      busySpacingMs: minute,
    })
    const times = { from: Date.now() - minute, until: Date.now() + day }
    await rest('PUT', `covers/${randomUUID()}`, { advisor: 'advisor-anne', cover: 'advisor-bruno', ...times })
    using jeanne = await enter('jobseeker-1')
    using anne = await enter('advisor-anne')
    const { id, step } = await jeanne.callbacks.request({
      medium: 'phone',
      phone: '06 12 34 56 78',
      reason: 'Une lettre',
    })
    t.equal(step, 'cover', 'at the first try')
    await until(() => anne.callbacks.offerOf(id) !== undefined, { what: 'an offer' })
    await anne.callbacks.accept(id)
    // Not offered to her again: what is looked at is who may take it.
    await anne.callbacks.setDesk('busy')
    t.match(await anne.callbacks.attempt(id, { outcome: 'busy' }), { state: 'scheduled' })
    await clock.advance(minute + 5_000)
    await until(() => find(jeanne, id)?.state === 'waiting', { what: 'the next try' })
    t.equal((await jeanne.callbacks.place(id)).step, 'cover', 'at the next try')

    await t.test('and so does another time', async (t) => {
      const put = await jeanne.callbacks.reschedule(id, {})
      t.match(put, { state: 'waiting', step: 'cover' })
    })

    using bruno = await enter('advisor-bruno')
    await until(() => bruno.callbacks.offerOf(id) !== undefined, { what: 'the offer to the cover' })
  },
)
