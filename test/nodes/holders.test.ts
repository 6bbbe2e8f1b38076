/** What leases of rooms promise, on one Redis and on one in cluster mode. */
import t, { type Test } from 'tap'
import { Holders } from '../../src/nodes/holders.ts'
import { holdingKeys, nodesKeys } from '../../src/nodes/keys.ts'
import { Registry } from '../../src/nodes/registry.ts'
import { Tickets } from '../../src/nodes/tickets.ts'
import { entriesOf } from '../../src/store/events.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const region = 'bretagne'
const a = { node: 'a.1', url: 'https://a.example' }
const b = { node: 'b.1', url: 'https://b.example' }

for (const cluster of [false, true]) {
  t.test(cluster ? 'on a Redis in cluster mode' : 'on one Redis', async (t) => {
    await using redis = await testRedis(t, { cluster, args: ['--appendonly', 'no'] })
    await play(t, redis)
  })
}

async function play(t: Test, { client }: TestRedis): Promise<void> {
  const ofA = new Holders({ client, self: a, leaseMs: 60_000 })
  const ofB = new Holders({ client, self: b, leaseMs: 60_000 })
  const leftMs = async (room: string) => {
    const [seconds, micros] = await client.time()
    return (
      Number(await client.zscore(holdingKeys(region).until, room)) - (Number(seconds) * 1_000 + Number(micros) / 1_000)
    )
  }
  const events = async () => {
    const found = await Array.fromAsync(entriesOf(client, region))
    return found.map(({ topic, name, text }) => [topic, name, (JSON.parse(text) as { data: object }).data])
  }

  await t.test('of many who claim a room at once one gets it, and all learn who', async (t) => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? ofA.claim(region, 'r1', a) : ofB.claim(region, 'r1', b))),
    )
    t.equal(new Set(answers.map((holder) => holder?.node)).size, 1)
    t.same(await ofA.find(region, 'r1'), answers[0])
  })

  await t.test('who only asks gets nothing', async (t) => {
    t.equal(await ofA.find(region, 'nobody'), undefined)
    t.equal(await ofA.claim(region, 'nobody', undefined), undefined)
    t.equal(await client.hexists(holdingKeys(region).holders, 'nobody'), 0)
  })

  await t.test('a lease ends by itself, and then the room is anybody’s', async (t) => {
    const short = new Holders({ client, self: a, leaseMs: 150 })
    t.same(await short.claim(region, 'r2', a), a)
    t.same(await ofB.claim(region, 'r2', b), a)
    await until(async () => (await ofB.claim(region, 'r2', b))?.node === b.node, { what: 'the end of the lease' })
    t.same(await short.renew(region, ['r2']), ['r2'], 'its former holder learns that it is lost')
    t.same(await ofB.renew(region, ['r2']), [], 'and takes nothing back')
    t.same(await ofA.find(region, 'r2'), b)
  })

  await t.test(
    'a room given to another node is kept for it for a moment, and others do not make that longer',
    async (t) => {
      await ofA.claim(region, 'r3', b)
      const first = await leftMs('r3')
      t.ok(first > 2_000 && first <= 3_000, `${first} ms`)
      await ofA.claim(region, 'r3', b)
      t.ok((await leftMs('r3')) <= first, 'asking again')
      t.same(await ofB.claim(region, 'r3', b), b)
      t.ok((await leftMs('r3')) > 50_000, 'its holder takes it up')
    },
  )

  await t.test('a lease that has ended without anybody noticing is renewed', async (t) => {
    await ofA.claim(region, 'r4', a)
    await client.zadd(holdingKeys(region).until, 1, 'r4')
    t.same(await ofA.renew(region, ['r4']), [])
    t.ok((await leftMs('r4')) > 50_000)
  })

  await t.test('only its holder lets a room go', async (t) => {
    await ofA.claim(region, 'r5', a)
    await ofB.release(region, ['r5'])
    t.same(await ofB.find(region, 'r5'), a)
    await ofA.release(region, ['r5', 'never-held'])
    t.equal(await ofB.find(region, 'r5'), undefined)
  })

  await t.test(
    'that somebody is in a room is told once, by its holder, and taken back when the holder is silent',
    async (t) => {
      const before = (await events()).length
      const since = async () => (await events()).slice(before)
      await ofA.claim(region, 'r6', a)
      await ofA.activate(region, 'r6', 'jeanne')
      await ofA.activate(region, 'r6', 'jeanne')
      await ofB.activate(region, 'r6', undefined)
      t.same(await ofB.active(region, ['r6', 'r5']), [{ room: 'r6', by: 'jeanne' }])
      t.same(await since(), [['channel:r6', 'room.activated', { room: 'r6', active: true, by: 'jeanne' }]])
      await ofB.sweep(region)
      t.equal((await since()).length, 1, 'it holds it still')
      await client.zadd(holdingKeys(region).until, 1, 'r6')
      await ofB.sweep(region)
      t.same((await since())[1], ['channel:r6', 'room.activated', { room: 'r6', active: false }])
      t.same(await ofB.active(region, ['r6']), [])
      t.equal(await client.hexists(holdingKeys(region).holders, 'r6'), 0)
    },
  )

  await t.test('hundreds of rooms are renewed and let go', async (t) => {
    const rooms = Array.from({ length: 450 }, (_, n) => `many-${n}`)
    t.same(await ofA.renew(region, rooms), [])
    t.equal(await client.hget(holdingKeys(region).holders, 'many-449'), 'a.1 https://a.example')
    await ofA.release(region, rooms)
    t.equal(await client.hexists(holdingKeys(region).holders, 'many-449'), 0)
  })

  await t.test('nodes learn of each other, of drains, and that one has gone', async (t) => {
    const registry = new Registry(client)
    const said = (name: string) => ({ name, url: `https://${name}.example`, rooms: 1, participants: 2, freeCpu: 0.5 })
    await registry.beat('a.1', said('a'))
    await registry.drain('a.1', true)
    const known = await registry.beat('b.1', said('b'))
    t.match(
      known.map(({ node, name, drained, freeCpu }) => [node, name, drained, freeCpu]),
      [
        ['a.1', 'a', true, 0.5],
        ['b.1', 'b', false, 0.5],
      ],
    )
    t.ok(known.every(({ silentMs }) => silentMs >= 0 && silentMs < 10_000))
    await registry.drain('a.1', false)
    t.equal((await registry.beat('b.1', said('b')))[0]?.drained, false)
    await registry.drain('a.1', true)
    await client.zadd(nodesKeys.beats, 1, 'a.1')
    t.same(
      (await registry.beat('b.1', said('b'))).map(({ node }) => node),
      ['b.1'],
      'forgotten after a long silence',
    )
    t.equal(await client.scard(nodesKeys.drained), 0)
    await registry.leave('b.1')
    t.equal(await client.exists(...Object.values(nodesKeys)), 0)
  })

  await t.test('a ticket of one node is read by the node it is for', async (t) => {
    const identity = { person: 'p', role: 'jobseeker', name: 'P', region } as const
    const whole = { identity, session: 's', room: 'p', node: 'b.1', sessionUntil: 5 }
    const { ticket, expiresAt } = await new Tickets(client, 'a.1').sign(whole, 1_000)
    t.same(await new Tickets(client, 'b.1').verify(ticket, 1_000), { ...whole, expiresAt })
    t.equal(await new Tickets(client, 'a.1').verify(ticket, 1_000), undefined)
    t.equal(await new Tickets(client, 'b.1').verify(ticket, expiresAt), undefined)
  })
}
