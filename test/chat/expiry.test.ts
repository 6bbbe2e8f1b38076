/** Messages that a region keeps no longer leave a channel from its old end: what must be true of it at every moment. */
import fc from 'fast-check'
import t from 'tap'
import { Channels } from '../../src/chat/channels.ts'
import { channelKeys } from '../../src/chat/keys.ts'
import type { Message, Position } from '../../src/protocol/index.ts'
import { testRedis } from '../support/redis.ts'

// One server that owns all slots: it refuses a script whose keys lie in several.
const redis = await testRedis(t, { cluster: true })
const channels = new Channels({ clients: [redis.client] })
let keys = 0
const nextKey = () => `key-${String(++keys).padStart(8, '0')}`

/** No two messages of a test are written in the same millisecond, so that each is a moment to expire at. */
let lastAt = 0
async function write(channel: string, from: string, text: string, more: object = {}) {
  while (Date.now() <= lastAt) await new Promise((resolve) => setImmediate(resolve))
  const written = await channels.publish(channel, { from, key: nextKey(), text, ...more })
  lastAt = written.at
  return written
}
const expire = (channel: string, before: number, keepWaiting = true) =>
  channels.expire(channel, before, { keepWaiting })

t.test('the oldest go with all that hangs on them; offsets and positions go on', async (t) => {
  const canary = 'kanarienvogel'
  const attachments = [{ id: 'file-1', name: `${canary}.pdf`, mediaType: 'application/pdf', bytes: 1 }]
  const first = await write('trim', 'trim', canary, { attachments })
  await write('trim', 'trim', `${canary} two`)
  await channels.edit('trim', { who: 'trim', key: nextKey(), offset: 2 }, `${canary} three`)
  await channels.pin('trim', { who: 'anne', key: nextKey(), offset: 1 }, true)
  await channels.remove('trim', { who: 'trim', key: nextKey(), offset: 2 })
  await write('trim', 'anne', 'answer', { replyTo: 1 })
  t.equal(await expire('trim', first.at), 0, 'nothing is older')
  t.equal(await expire('trim', lastAt), 2)
  t.equal(await expire('trim', lastAt), 0, 'repeating it finds nothing more')
  t.match(await channels.history('trim', {}), {
    ...{ messages: [{ offset: 3, text: 'answer', replyTo: 1 }], newest: 3, more: false, retainedFrom: 3 },
    position: { epoch: first.position.epoch, offset: 7 },
  })
  t.same(await channels.pinned('trim'), [])
  t.same(await channels.versions('trim', 2), [])
  for (const offset of [1, 2]) {
    const change = { who: 'trim', key: nextKey(), offset }
    await t.rejects(channels.edit('trim', change, 'x'), { code: 'NOT_FOUND' })
    await t.rejects(channels.remove('trim', change), { code: 'NOT_FOUND' })
    await t.rejects(channels.pin('trim', change, true), { code: 'NOT_FOUND' })
    await t.rejects(channels.markUnread('trim', change), { code: 'NOT_FOUND' })
    t.equal(await channels.message('trim', offset), undefined)
  }
  await t.rejects(write('trim', 'trim', 'to what?', { replyTo: 2 }), { code: 'NOT_FOUND' })
  const dropped = []
  for await (const each of channels.dropped()) dropped.push(each)
  t.same(dropped, [{ channel: 'trim', attachment: 'file-1' }], 'their files are to go')
  const { log, nudge: _channel, feeds: _none, published: _keys, ...own } = channelKeys('trim')
  for (const key of Object.values(own)) t.notOk((await redis.client.dumpBuffer(key))?.includes(canary), key)
  t.equal((await write('trim', 'trim', 'next')).offset, 4)
})

t.test('a channel of which nothing is left goes on where it was', async (t) => {
  await write('empty', 'empty', 'one')
  const { position } = await write('empty', 'anne', 'two')
  t.equal(await expire('empty', lastAt + 1), 2)
  t.match(await channels.history('empty', {}), { messages: [], newest: 2, more: false, retainedFrom: 3 })
  const away = await channels.since('empty', 'empty', position, 200)
  t.match(away, { unread: 0, last: undefined, oldest: 3, events: [] }, 'who had everything has missed nothing')
  t.equal((await write('empty', 'empty', 'three')).offset, 3)
  t.match(await channels.history('empty', {}), { messages: [{ offset: 3, text: 'three' }], more: false })
})

t.test('what waits for an answer stays until it has one, or nobody can answer any more', async (t) => {
  await write('wait', 'wait', 'old')
  await write('wait', 'anne', 'answered')
  await write('wait', 'wait', 'please')
  await write('wait', 'wait', 'hello?')
  t.equal(await expire('wait', lastAt + 1), 2)
  t.match((await channels.history('wait', {})).messages, [{ text: 'please' }, { text: 'hello?' }])
  await write('wait', 'anne', 'here I am')
  t.equal(await expire('wait', lastAt), 2)
  await write('wait', 'wait', 'thanks')
  t.equal(await expire('wait', lastAt + 1), 1)
  t.equal(await expire('wait', lastAt + 1, false), 1, 'they have left')
})

