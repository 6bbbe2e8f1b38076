import t from 'tap'
import { Channels, chatTags, service } from '../../src/chat/channels.ts'
import { channelKeys, keyPeriodMs, keyPeriods } from '../../src/chat/keys.ts'
import { parseEntry, shardKeys } from '../../src/store/events.ts'
import { testRedis } from '../support/redis.ts'

const redis = await testRedis(t)
const channels = new Channels({ clients: [redis.client] })

const keyOf = (n: number) => `key-${String(n).padStart(8, '0')}`
const from = 'advisor-1'
const publish = (channel: string, n: number, text = `message ${n}`) =>
  channels.publish(channel, { from, key: keyOf(n), text })
const fill = (channel: string, count: number) =>
  Promise.all(Array.from({ length: count }, (_, n) => publish(channel, n + 1)))
const offsetsOf = (page: { messages: readonly { offset: number }[] }) => page.messages.map(({ offset }) => offset)
const from1 = (count: number, first = 1) => Array.from({ length: count }, (_, n) => first + n)

/** What a list of channels shows of one. */
async function standOf(of: Channels, channel: string, person: string) {
  const { position, markers, unread, last } = await of.since(channel, person, undefined, 0)
  const { readOffset = 0 } = markers.get(person) ?? {}
  return { position, readOffset, unread, ...(last === undefined ? {} : { last }) }
}

async function eventsOf(channel: string) {
  const entries = await redis.client.xrange(channelKeys(channel).log, '-', '+')
  return entries
    .map(([, [, entry]]) => parseEntry(entry ?? ''))
    .filter(({ topic }) => topic === `channel:${channel}`)
    .map(({ offset, text }) => ({ offset, frame: JSON.parse(text) as { event: string; data: unknown } }))
}

t.test('an empty channel has no epoch, offset 0, and nothing to read', async (t) => {
  const position = { epoch: '', offset: 0 }
  t.same(await channels.history('empty', {}), { messages: [], position, newest: 0, more: false })
  t.same(await standOf(channels, 'empty', 'jobseeker-1'), { position, readOffset: 0, unread: 0 })
  t.same(await channels.read('empty', 'jobseeker-1', 5), { readOffset: 0 })
  t.equal(await redis.client.exists(...Object.values(channelKeys('empty')).filter((key) => typeof key === 'string')), 0)
})

t.test('messages get the offsets 1, 2, 3 … of one epoch, and are read as they were written', async (t) => {
  const before = Date.now()
  const first = await publish('plain', 1)
  const second = await publish('plain', 2)
  t.equal(first.position.offset, 1)
  t.equal(second.position.offset, 2)
  t.match(first.position.epoch, /^[\w-]{9,20}$/)
  t.equal(second.position.epoch, first.position.epoch)
  t.ok(before <= first.at && first.at <= Date.now())
  t.same(await channels.history('plain', {}), {
    messages: [
      { offset: 1, key: keyOf(1), from, text: 'message 1', at: first.at },
      { offset: 2, key: keyOf(2), from, text: 'message 2', at: second.at },
    ],
    position: second.position,
    newest: 2,
    more: false,
  })
})

t.test('each channel has an epoch of its own', async (t) => {
  t.not((await publish('epoch-a', 1)).position.epoch, (await publish('epoch-b', 1)).position.epoch)
})

t.test('50 publishes with one key at once are one message, and all get its position', async (t) => {
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, n) => channels.publish('repeat', { from, key: 'one-key-1', text: `attempt ${n}` })),
  )
  t.equal(new Set(results.map((result) => JSON.stringify(result))).size, 1)
  t.same(offsetsOf(await channels.history('repeat', {})), [1])
  t.equal((await eventsOf('repeat')).length, 1)
})

t.test('a repeat long after gives the first position and time', async (t) => {
  const first = await publish('late', 1)
  await fill('late', 20)
  t.same(await publish('late', 1, 'another text'), first)
  t.equal((await channels.history('late', {})).messages[0]?.text, 'message 1')
})

t.test('the same key in another channel is another message', async (t) => {
  await publish('key-a', 1)
  t.equal((await publish('key-b', 1)).position.offset, 1)
})

