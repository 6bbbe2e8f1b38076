/** The hours of advisors, as a node remembers them between two readings. */
import t from 'tap'
import { Availability } from '../../src/queue/availability.ts'
import { queueKeys } from '../../src/queue/keys.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const redis = await testRedis(t)
const monday = { monday: ['09:00-12:00'] }
const tuesday = { tuesday: ['14:00-16:00'] }
const region = 'bretagne'

/** With a clock of the test's, and how often Redis was asked. */
function remembered() {
  let [nowMs, asked] = [0, 0]
  const client = new Proxy(redis.client, {
    get(client, name) {
      if (name === 'hget') asked += 1
      const value: unknown = Reflect.get(client, name, client)
      return typeof value === 'function' ? value.bind(client) : value
    },
  })
  return {
    availability: new Availability(client, () => nowMs),
    pass: (ms: number) => {
      nowMs += ms
    },
    asked: () => asked,
  }
}
/** By another node. */
const change = (hours: object) => redis.client.hset(queueKeys(region).hours, 'anne', JSON.stringify(hours))

t.beforeEach(async () => void (await redis.client.flushall()))

t.test('they are read anew behind what is known, so that nobody waits, and seen within five seconds', async (t) => {
  const { availability, pass, asked } = remembered()
  await availability.setHours(region, 'anne', monday)
  t.same(await availability.hours(region, 'anne'), monday)
  await change(tuesday)
  pass(2_000)
  t.same(await availability.hours(region, 'anne'), monday)
  t.equal(asked(), 1, 'remembered')
  pass(1_000)
  const known = await Promise.all([availability.hours(region, 'anne'), availability.hours(region, 'anne')])
  t.same(known, [monday, monday], 'known at once')
  t.equal(asked(), 2, 'read once behind it')
  await until(async () => 'tuesday' in ((await availability.hours(region, 'anne')) ?? {}), { what: 'the new hours' })
  pass(5_000)
  await change(monday)
  t.same(await availability.hours(region, 'anne'), monday, 'too old to be used')
})

t.test('a change through this node is seen at once, whatever is being read meanwhile', async (t) => {
  const { availability, pass } = remembered()
  await availability.setHours(region, 'anne', monday)
  await availability.hours(region, 'anne')
  pass(3_000)
  const before = availability.hours(region, 'anne')
  const set = availability.setHours(region, 'anne', tuesday)
  t.same(await before, monday)
  await set
  t.same(await availability.hours(region, 'anne'), tuesday)
  await availability.setHours(region, 'anne', undefined)
  t.equal(await availability.hours(region, 'anne'), undefined)
})

t.test('what cannot be read anew stays known until it is too old', async (t) => {
  const { availability, pass } = remembered()
  await availability.setHours(region, 'anne', monday)
  await availability.hours(region, 'anne')
  const { hours } = queueKeys(region)
  await redis.client.del(hours)
  await redis.client.set(hours, 'no hash')
  pass(3_000)
  t.same(await availability.hours(region, 'anne'), monday)
  pass(2_000)
  await t.rejects(availability.hours(region, 'anne'))
  await redis.client.del(hours)
  t.equal(await availability.hours(region, 'anne'), undefined, 'asked again')
})
