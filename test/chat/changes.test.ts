import fc from 'fast-check'
import t from 'tap'
import { Channels, service } from '../../src/chat/channels.ts'
import { channelKeys } from '../../src/chat/keys.ts'
import type { Message, Position } from '../../src/protocol/index.ts'
import { testRedis } from '../support/redis.ts'

// One server that owns all slots: it refuses a script whose keys lie in several.
const redis = await testRedis(t, { cluster: true })
const channels = new Channels({ clients: [redis.client], editWindowMs: 60_000 })
let keys = 0
const nextKey = () => {
  keys += 1
  return `key-${String(keys).padStart(8, '0')}`
}
const write = (channel: string, from: string, text: string) => channels.publish(channel, { from, key: nextKey(), text })
const act = (who: string, offset: number, key = nextKey()) => ({ who, key, offset })
const at = async (channel: string, offset: number) => channels.message(channel, offset)

t.test('an edit changes the text in its place, keeps what was, and takes the next position', async (t) => {
  await write('edit', 'edit', 'frist')
  await write('edit', 'anne', 'second')
  const { position } = await channels.edit('edit', act('edit', 1), 'first')
  t.equal(position.offset, 3)
  t.match(await at('edit', 1), { offset: 1, text: 'first', editedAt: Number })
  t.match(await channels.versions('edit', 1), [{ text: 'frist' }])
  t.match(await channels.history('edit', {}), { newest: 2, position: { offset: 3 } })
  t.equal((await write('edit', 'anne', 'third')).offset, 3, 'offsets of messages have no gap')
  t.same(await channels.versions('edit', 2), [])
})

t.test('a repeat of a change gives the first position and changes nothing', async (t) => {
  await write('repeat', 'repeat', 'a')
  const key = nextKey()
  const first = await channels.edit('repeat', act('repeat', 1, key), 'b')
  await channels.edit('repeat', act('repeat', 1), 'c')
  t.same(await channels.edit('repeat', act('repeat', 1, key), 'b'), first)
  t.match(await at('repeat', 1), { text: 'c' })
})

t.test('only its author changes a message, and in time', async (t) => {
  await write('rights', 'rights', 'mine')
  await t.rejects(channels.edit('rights', act('anne', 1), 'hers'), { code: 'FORBIDDEN' })
  await t.rejects(channels.remove('rights', act('anne', 1)), { code: 'FORBIDDEN' })
  await t.rejects(channels.edit('rights', act('rights', 2), 'none'), { code: 'NOT_FOUND' })
  const strict = new Channels({ clients: [redis.client], editWindowMs: 1 })
  await new Promise((resolve) => setImmediate(resolve))
  while (Date.now() <= ((await at('rights', 1))?.at ?? 0) + 1) await new Promise((resolve) => setImmediate(resolve))
  await t.rejects(strict.edit('rights', act('rights', 1), 'late'), { code: 'CONFLICT', details: { rule: 'late' } })
  await channels.publish('rights', { from: service, key: nextKey(), text: '', system: { code: 'advisorChanged' } })
  await t.rejects(channels.remove('rights', act(service, 2)), { code: 'NOT_FOUND' })
})

t.test('a message that is edited too often stays as it is', async (t) => {
  await write('often', 'often', '0')
  for (let n = 1; n <= 20; n += 1) await channels.edit('often', act('often', 1), `${n}`)
  await t.rejects(channels.edit('often', act('often', 1), '21'), { code: 'CONFLICT', details: { rule: 'edits' } })
  t.equal((await channels.versions('often', 1)).length, 20)
})