t.test('a key that outlives its message still gives the first answer', async (t) => {
  const key = nextKey()
  const first = await channels.publish('key', { from: 'key', key, text: 'once' })
  await write('key', 'anne', 'yes')
  await expire('key', lastAt)
  const again = await channels.publish('key', { from: 'key', key, text: 'once' })
  t.same([again.offset, again.position], [first.offset, first.position])
  t.equal((await channels.history('key', {})).newest, 2)
})

t.test('many go in one call, and its changes with them', async (t) => {
  for (let n = 0; n < 350; n += 1) await channels.publish('many', { from: 'anne', key: nextKey(), text: `${n}` })
  for (let n = 1; n <= 40; n += 1) await channels.pin('many', { who: 'anne', key: nextKey(), offset: n }, true)
  while (Date.now() <= lastAt) await new Promise((resolve) => setImmediate(resolve))
  const { at } = await write('many', 'anne', 'the last')
  t.equal(await expire('many', at), 350)
  t.match(await channels.history('many', {}), { messages: [{ offset: 351 }], retainedFrom: 351 })
  t.ok((await redis.client.zcard(channelKeys('many').changes)) <= 4 + 40, 'what is kept of the changes is bounded')
  await write('many', 'anne', 'and one more')
  await expire('many', lastAt)
  t.ok((await redis.client.zcard(channelKeys('many').changes)) <= 5, 'the pins are gone')
})

type Step =
  | { readonly do: 'write' | 'edit' | 'delete' | 'pin' | 'unpin'; readonly who: number; readonly n: number }
  | { readonly do: 'expire'; readonly n: number; readonly keepWaiting: boolean }
  | { readonly do: 'resume'; readonly from: number }
  | { readonly do: 'page'; readonly from: number }
  | { readonly do: 'follow' }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), who: fc.nat(2), n: fc.nat(1e6) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('edit' as const, 'delete' as const, 'pin' as const, 'unpin' as const),
      who: fc.nat(2),
      n: fc.nat(30),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), n: fc.nat(30), keepWaiting: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('resume' as const), from: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('page' as const), from: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('follow' as const) }) },
)
let runs = 0