t.test('200 publishes at once by two nodes leave no gap, and each knows its own place', async (t) => {
  const client = redis.client.duplicate()
  t.teardown(() => client.disconnect())
  const other = new Channels({ clients: [client] })
  const results = await Promise.all(
    from1(200).map(async (n) => {
      const { position } = await (n % 2 === 0 ? channels : other).publish('busy', { from, key: keyOf(n), text: `${n}` })
      return { text: `${n}`, offset: position.offset }
    }),
  )
  const { messages } = await channels.history('busy', { limit: 200 })
  t.same(offsetsOf({ messages }), from1(200))
  for (const { text, offset } of results) t.equal(messages[offset - 1]?.text, text)
  const told = (await eventsOf('busy')).map(({ offset }) => offset)
  t.same(told, from1(200), 'the log tells them in the same order')
})

t.test('text comes back as it was written, in history and in the event', async (t) => {
  const texts = [
    '"quoted" \\ back\\slash / \\u0041 {"json":1}',
    'é ü ß 日本語 العربية 👩‍👩‍👧‍👦 𝒳',
    '\u0000\u0001\u001f\u007f\u2028\u2029\ufeff',
    'line\r\nbreak\ttab',
    "'; redis.call('FLUSHALL') --[[",
    ' ',
    'ÿ'.repeat(4_000),
  ]
  for (const [n, text] of texts.entries()) await publish('unicode', n, text)
  t.same(
    (await channels.history('unicode', {})).messages.map(({ text }) => text),
    texts,
  )
  const told = (await eventsOf('unicode')).map(
    ({ frame }) => (frame.data as { message: { text: string } }).message.text,
  )
  t.same(told, texts)
})

t.test('a lone surrogate, which has no UTF-8, becomes U+FFFD for everybody', async (t) => {
  await publish('surrogate', 1, 'a\ud800b\udc00')
  t.equal((await channels.history('surrogate', {})).messages[0]?.text, 'a\ufffdb\ufffd')
})

t.test('the event of a message is what a member is told', async (t) => {
  const { position, at } = await publish('event', 1)
  const message = { offset: 1, key: keyOf(1), from, text: 'message 1', at }
  const data = { channel: 'event', message }
  const frame = { event: 'chat.messagePublished', data, stream: 'channel:event', position }
  t.same(await eventsOf('event'), [{ offset: position.offset, frame }], 'the log has the finished frame')
})

t.test('pages: newest, before and after, ascending, with `more` in the direction read', async (t) => {
  await fill('pages', 25)
  const table = [
    { page: {}, first: 1, count: 25, more: false },
    { page: { limit: 25 }, first: 1, count: 25, more: false },
    { page: { limit: 24 }, first: 2, count: 24, more: true },
    { page: { limit: 10 }, first: 16, count: 10, more: true },
    { page: { before: 16, limit: 10 }, first: 6, count: 10, more: true },
    { page: { before: 6, limit: 10 }, first: 1, count: 5, more: false },
    { page: { before: 6, limit: 5 }, first: 1, count: 5, more: false },
    { page: { before: 1 }, first: 1, count: 0, more: false },
    { page: { before: 0 }, first: 1, count: 0, more: false },
    { page: { before: Number.MAX_SAFE_INTEGER, limit: 1 }, first: 25, count: 1, more: true },
    { page: { after: 0, limit: 10 }, first: 1, count: 10, more: true },
    { page: { after: 10, limit: 10 }, first: 11, count: 10, more: true },
    { page: { after: 20, limit: 10 }, first: 21, count: 5, more: false },
    { page: { after: 15, limit: 10 }, first: 16, count: 10, more: false },
    { page: { after: 25 }, first: 1, count: 0, more: false },
    { page: { after: Number.MAX_SAFE_INTEGER }, first: 1, count: 0, more: false },
  ]
  for (const { page, first, count, more } of table) {
    const got = await channels.history('pages', page)
    t.same(offsetsOf(got), from1(count, first), JSON.stringify(page))
    t.equal(got.more, more, `more of ${JSON.stringify(page)}`)
    t.equal(got.position.offset, 25)
  }
})

t.test('before and after together are refused', async (t) => {
  await t.rejects(channels.history('pages', { before: 3, after: 1 }), { code: 'BAD_REQUEST' })
})