t.test('of a deleted message nothing is left but its place: no word in any key of the channel', async (t) => {
  const canary = 'kanarienvogel'
  await write('gone', 'gone', `${canary} 1`)
  await channels.edit('gone', act('gone', 1), `${canary} 2`)
  const attachments = [{ id: 'file-1', name: `${canary}.pdf`, mediaType: 'application/pdf', bytes: 1 }]
  await channels.publish('gone', { from: 'gone', key: nextKey(), text: canary, attachments })
  await channels.remove('gone', act('gone', 1))
  await channels.remove('gone', act('gone', 2))
  t.match(await at('gone', 1), { offset: 1, from: 'gone', text: '', deletedAt: Number })
  t.notOk((await at('gone', 2))?.attachments)
  t.same(await channels.versions('gone', 1), [])
  await t.rejects(channels.edit('gone', act('gone', 1), 'again'), { code: 'GONE' })
  await t.rejects(channels.remove('gone', act('gone', 1)), { code: 'GONE' })
  const { log, nudge: _channel, feeds: _none, published: _keys, ...own } = channelKeys('gone')
  for (const key of Object.values(own)) {
    const dump = await redis.client.dumpBuffer(key)
    t.notOk(dump?.includes(canary), key)
  }
  const dropped = []
  for await (const each of channels.dropped()) dropped.push(each)
  t.same(dropped, [{ channel: 'gone', attachment: 'file-1' }])
  await channels.confirmDropped('gone', 'file-1')
  for await (const each of channels.dropped()) t.fail(`${each.attachment} is still to go`)
})

t.test('pins are seen by both, newest first, and so many only', async (t) => {
  for (let n = 1; n <= 51; n += 1) await write('pins', 'pins', `${n}`)
  await channels.pin('pins', { who: 'anne', key: nextKey(), offset: 2 }, true)
  await channels.pin('pins', { who: 'anne', key: nextKey(), offset: 1 }, true)
  const again = await channels.pin('pins', { who: 'anne', key: nextKey(), offset: 1 }, true)
  t.equal(again.position.offset, 53, 'pinned already: nothing happens')
  t.same((await channels.pinned('pins')).map(({ offset, pinned }) => [offset, pinned]).sort(), [
    [1, true],
    [2, true],
  ])
  await channels.pin('pins', { who: 'anne', key: nextKey(), offset: 2 }, false)
  t.equal((await at('pins', 2))?.pinned, undefined)
  for (let n = 2; n <= 50; n += 1) await channels.pin('pins', { who: 'anne', key: nextKey(), offset: n }, true)
  await t.rejects(channels.pin('pins', { who: 'anne', key: nextKey(), offset: 51 }, true), { code: 'CONFLICT' })
  await channels.remove('pins', act('pins', 1))
  t.notOk((await channels.pinned('pins')).some(({ offset }) => offset === 1))
})

t.test('a late copy of a pin that changed nothing changes nothing later either', async (t) => {
  await write('copies', 'copies', 'one')
  await channels.pin('copies', { who: 'anne', key: nextKey(), offset: 1 }, true)
  const pressed = { who: 'anne', key: nextKey(), offset: 1 }
  const { position } = await channels.pin('copies', pressed, true)
  await channels.pin('copies', { who: 'anne', key: nextKey(), offset: 1 }, false)
  t.same(await channels.pin('copies', pressed, true), { position }, 'answered as the first time')
  t.equal((await at('copies', 1))?.pinned, undefined, 'it stays without a pin')
})

t.test('unread counts messages, not changes, and no deleted one', async (t) => {
  for (let n = 1; n <= 4; n += 1) await write('count', 'anne', `${n}`)
  await channels.edit('count', act('anne', 1), 'one')
  await channels.remove('count', act('anne', 2))
  t.equal((await channels.since('count', 'count', undefined, 0)).unread, 3)
  await channels.read('count', 'count', 3)
  t.equal((await channels.since('count', 'count', undefined, 0)).unread, 1)
})

/** What anybody may do, at random, and what a channel must then be. */
type Step =
  | { readonly do: 'write' | 'edit' | 'delete' | 'pin' | 'unpin'; readonly who: number; readonly n: number }
  | { readonly do: 'resume'; readonly from: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), who: fc.nat(2), n: fc.nat(1e6) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('edit' as const, 'delete' as const, 'pin' as const, 'unpin' as const),
      who: fc.nat(2),
      n: fc.nat(30),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const), from: fc.nat(60) }) },
)
let runs = 0