t.test(
  'however messages go between other acts, each who looks sees what the channel is, and never a part',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
        runs += 1
        const channel = `model-${runs}`
        const people = [channel, 'anne', 'bruno']
        interface Written {
          readonly from: string
          readonly at: number
          text: string
          deleted: boolean
          pinned: boolean
        }
        /** By offset, from 1; those before `first` are gone. */
        const model: Written[] = []
        let first = 1
        /** What somebody had who stood at each position, and how many messages had been told by then. */
        const states: { known: Map<number, string>; told: number }[] = [{ known: new Map(), told: 0 }]
        let epoch = ''
        /** Somebody who keeps something made of the messages. */
        const kept = new Map<number, string>()
        let place: Position | undefined

        const shown = ({ text, from, deletedAt, pinned = false }: Message) =>
          JSON.stringify({ from, text, deleted: deletedAt !== undefined, pinned })
        const now = () =>
          new Map(
            model.flatMap(({ at: _at, ...one }, n) =>
              n + 1 < first
                ? []
                : [
                    [
                      n + 1,
                      JSON.stringify({ from: one.from, text: one.text, deleted: one.deleted, pinned: one.pinned }),
                    ] as const,
                  ],
            ),
          )
        const same = (a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>, what: string) => {
          const sorted = (map: ReadonlyMap<number, string>) => JSON.stringify([...map].sort(([x], [y]) => x - y))
          if (sorted(a) !== sorted(b)) throw new Error(`${what}: ${sorted(a)} is not ${sorted(b)}`)
        }
        const remember = (position: Position) => {
          epoch = position.epoch
          // A repeat, or what was so already, takes no position.
          if (position.offset === states.length) states.push({ known: now(), told: model.length })
          if (position.offset !== states.length - 1) throw new Error(`position ${position.offset} of ${states.length}`)
        }
        const follow = async () => {
          for (let more = true; more; ) {
            const some = await channels.changesSince(channel, place, 3)
            for (const message of some.messages) kept.set(message.offset, shown(message))
            for (const offset of kept.keys()) if (offset < some.oldest) kept.delete(offset)
            place = some.position
            more = some.more
          }
          same(kept, now(), 'who follows in small steps')
        }
        const resume = async (wanted: number) => {
          const from = Math.min(wanted, states.length - 1)
          const state = states[from] ?? { known: new Map(), told: 0 }
          const position = { epoch: from === 0 ? '' : epoch, offset: from }
          const since = await channels.since(channel, channel, position, 200)
          const whole = state.told + 1 >= first || state.told === model.length
          if ((since.events !== undefined) !== whole) throw new Error(`from ${from}: whole is not ${whole}`)
          if (since.oldest !== first || since.position.offset !== states.length - 1)
            throw new Error('it stands elsewhere')
          if (since.events === undefined) return
          const told = [...since.events.map((event) => event.position), ...since.expired].sort((a, b) => a - b)
          if (told.length !== states.length - 1 - from || told.some((at, n) => at !== from + n + 1)) {
            throw new Error(`from ${from} the positions ${told} are told`)
          }
          const known = new Map(state.known)
          for (const { message } of since.events) known.set(message.offset, shown(message))
          for (const offset of known.keys()) if (offset < since.oldest) known.delete(offset)
          same(known, now(), `who resumes from ${from}`)
        }
        const page = async (cursor: number) => {
          for (const direction of ['before', 'after'] as const) {
            const {
              messages,
              more,
              retainedFrom = 1,
            } = await channels.history(channel, { [direction]: cursor, limit: 4 })
            const offsets = [...now().keys()].filter((n) => (direction === 'before' ? n < cursor : n > cursor))
            const wanted = direction === 'before' ? offsets.slice(-4) : offsets.slice(0, 4)
            same(
              new Map(messages.map((message) => [message.offset, shown(message)])),
              new Map([...now()].filter(([n]) => wanted.includes(n))),
              `${direction} ${cursor}`,
            )
            if (more !== offsets.length > wanted.length || retainedFrom !== first) throw new Error(`more is ${more}`)
          }
        }

        for (const next of steps) {
          if (next.do === 'resume') await resume(next.from)
          else if (next.do === 'page') await page(next.from)
          else if (next.do === 'follow') await follow()
          else if (next.do === 'write') {
            const from = people[next.who] ?? ''
            const { position, at } = await write(channel, from, `text ${next.n}`)
            model.push({ from, at, text: `text ${next.n}`, deleted: false, pinned: false })
            remember(position)
          } else if (next.do === 'expire') {
            const { waitingSince = Number.POSITIVE_INFINITY } = await channels.since(channel, channel, undefined, 0)
            const before = (model[next.n]?.at ?? lastAt) + (next.n % 2)
            const edge = next.keepWaiting ? Math.min(before, waitingSince) : before
            const gone = await expire(channel, before, next.keepWaiting)
            const stays = model.findIndex(({ at }, n) => n + 1 >= first && at >= edge)
            const left = stays < 0 ? model.length + 1 : stays + 1
            if (gone !== left - first) throw new Error(`${gone} went, not ${left - first}`)
            first = left
            if (gone > 0) remember((await channels.history(channel, {})).position)
          } else {
            const who = people[next.who] ?? ''
            const offset = next.n + 1
            const target = offset < first ? undefined : model[next.n]
            const may = target !== undefined && !target.deleted
            const act = { who, key: nextKey(), offset }
            const done = await {
              edit: () => channels.edit(channel, act, 'edited'),
              delete: () => channels.remove(channel, act),
              pin: () => channels.pin(channel, act, true),
              unpin: () => channels.pin(channel, act, false),
            }
              [next.do]()
              .catch(() => undefined)
            const allowed = next.do === 'pin' || next.do === 'unpin' ? may : may && target.from === who
            if ((done !== undefined) !== allowed)
              throw new Error(`${next.do} ${offset} was ${allowed ? 'refused' : 'done'}`)
            if (done === undefined || target === undefined) continue
            if (next.do === 'edit') target.text = 'edited'
            else if (next.do === 'delete') Object.assign(target, { text: '', deleted: true, pinned: false })
            else target.pinned = next.do === 'pin'
            remember(done.position)
          }
        }
        await follow()
        for (let from = 0; from < states.length; from += 1) await resume(from)
        const pinned = (await channels.pinned(channel)).map(({ offset }) => offset).sort((a, b) => a - b)
        const wanted = model.flatMap((one, n) => (one.pinned && n + 1 >= first ? [n + 1] : []))
        if (JSON.stringify(pinned) !== JSON.stringify(wanted)) throw new Error(`${pinned} are pinned`)
        const { unread } = await channels.since(channel, 'stranger', undefined, 0)
        const { markers } = await channels.since(channel, 'stranger', undefined, 0)
        const read = Math.max(
          0,
          ...[...markers].filter(([id]) => id !== channel).map(([, { readOffset }]) => readOffset),
        )
        const count = model.filter(({ deleted }, n) => !deleted && n + 1 >= first && n + 1 > read).length
        if (unread !== count) throw new Error(`${unread} are unread, not ${count}`)
      }),
      { numRuns: 200 },
    )
  },
)