t.test('a page and a summary never tell of a message beyond the position told with it', async (t) => {
  const client = redis.client.duplicate()
  t.teardown(() => client.disconnect())
  const reader = new Channels({ clients: [client] })
  let written = false
  const writing = fill('moment', 300).then(() => {
    written = true
  })
  let pages = 0
  while (!written) {
    const [page, summary] = await Promise.all([reader.history('moment', {}), standOf(reader, 'moment', from)])
    if ((page.messages.at(-1)?.offset ?? 0) !== page.position.offset) t.fail('a page differs from its position')
    if ((summary.last?.offset ?? 0) !== summary.position.offset) t.fail('a summary differs from its position')
    if ((page.position.epoch === '') !== (page.position.offset === 0)) t.fail('a message without an epoch')
    pages += 1
  }
  await writing
  t.ok(pages > 0, `${pages} pages while others wrote`)
})

t.test('a read marker moves forward only, at most to the newest message, and tells only its moves', async (t) => {
  await fill('read', 5)
  t.same(await channels.read('read', 'jobseeker-1', 3), { readOffset: 3 })
  t.same(await channels.read('read', 'jobseeker-1', 2), { readOffset: 3 })
  t.same(await channels.read('read', 'jobseeker-1', 3), { readOffset: 3 })
  t.same(await channels.read('read', 'jobseeker-1', 99), { readOffset: 5 })
  const moved = { channel: 'read', person: 'jobseeker-1' }
  t.same(
    (await eventsOf('read'))
      .map(({ frame }) => frame)
      .filter(({ event }) => event === 'chat.readMoved')
      .map(({ data }) => data),
    [
      { ...moved, readOffset: 3 },
      { ...moved, readOffset: 5 },
    ],
  )
})

t.test('who writes has read what came before, and the others have it unread', async (t) => {
  await fill('unread', 3)
  await channels.publish('unread', { from: 'jobseeker-1', key: 'answer-01', text: 'thank you' })
  await publish('unread', 9)
  const ofJobseeker = await standOf(channels, 'unread', 'jobseeker-1')
  t.match(ofJobseeker, { readOffset: 4, unread: 1, last: { offset: 5, text: 'message 9' }, position: { offset: 5 } })
  t.match(await standOf(channels, 'unread', from), { readOffset: 5, unread: 0 })
  t.match(await standOf(channels, 'unread', 'unread'), { readOffset: 0, unread: 5 }, 'the jobseeker of the channel')
  const colleague = await standOf(channels, 'unread', 'advisor-2')
  t.match(colleague, { readOffset: 0, unread: 0 }, 'who is new beside an advisor need not read again what they have')
})

t.test('a late repeat of a message does not move the read marker', async (t) => {
  await channels.publish('marker', { from: 'jobseeker-1', key: 'question-1', text: 'a question' })
  await publish('marker', 1)
  await channels.publish('marker', { from: 'jobseeker-1', key: 'question-1', text: 'a question' })
  t.match(await standOf(channels, 'marker', 'jobseeker-1'), { readOffset: 1, unread: 1 })
})

t.test('only idempotency keys expire: everything else is meant to stay', async (t) => {
  await publish('lifetimes', 1)
  const { published, nudge: _channel, feeds: _none, ...permanent } = channelKeys('lifetimes')
  const [period] = keyPeriods(Date.now())
  const days = (await redis.client.pttl(published(period))) / 86_400_000
  t.ok(5.99 < days && days <= 6, `${days} days`)
  for (const key of Object.values(permanent)) t.ok((await redis.client.pttl(key)) < 0, key)
})

t.test('all keys of a channel lie in the slot of a shard that is followed', (t) => {
  const slotOf = (key: string) => /\{(.+)\}/.exec(key)?.[1]
  const logs = chatTags.map((tag) => shardKeys(tag).log)
  for (const channel of ['jobseeker-1', 'jobseeker-2', 'x.y_z', 'A']) {
    const { published, ...keys } = channelKeys(channel)
    const all = [...Object.values(keys), published(0)]
    t.equal(new Set(all.map(slotOf)).size, 1)
    t.ok(logs.includes(keys.log))
  }
  t.equal(new Set(logs).size, 16)
  t.end()
})

t.test('a log is trimmed, a channel is not', async (t) => {
  const logLength = 10_000
  const { log } = channelKeys('trim')
  const pipeline = redis.client.pipeline()
  for (let n = 0; n < logLength + 500; n++) pipeline.xadd(log, '0-*', 'e', 'other - other {}')
  await pipeline.exec()
  await fill('trim', 300)
  const length = await redis.client.xlen(log)
  t.ok(logLength <= length && length < logLength + 300, `${length} entries`)
  t.equal(await redis.client.llen(channelKeys('trim').messages), 300)
})

