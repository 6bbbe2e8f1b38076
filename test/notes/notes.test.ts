/** What notes promise, on one Redis and on one in cluster mode. */
import t, { type Test } from 'tap'
import { chatTags } from '../../src/chat/channels.ts'
import { noteKeys } from '../../src/notes/keys.ts'
import { Notes, noteTags } from '../../src/notes/notes.ts'
import { type Note, VisavisError } from '../../src/protocol/index.ts'
import { parseEntry, shardKeys } from '../../src/store/events.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { everythingIn } from './everything.ts'

const idOf = (n: number) => `note-${String(n).padStart(6, '0')}`
const anne = 'advisor-anne'
const bruno = 'advisor-bruno'

for (const cluster of [false, true]) {
  t.test(cluster ? 'on a Redis in cluster mode' : 'on one Redis', async (t) => {
    // What is tested is what they do, not that it is on disk.
    await using redis = await testRedis(t, { cluster, args: ['--appendonly', 'no'] })
    await play(t, redis)
  })
}

async function play(t: Test, redis: TestRedis): Promise<void> {
  const { client } = redis
  let clock = 1_767_000_000_000
  const notes = new Notes({ client, now: () => clock })
  const add = (jobseeker: string, n: number, text = `text ${n}`, by = anne) =>
    notes.add(jobseeker, { id: idOf(n), text, by })
  const edit = (of: Note, text: string, by = bruno) =>
    notes.edit(of.jobseeker, { id: of.id, text, by, editedAt: of.editedAt })
  const idsOf = (page: { notes: readonly Note[] }) => page.notes.map(({ id }) => id)
  const told = async (jobseeker: string) =>
    (await client.xrange(noteKeys(jobseeker).log, '-', '+'))
      .map(([, [, entry]]) => parseEntry(entry ?? ''))
      .filter(({ text }) => (JSON.parse(text) as { jobseeker: string }).jobseeker === jobseeker)

  await t.test('about whom there is nothing, nothing is read or stored', async (t) => {
    t.same(await notes.list('nobody'), { notes: [], more: false })
    t.equal(await notes.note('nobody', idOf(1)), undefined)
    await notes.remove('nobody', idOf(1))
    await notes.forget('nobody')
    t.same(await Array.fromAsync(notes.all('nobody')), [])
    await t.rejects(notes.versions('nobody', idOf(1)), { code: 'NOT_FOUND' })
    await t.rejects(notes.edit('nobody', { id: idOf(1), text: 'x', by: anne }), { code: 'NOT_FOUND' })
    t.same(await everythingIn(client), '')
  })

  await t.test(
    'a note is what was written, by whom and when, and its making is told once, without its text',
    async (t) => {
      const note = { id: idOf(1), jobseeker: 'plain', text: 'text 1', by: anne, at: clock }
      t.same(await add('plain', 1), note)
      t.same(await notes.note('plain', idOf(1)), note)
      t.same(await notes.list('plain'), { notes: [note], more: false })
      t.same(await told('plain'), [
        { topic: 'fact', offset: undefined, name: 'notes.changed', text: `{"jobseeker":"plain","id":"${idOf(1)}"}` },
      ])
    },
  )

  await t.test('50 adds with one id at once, of two nodes, make one note, and all get it', async (t) => {
    const other = client.duplicate()
    t.teardown(() => other.disconnect())
    const both = [notes, new Notes({ client: other })]
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, n) => both[n % 2]?.add('repeat', { id: idOf(1), text: `attempt ${n}`, by: anne })),
    )
    t.equal(new Set(made.map((note) => JSON.stringify(note))).size, 1)
    t.equal((await notes.list('repeat')).notes.length, 1)
    t.equal((await told('repeat')).length, 1)
  })

  await t.test('the same id about another jobseeker is another note', async (t) => {
    await add('one', 1, 'of one')
    t.equal((await add('two', 1, 'of two')).text, 'of two')
    await notes.remove('one', idOf(1))
    t.equal((await notes.note('two', idOf(1)))?.text, 'of two')
  })

  await t.test('text comes back as it was written, also after an edit and among versions', async (t) => {
    const texts = [
      '"quoted" \\ back\\slash / \\u0041 {"json":1} [[]] %s',
      'é ü ß 日本語 العربية 👩‍👩‍👧‍👦 𝒳',
      '\u0000\u0001\u001f\u007f\u2028\u2029\ufeff',
      'line\r\nbreak\ttab',
      "'; redis.call('FLUSHALL') --[[",
      ' ',
      'ÿ'.repeat(4_000),
    ]
    let note = await add('unicode', 1, texts[0])
    for (const text of texts.slice(1)) note = await edit(note, text)
    t.equal(note.text, texts.at(-1))
    const { versions } = await notes.versions('unicode', idOf(1))
    t.same(versions.map(({ text }) => text).reverse(), texts.slice(0, -1))
    t.same((await notes.list('unicode')).notes, [note])
    t.equal((await edit(note, 'a\ud800b')).text, 'a\ufffdb', 'a lone surrogate has no UTF-8')
  })

  await t.test('pages are newest first by a cursor, also when many are made within a millisecond', async (t) => {
    for (let n = 1; n <= 25; n += 1) {
      if (n % 10 === 0) clock += 5
      // A node whose clock is behind.
      if (n === 22) clock -= 1_000
      await add('pages', n)
    }
    clock += 1_000
    const all = Array.from({ length: 25 }, (_, n) => idOf(25 - n))
    t.same(idsOf(await notes.list('pages')), all)
    for (const limit of [1, 7, 24, 25, 26, 100]) {
      const read: string[] = []
      let page = await notes.list('pages', { limit })
      read.push(...idsOf(page))
      while (page.more) {
        page = await notes.list('pages', { limit, before: page.notes.at(-1)?.at ?? 0 })
        read.push(...idsOf(page))
      }
      t.same(read, all, `in pages of ${limit}`)
    }
    const { notes: stamped } = await notes.list('pages')
    t.equal(new Set(stamped.map(({ at }) => at)).size, 25, 'no two have the same moment')
    const middle = stamped[10]
    if (middle === undefined) throw new Error('25 notes are there')
    await notes.remove('pages', middle.id)
    t.same(
      idsOf(await notes.list('pages', { before: middle.at, limit: 3 })),
      [idOf(14), idOf(13), idOf(12)],
      'a cursor outlives its note',
    )
    t.same(await notes.list('pages', { before: 0 }), { notes: [], more: false })
  })

  await t.test('a page costs the same whether there are 100 notes or 20,000', async (t) => {
    const { notes: hash, order } = noteKeys('long')
    const fill = async (from: number, to: number) => {
      const pipeline = client.pipeline()
      for (let n = from; n < to; n += 1) {
        const note = { id: idOf(n), jobseeker: 'long', text: 'x', by: anne, at: n }
        pipeline.hset(hash, note.id, JSON.stringify(note)).zadd(order, n, note.id)
      }
      await pipeline.exec()
    }
    const once = async () => {
      await client.config('RESETSTAT')
      for (let n = 0; n < 10; n += 1) await notes.list('long', { limit: 30 })
      const stats = String(await client.info('commandstats'))
      return Number(/cmdstat_evalsha:calls=\d+,usec=(\d+)/.exec(stats)?.[1])
    }
    // The least of several: whatever else a machine does adds to some of them.
    const cost = async () => {
      for (const before of [40, 60, 90]) t.equal((await notes.list('long', { before, limit: 30 })).notes.length, 30)
      let least = Number.POSITIVE_INFINITY
      for (let n = 0; n < 10; n += 1) least = Math.min(least, await once())
      return least
    }
    await fill(0, 100)
    const few = await cost()
    // In parts: a command that waits for two seconds behind all others fails.
    for (let from = 100; from < 20_000; from += 500) await fill(from, Math.min(20_000, from + 500))
    const many = await cost()
    t.comment(`10 pages in ${few} µs, and in ${many} µs`)
    t.ok(many < 5 * few + 1_000, 'and not 200 times as much')
    await notes.forget('long')
  })

  await t.test('an edit keeps what was before, says by whom, and stamps every text differently', async (t) => {
    const first = await add('edit', 1, 'one')
    const second = await edit(first, 'two')
    t.same(second, { ...first, text: 'two', editedBy: bruno, editedAt: clock + 1 }, 'later than the first text')
    const third = await edit(second, 'three', anne)
    t.match(third, { text: 'three', by: anne, at: first.at, editedBy: anne, editedAt: clock + 2 })
    t.same(await notes.versions('edit', idOf(1)), {
      versions: [
        { n: 2, text: 'two', by: bruno, at: clock + 1 },
        { n: 1, text: 'one', by: anne, at: first.at },
      ],
      more: false,
    })
    t.equal((await told('edit')).length, 3)
  })

  await t.test('an edit of what has changed meanwhile is refused, with the newest', async (t) => {
    const first = await add('meanwhile', 1, 'one')
    const second = await edit(first, 'two', anne)
    await t.rejects(edit(first, 'mine'), { code: 'CONFLICT', details: { note: second } })
    const third = await edit(second, 'one', anne)
    await t.rejects(
      edit(first, 'mine'),
      { code: 'CONFLICT', details: { note: third } },
      'though its text is the same again',
    )
    t.equal((await edit(third, 'mine')).text, 'mine')
  })

  await t.test('of 20 edits of the same reading by two nodes one wins, and the others are told it', async (t) => {
    const other = client.duplicate()
    t.teardown(() => other.disconnect())
    const both = [notes, new Notes({ client: other, now: () => clock })]
    const read = await add('race', 1, 'as read')
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => both[n % 2]?.edit('race', { id: read.id, text: `by ${n}`, by: `a${n}` })),
    )
    const won = results.filter((result) => result.status === 'fulfilled')
    t.equal(won.length, 1)
    for (const result of results) {
      if (result.status === 'fulfilled') continue
      t.ok(result.reason instanceof VisavisError)
      t.match(result.reason, { code: 'CONFLICT', details: { note: won[0]?.value } })
    }
    t.equal((await notes.versions('race', read.id)).versions.length, 1)
  })

  await t.test('a repeated edit changes nothing, also when its first answer was lost', async (t) => {
    const read = await add('again', 1, 'one')
    const edited = await edit(read, 'two')
    t.same(await edit(read, 'two'), edited)
    t.same(await edit(edited, 'two', anne), edited, 'nor does an edit to the text it has')
    t.equal((await notes.versions('again', idOf(1))).versions.length, 1)
    t.equal((await told('again')).length, 2)
  })

  await t.test('earlier texts come in pages', async (t) => {
    let note = await add('versions', 1, 'text 1')
    for (let n = 2; n <= 12; n += 1) note = await edit(note, `text ${n}`)
    const read = async (page: { before?: number; limit?: number }) => {
      const { versions, more } = await notes.versions('versions', idOf(1), page)
      return [versions.map(({ n }) => n), more]
    }
    t.same(await read({ limit: 5 }), [[11, 10, 9, 8, 7], true])
    t.same(await read({ limit: 5, before: 7 }), [[6, 5, 4, 3, 2], true])
    t.same(await read({ limit: 5, before: 2 }), [[1], false])
    t.same(await read({ before: 1 }), [[], false])
    t.same(await read({ before: 1_000, limit: 11 }), [[11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], false])
  })

  await t.test('a removed note is gone with every text it had, and a late repeat does not bring it back', async (t) => {
    const [first, second] = ['kumquat-one', 'kumquat-two']
    const note = await edit(await add('removed', 1, first), second)
    await add('removed', 2, 'stays')
    t.match(await everythingIn(client), first)
    await notes.remove('removed', note.id)
    const left = await everythingIn(client)
    t.notMatch(left, first, 'nor is it in a log')
    t.notMatch(left, second)
    t.same(idsOf(await notes.list('removed')), [idOf(2)])
    t.equal(await notes.note('removed', note.id), undefined)
    await t.rejects(notes.versions('removed', note.id), { code: 'NOT_FOUND' })
    await t.rejects(edit(note, 'again'), { code: 'NOT_FOUND' })
    await t.rejects(add('removed', 1), { code: 'GONE' })
    await notes.remove('removed', note.id)
    t.equal((await told('removed')).length, 4, 'made, edited, made, removed: the repeats tell nothing')
  })

  await t.test('everything about a person can be exported, and forgotten for good', async (t) => {
    const made: Note[] = []
    for (let n = 1; n <= 205; n += 1) made.push(await add('export', n, `quince ${n}`))
    let edited = made[7] ?? (await add('export', 8))
    for (let n = 1; n <= 120; n += 1) edited = await edit(edited, `medlar ${n}`)
    const all = await Array.fromAsync(notes.all('export'))
    t.same(
      all.map(({ note }) => note),
      made.with(7, edited).reverse(),
    )
    const versions = all.find(({ note }) => note.id === edited.id)?.versions ?? []
    t.same(
      versions.map(({ n, text }) => [n, text]),
      [[1, 'quince 8'], ...Array.from({ length: 119 }, (_, n) => [n + 2, `medlar ${n + 1}`])],
    )
    t.ok(all.every(({ note, versions }) => note.id === edited.id || versions.length === 0))
    await notes.remove('export', idOf(1))
    const neighbour = await add('neighbour', 1)

    await notes.forget('export')
    await notes.forget('export')
    t.same(await Array.fromAsync(notes.all('export')), [])
    t.notMatch(await everythingIn(client), /quince|medlar/)
    const { notes: hash, order, versions: texts, numbers, changes, stand } = noteKeys('export')
    t.equal(await client.exists(hash, order, texts, numbers, changes, stand), 0)
    t.same(await Array.fromAsync(notes.everybody()).then((people) => people.includes('export')), false)
    t.same((await notes.list('neighbour')).notes, [neighbour])
  })

  await t.test('a note is edited 200 times at most, and keeps its newest text', async (t) => {
    let note = await add('often', 1)
    for (let n = 1; n <= 200; n += 1) note = await edit(note, `edit ${n}`)
    await t.rejects(edit(note, 'one too many'), { code: 'CONFLICT', details: { rule: 'edits', most: 200, note } })
    t.same(await notes.note('often', note.id), note)
    t.same(await edit(note, note.text), note, 'a repeat is none')
  })

  await t.test('everything is meant to stay, and lies in the slot of a shard that is followed', async (t) => {
    const note = await edit(await add('place', 1), 'two')
    await add('place', 2)
    await notes.remove('place', idOf(2))
    const { nudge: _channel, feeds: _none, ...keys } = noteKeys(note.jobseeker)
    for (const key of Object.values(keys)) t.equal(await client.pttl(key), -1, key)
    const slotOf = (key: string) => /\{(.+)\}/.exec(key)?.[1]
    t.equal(new Set(Object.values(noteKeys('x.y_z')).map(slotOf)).size, 1)
    t.ok(noteTags.map((tag) => shardKeys(tag).log).includes(keys.log))
    t.same(noteTags, chatTags, 'no further logs to follow')
  })
}