t.test('whoever resumes from any position ends with what the channel is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      runs += 1
      const channel = `model-${runs}`
      const people = [channel, 'anne', 'bruno']
      const model: { from: string; text: string; deleted: boolean; pinned: boolean }[] = []
      /** What somebody had who stood at each position. */
      const states: Map<number, Message>[] = [new Map()]
      let epoch = ''
      const remember = async (position: Position) => {
        epoch = position.epoch
        if (position.offset < states.length) return
        const { messages } = await channels.history(channel, { limit: 200 })
        states.push(new Map(messages.map((message) => [message.offset, message])))
      }
      for (const next of steps) {
        if (next.do === 'resume') {
          const from = Math.min(next.from, states.length - 1)
          const { events } = await channels.since(
            channel,
            channel,
            { epoch: from === 0 ? '' : epoch, offset: from },
            200,
          )
          const known = new Map(states[from])
          for (const { message } of events ?? []) known.set(message.offset, message)
          const now = states.at(-1) ?? new Map()
          if (JSON.stringify([...known].sort()) !== JSON.stringify([...now].sort())) return false
          if (events?.at(-1) !== undefined && events.at(-1)?.position !== states.length - 1) return false
          continue
        }
        const who = people[next.who] ?? ''
        if (next.do === 'write') {
          await remember((await write(channel, who, `text ${next.n}`)).position)
          model.push({ from: who, text: `text ${next.n}`, deleted: false, pinned: false })
          continue
        }
        const offset = next.n + 1
        const target = model[next.n]
        const may = target !== undefined && !target.deleted
        const own = may && target.from === who
        const doing = {
          edit: () => channels.edit(channel, act(who, offset), 'edited'),
          delete: () => channels.remove(channel, act(who, offset)),
          pin: () => channels.pin(channel, { who: 'anne', key: nextKey(), offset }, true),
          unpin: () => channels.pin(channel, { who: 'anne', key: nextKey(), offset }, false),
        }[next.do]
        const allowed = next.do === 'pin' || next.do === 'unpin' ? may : own
        const done = await doing().then(
          (result) => result,
          () => undefined,
        )
        if ((done !== undefined) !== allowed) return false
        if (done === undefined || target === undefined) continue
        await remember(done.position)
        if (next.do === 'edit') target.text = 'edited'
        else if (next.do === 'delete') Object.assign(target, { text: '', deleted: true, pinned: false })
        else target.pinned = next.do === 'pin'
      }
      const { messages, newest } = await channels.history(channel, { limit: 200 })
      const is = messages.map(({ from, text, deletedAt, pinned = false }) => ({
        from,
        text,
        deleted: deletedAt !== undefined,
        pinned,
      }))
      // In small steps too: for whoever keeps something made of the messages.
      const kept = new Map<number, Message>()
      let place: Position | undefined
      for (let more = true; more; ) {
        const some = await channels.changesSince(channel, place, 3)
        for (const message of some.messages) kept.set(message.offset, message)
        place = some.position
        more = some.more
      }
      const same = JSON.stringify([...kept.values()].sort((a, b) => a.offset - b.offset)) === JSON.stringify(messages)
      return newest === model.length && JSON.stringify(is) === JSON.stringify(model) && same
    }),
    { numRuns: 150 },
  )
})

t.test('an edit on a node whose clock is behind never looks older than the one before', async (t) => {
  await write('clock', 'clock', 'a')
  await channels.edit('clock', act('clock', 1), 'b')
  const first = (await at('clock', 1))?.editedAt ?? 0
  const behind = new Channels({ clients: [redis.client], now: () => Date.now() - 10_000 })
  await behind.edit('clock', act('clock', 1), 'c')
  t.match(await at('clock', 1), { text: 'c', editedAt: first })
})

t.test('writing takes a mark as unread of one’s own away, and nobody else’s', async (t) => {
  for (const text of ['a', 'b', 'c']) await write('marked', 'anne', text)
  for (const person of ['marked', 'bruno'])
    await channels.markUnread('marked', { who: person, key: nextKey(), offset: 2 })
  await write('marked', 'marked', 'd')
  t.match(await channels.since('marked', 'marked', undefined, 0), { unread: 0, unreadFrom: undefined })
  t.match(await channels.since('marked', 'bruno', undefined, 0), { unread: 3, unreadFrom: 2 })
})