t.test('what came after a position is told whole, or not at all', async (t) => {
  await fill('since', 30)
  const { position } = await channels.history('since', {})
  const offsets = async (offset: number, most: number, epoch = position.epoch) =>
    (await channels.since('since', from, { epoch, offset }, most)).events?.map(({ message }) => message.offset)
  t.same(await offsets(25, 10), from1(5, 26))
  t.same(await offsets(30, 10), [], 'nothing is missing')
  t.same(await offsets(0, 30), from1(30))
  t.same(await offsets(0, 30, ''), from1(30), 'who knew it empty is told all of it')
  t.equal(await offsets(0, 29), undefined, 'too many')
  t.equal(await offsets(31, 10), undefined, 'a position the channel has never had')
  t.equal(await offsets(25, 10, 'another'), undefined, 'another epoch')
  const { events, last } = await channels.since('since', from, undefined, 10)
  t.equal(events, undefined)
  t.match(last, { offset: 30 })
  const { messages, meta } = channelKeys('since')
  await redis.client.ltrim(messages, 9, -1)
  await redis.client.hset(meta, 'first', '10')
  t.equal(await offsets(5, 100), undefined, 'a part of it is gone')
  t.same(await offsets(9, 100), from1(21, 10))
})

t.test('a key is looked for in two periods, those that a clock not quite right may mean', (t) => {
  const period = 20_000
  const begin = period * keyPeriodMs
  t.same(keyPeriods(begin), [period, period - 1])
  t.same(keyPeriods(begin + keyPeriodMs / 2), [period, period - 1])
  t.same(keyPeriods(begin - 1), [period - 1, period], 'another node is in the next one already')
  t.end()
})

t.test('a message has what it was sent with: what it answers and its attachments', async (t) => {
  const attachments = [{ id: 'a1', name: 'CV « récent ».pdf', mediaType: 'application/pdf', bytes: 123_456 }]
  await publish('extras', 1)
  await channels.publish('extras', { from, key: keyOf(2), text: '', replyTo: 1, attachments })
  const [, second] = (await channels.history('extras', {})).messages
  t.match(second, { offset: 2, text: '', replyTo: 1, attachments })
  const [, told] = await eventsOf('extras')
  t.match(told?.frame.data, { message: { ...second } }, 'and so it is told')
  for (const replyTo of [3, 99])
    await t.rejects(channels.publish('extras', { from, key: keyOf(9), text: 'x', replyTo }), { code: 'NOT_FOUND' })
})

t.test('one sender may write so many messages a minute, the others are not held up', async (t) => {
  const limited = new Channels({ clients: [redis.client], mostPerMinute: 5 })
  const write = (n: number, from: string) => limited.publish('limited', { from, key: keyOf(n), text: `${n}` })
  for (const n of from1(5)) await write(n, 'eager')
  await t.rejects(write(6, 'eager'), { code: 'RATE_LIMITED', details: { most: 5 } })
  t.equal((await write(5, 'eager')).offset, 5, 'a repeat is no message more')
  t.equal((await write(7, 'other')).offset, 6)
  await t.rejects(write(8, 'eager'), { code: 'RATE_LIMITED' })
})

t.test('receipts: what was read was received, and neither moves back', async (t) => {
  await fill('receipts', 5)
  t.same(await channels.receive('receipts', 'receipts', 3), { receivedOffset: 3 })
  t.same(await channels.receive('receipts', 'receipts', 2), { receivedOffset: 3 })
  t.same(await channels.read('receipts', 'receipts', 4), { readOffset: 4 })
  t.same(await channels.receive('receipts', 'receipts', 4), { receivedOffset: 4 })
  t.same(await channels.receive('receipts', 'receipts', 99), { receivedOffset: 5 })
  const { markers } = await channels.since('receipts', 'receipts', undefined, 0)
  t.same(markers.get('receipts'), { readOffset: 4, receivedOffset: 5 })
})

