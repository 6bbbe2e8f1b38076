/** Reports of checks on a real Redis. */
import t from 'tap'
import { Checks } from '../../src/checks/checks.ts'
import { checkKeys } from '../../src/checks/keys.ts'
import type { Measured } from '../../src/protocol/check-rule.ts'
import { fence } from '../../src/store/fence.ts'
import { testRedis } from '../support/redis.ts'

const redis = await testRedis(t)
let now = 1_000_000
const checks = new Checks({ client: redis.client, now: () => now })
let people = 0
const somebody = () => {
  people += 1
  return { region: 'here', person: `person-${people}` }
}
const measured: Measured = {
  camera: 'missing',
  microphone: 'ok',
  speaker: 'heard',
  paths: { udp: 'reached', tcp: 'reached', relay: 'not-offered' },
  network: { path: 'udp', roundTripMs: 9, lostUpPermille: 0, lostDownPermille: 0, upKbps: 900, downKbps: 900 },
}

t.test('the newest report is kept as it was judged; a repeat of an act makes no second one', async (t) => {
  const whose = somebody()
  t.equal(await checks.last(whose), undefined)
  const first = await checks.report(whose, 'key-0000001', measured)
  t.same(first, { at: now, outcome: 'limited', advice: ['connect-camera'], measured })
  now += 1_000
  t.same(await checks.report(whose, 'key-0000001', { ...measured, camera: 'ok' }), first)
  t.same(await checks.last(whose), first)
  const second = await checks.report(whose, 'key-0000002', { ...measured, camera: 'ok' })
  t.same(await checks.last(whose), second)
  t.equal(second.outcome, 'passed')
  t.same(await checks.all(whose), [second, first])
})

t.test('ten are kept, and not for ever', async (t) => {
  const whose = somebody()
  for (let n = 0; n < 12; n += 1) await checks.report(whose, `key-00000${n + 10}`, measured)
  t.equal((await checks.all(whose)).length, 10)
  const { reports } = checkKeys(whose.region, whose.person)
  t.ok((await redis.client.pttl(reports)) > 364 * 24 * 3_600_000)
})

t.test('somebody who begins test calls all the time is told to stop for a while', async (t) => {
  const whose = somebody()
  const begun = await Promise.allSettled(Array.from({ length: 40 }, () => checks.begin(whose)))
  t.equal(begun.filter(({ status }) => status === 'fulfilled').length, 30)
  await t.rejects(checks.begin(whose), { code: 'CONFLICT', details: { most: 30, waitMs: Number } })
  await checks.begin(somebody())
})

t.test('nothing is left of a person, and nothing is made of an erased one', async (t) => {
  const whose = somebody()
  await checks.begin(whose)
  await checks.report(whose, 'key-0000001', measured)
  await fence(redis.client, whose.region, whose.person)
  await checks.forget(whose)
  t.equal(await checks.last(whose), undefined)
  await t.rejects(checks.report(whose, 'key-0000002', measured), { code: 'GONE' })
  t.equal(await redis.client.exists(...Object.values(checkKeys(whose.region, whose.person))), 0)
})
