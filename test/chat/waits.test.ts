/** Since when a jobseeker waits for an answer, and who looks at it. */
import fc from 'fast-check'
import t from 'tap'
import { Channels, service } from '../../src/chat/channels.ts'
import { channelKeys } from '../../src/chat/keys.ts'
import { Waits } from '../../src/chat/waits.ts'
import { testRedis } from '../support/redis.ts'

const redis = await testRedis(t, { cluster: true })
let clock = Date.now() - 60 * 60 * 1_000
/** Every act has a moment of its own. */
const channels = new Channels({ clients: [redis.client], now: () => (clock += 1) })
const waits = new Waits({ client: redis.client })
let keys = 0
const key = () => `key-${String(++keys).padStart(8, '0')}`
const write = (channel: string, from: string) => channels.publish(channel, { from, key: key(), text: 'x' })
const remove = (channel: string, who: string, offset: number) => channels.remove(channel, { who, key: key(), offset })
const isOpen = async (channel: string) => (await redis.client.zscore(channelKeys(channel).open, channel)) !== null
/** The looks at one channel that are due. */
const due = async (channel: string) => (await waits.take(100)).filter((look) => look.channel === channel)

t.test('the clock begins with the first message and ends with an answer', async (t) => {
  const first = await write('plain', 'plain')
  await write('plain', 'plain')
  t.equal(await waits.since('plain'), first.at)
  t.match(await due('plain'), [{ since: first.at, alerted: false }])
  t.same(await due('plain'), [], 'one looks, the others do not')
  await write('plain', 'anne')
  t.equal(await waits.since('plain'), undefined)
  t.notOk(await isOpen('plain'))
})

t.test('a message that was deleted waits for no answer, and a deleted answer is none', async (t) => {
  await write('gone', 'gone')
  const second = await write('gone', 'gone')
  await remove('gone', 'gone', 1)
  t.equal(await waits.since('gone'), second.at)
  t.match(await due('gone'), [{ since: second.at }], 'it is looked at again at once')
  await remove('gone', 'gone', 2)
  t.equal(await waits.since('gone'), undefined)
  t.notOk(await isOpen('gone'))
  const third = await write('gone', 'gone')
  await write('gone', 'anne')
  await remove('gone', 'anne', 4)
  t.equal(await waits.since('gone'), third.at)
  t.ok(await isOpen('gone'))
})

t.test('what needs no answer stops the clock until the jobseeker writes again', async (t) => {
  await write('thanks', 'thanks')
  await channels.settle('thanks', 1)
  t.equal(await waits.since('thanks'), undefined)
  const more = await write('thanks', 'thanks')
  t.equal(await waits.since('thanks'), more.at)
  await channels.settle('thanks', 1)
  t.equal(await waits.since('thanks'), more.at)
  const { waitingSince } = await channels.since('thanks', 'thanks', undefined, 0)
  t.equal(waitingSince, more.at)
})

t.test('of an answer after an alert somebody hears at once, and what moves meanwhile is not overwritten', async (t) => {
  await write('alert', 'alert')
  const [look] = await due('alert')
  if (look === undefined) throw new Error('nobody looked')
  t.ok(await waits.put(look, { alerted: true, at: look.until }), 'about to alert')
  t.ok(await waits.put(look, { alerted: true, at: look.until + 60_000 }))
  t.notOk(await waits.put(look, { alerted: false, at: undefined }), 'the lease is over')
  await write('alert', 'anne')
  const [answered] = await due('alert')
  t.match(answered, { since: undefined, alerted: true })
  await write('alert', 'alert')
  if (answered === undefined) throw new Error('nobody looked')
  t.notOk(await waits.put(answered, { alerted: false, at: undefined }), 'it waits again')
  t.match(await due('alert'), [{ alerted: true }])
})

t.test('a clock is looked at early when somebody asks for it, and only one that runs', async (t) => {
  const late = new Channels({ clients: [redis.client] })
  await late.publish('hurry', { from: 'hurry', key: key(), text: 'x' })
  t.same(await due('hurry'), [], 'most have their answer within a minute')
  await waits.hurry('hurry')
  t.equal((await due('hurry')).length, 1)
  await waits.hurry('nobody')
  t.same(await due('nobody'), [])
})

type Act = { readonly do: 'write' | 'say' | 'delete' | 'settle'; readonly who: number; readonly n: number }
const act: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom('write' as const, 'write' as const, 'say' as const, 'delete' as const, 'settle' as const),
  who: fc.nat(2),
  n: fc.nat(12),
})
let runs = 0

t.test('it is always since the first message that stands after the last answer that stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
      runs += 1
      const channel = `wait-${runs}`
      const people = [channel, 'anne', 'bruno']
      const written: { from: string; at: number; stands: boolean }[] = []
      let settled = 0
      for (const { do: kind, who, n } of acts) {
        const from = people[who] ?? ''
        const target = written[n - 1]
        if (kind === 'write') written.push({ from, at: (await write(channel, from)).at, stands: true })
        if (kind === 'say') {
          const system = { code: 'advisorChanged' } as const
          const { at } = await channels.publish(channel, { from: service, key: key(), text: '', system })
          written.push({ from: service, at, stands: true })
        }
        if (kind === 'settle') {
          await channels.settle(channel, n)
          settled = Math.max(settled, Math.min(n, written.length))
        }
        if (kind === 'delete' && target?.stands && target.from !== service) {
          await remove(channel, target.from, n)
          target.stands = false
        }
        const answered = written.findLastIndex(({ from, stands }) => stands && from !== channel && from !== service)
        const first = written.find(
          (message, index) => message.stands && message.from === channel && index > answered && index >= settled,
        )
        const since = await waits.since(channel)
        if (since !== first?.at) throw new Error(`since ${since}, not ${first?.at}`)
        if ((await isOpen(channel)) !== (first !== undefined)) throw new Error('it is not looked at when it waits')
      }
    }),
    { numRuns: 150 },
  )
})