t.test('marked as unread it is so for this person alone, until they read on', async (t) => {
  await fill('again', 5)
  await channels.read('again', 'again', 5)
  const mark = { who: 'again', key: keyOf(1), offset: 3 }
  await channels.markUnread('again', mark)
  const stand = await channels.since('again', 'again', undefined, 0)
  t.match(stand, { unread: 3, unreadFrom: 3 })
  t.equal(stand.markers.get('again')?.readOffset, 5, 'the receipt stays where it is')
  t.equal((await channels.since('again', from, undefined, 0)).unread, 0)
  await channels.read('again', 'again', 5)
  t.match(
    await channels.since('again', 'again', undefined, 0),
    stand,
    'a read that was on its way all along ends nothing',
  )
  const isRead = { unread: 0, unreadFrom: undefined }
  await channels.read('again', 'again', 5, keyOf(2))
  t.match(await channels.since('again', 'again', undefined, 0), isRead)
  await channels.markUnread('again', mark)
  t.match(
    await channels.since('again', 'again', undefined, 0),
    isRead,
    'nor does a mark that comes once more begin again',
  )
  await channels.markUnread('again', { ...mark, key: keyOf(3) })
  await channels.read('again', 'again', 5, keyOf(2))
  t.match(await channels.since('again', 'again', undefined, 0), { unread: 3 }, 'a repeat of what ended the one before')
  await publish('again', 9)
  await channels.read('again', 'again', 6)
  t.match(await channels.since('again', 'again', undefined, 0), isRead, 'what moves the marker is no repeat')
  await t.rejects(channels.markUnread('again', { ...mark, key: keyOf(4), offset: 7 }), { code: 'NOT_FOUND' })
})

t.test('what the service says is to be seen and not to be read: it counts for nobody', async (t) => {
  const unreadOf = async (person: string) => (await channels.since('said', person, undefined, 0)).unread
  const say = (n: number) =>
    channels.publish('said', { from: service, key: keyOf(n), text: '', system: { code: 'advisorChanged' } })
  await say(1)
  t.equal(await unreadOf('said'), 0)
  await publish('said', 2)
  await say(3)
  await say(3)
  t.equal(await unreadOf('said'), 1)
  await channels.read('said', 'said', 2)
  t.equal(await unreadOf('said'), 0)
  t.equal((await channels.history('said', {})).messages.length, 3, 'all of it is there')
  await channels.markUnread('said', { who: 'said', key: keyOf(4), offset: 1 })
  t.equal(await unreadOf('said'), 1, 'marked as unread from before it, only what somebody wrote counts')
})

t.test('a key is of one sender and one act: no act of anybody swallows that of another', async (t) => {
  const key = keyOf(1)
  const send = (who: string, text: string) => channels.publish('keys', { from: who, key, text })
  const stored = [await send('keys', 'mine'), await send('anne', 'hers'), await send('bruno', 'his')]
  t.same(offsetsOf({ messages: stored }), [1, 2, 3])
  t.match(stored, [{ answers: undefined }, { answers: stored[0]?.at }, { answers: undefined }])
  const places = stored.map(({ offset, position, at }) => ({ offset, position, at }))
  // That it is the answer that was waited for is told once.
  for (const [n, who] of ['keys', 'anne', 'bruno'].entries()) t.same(await send(who, 'again'), places[n])
  const change = { who: 'anne', key, offset: 2 }
  const edited = await channels.edit('keys', change, 'edited')
  const pinned = await channels.pin('keys', change, true)
  t.same(await channels.edit('keys', change, 'twice'), edited)
  t.same(await channels.pin('keys', { ...change, who: 'bruno' }, false), {
    position: { ...pinned.position, offset: pinned.position.offset + 1 },
  })
  const removed = await channels.remove('keys', change)
  t.same(await channels.remove('keys', change), removed)
  t.same(await send('anne', 'after it is deleted'), places[1])
  const { messages } = await channels.history('keys', {})
  t.match(messages, [{ text: 'mine' }, { text: '', deletedAt: Number }, { text: 'his' }])
  t.equal(messages.length, 3)
})

t.test('the jobseeker waits from their first message without an answer on', async (t) => {
  const waiting = async () => (await channels.since('waits', 'waits', undefined, 0)).waitingSince
  const write = (from: string, n: number) => channels.publish('waits', { from, key: keyOf(n), text: `${n}` })
  t.equal(await waiting(), undefined)
  const first = await write('waits', 1)
  await write('waits', 2)
  t.equal(await waiting(), first.at)
  const system = { code: 'advisorChanged' } as const
  await channels.publish('waits', { from: service, key: keyOf(3), text: '', system })
  t.equal(await waiting(), first.at, 'what the service says is no answer')
  await write(from, 4)
  t.equal(await waiting(), undefined)
})
