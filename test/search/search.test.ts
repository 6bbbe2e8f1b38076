/** What is found, in which order, and where. */
import fc from 'fast-check'
import t from 'tap'
import { until } from '../support/until.ts'
import { inChannels, namesOf, testSearch } from './test-search.ts'

t.test('words are found in any case and with any accents, and the last one by its beginning', async (t) => {
  await using test = await testSearch(t)
  const { source, found } = test
  source.say('a', 'Bonjour Madame, votre rendez-vous est confirmé pour l’été.')
  source.say('a', 'Très bien, merci !')
  for (const query of [
    'BONJOUR',
    'bonj',
    'confirme',
    'ÉTÉ',
    'l’été',
    "d'été",
    'madame bonjour',
    'rendez vous',
    'rendez-v',
  ]) {
    t.same(await found(query), ['a/1'], query)
  }
  for (const query of ['onjour', 'conf bonjour', 'bonjour merci', 'bonsoir']) t.same(await found(query), [], query)
})

t.test('a phrase is found as it is, and nothing like it', async (t) => {
  await using test = await testSearch(t)
  const { source, found } = test
  source.say('a', 'une offre d’emploi à Brest')
  source.say('a', 'un emploi, une offre')
  t.same(await found('offre emploi'), ['a/2', 'a/1'])
  t.same(await found('"offre d’emploi"'), ['a/1'])
  t.same(await found('"offre d\'emploi" bre'), ['a/1'])
  t.same(await found('"une offre"'), ['a/2', 'a/1'])
  t.same(await found('"une off"'), [], 'the last word of a phrase does not go on')
})

t.test('Arabic, Hebrew, Chinese and emoji are found', async (t) => {
  await using test = await testSearch(t)
  const { source, found } = test
  source.say('a', 'موعدك يوم الاثنين إن شاء الله')
  source.say('a', 'שָׁלוֹם, הפגישה מחר')
  source.say('a', '面试安排在星期一')
  source.say('a', 'Bravo 👍🏽🎉 — CV ❤️')
  t.same(await found('الاثن'), ['a/1'])
  t.same(await found('ان شاء'), ['a/1'])
  t.same(await found('שלום'), ['a/2'])
  t.same(await found('安排'), ['a/3'])
  t.same(await found('排安'), [])
  t.same(await found('👍'), ['a/4'])
  t.same(await found('bravo ❤'), ['a/4'])
})

t.test('the newest comes first, whatever its channel, and pages join without gap or repetition', async (t) => {
  await using test = await testSearch(t)
  const { source, find } = test
  const expected: string[] = []
  for (let n = 0; n < 60; n++) {
    const channel = `c${(n * 7) % 5}`
    expected.unshift(`${channel}/${source.say(channel, `mot ${n}`, { at: 1_000 + n })}`)
  }
  t.same(namesOf(await find('mot')), expected)
  for (const limit of [1, 7, 59, 60, 61]) {
    const pages: string[] = []
    let before: string | undefined
    do {
      const page = await find('mot', undefined, { limit, ...(before === undefined ? {} : { before }) })
      t.ok(page.hits.length <= limit)
      pages.push(...namesOf(page))
      before = page.next
    } while (before !== undefined)
    t.same(pages, expected, `pages of ${limit}`)
  }
})

t.test(
  'of the same moment, and when a clock goes back, every one is told once, those of a channel in order',
  async (t) => {
    await using test = await testSearch(t)
    const { source, find } = test
    for (let n = 0; n < 40; n++) source.say(`c${n % 3}`, 'mot', { at: [5_000, 5_000, 4_000, 6_000][n % 4] ?? 0 })
    const seen: string[] = []
    let before: string | undefined
    do {
      const page = await find('mot', undefined, { limit: 3, ...(before === undefined ? {} : { before }) })
      seen.push(...namesOf(page))
      before = page.next
    } while (before !== undefined)
    t.equal(new Set(seen).size, 40)
    t.equal(seen.length, 40)
    for (const channel of ['c0', 'c1', 'c2']) {
      const offsets = seen.filter((name) => name.startsWith(`${channel}/`)).map((name) => Number(name.slice(3)))
      t.same(
        offsets,
        offsets.toSorted((a, b) => b - a),
        channel,
      )
    }
  },
)

t.test('a hit says where, when, who, and shows why', async (t) => {
  await using test = await testSearch(t)
  test.source.say('a', 'Bonjour Jeanne', { at: 12_345, from: 'advisor-bruno' })
  t.same(await test.find('jean'), {
    hits: [
      {
        space: 'channel',
        channel: 'a',
        offset: 1,
        at: 12_345,
        from: 'advisor-bruno',
        snippet: [
          { text: 'Bonjour ', match: false },
          { text: 'Jeanne', match: true },
        ],
      },
    ],
    complete: true,
  })
})

t.test('nothing is looked at but the conversations named', async (t) => {
  await using test = await testSearch(t)
  const { source, notes, search, found, find } = test
  for (const channel of ['a', 'b', 'c', '1', '11', '_']) source.say(channel, 'secret')
  notes.say('a', 'secret de note')
  notes.say('z', 'secret de note')
  t.same(await found('secret', ['a']), ['a/1'])
  t.same((await found('secret', ['1', 'c'])).toSorted(), ['1/1', 'c/1'])
  t.same(await found('secret', []), [])
  t.same(await found('secret', ['nobody']), [])
  t.same(await found('note', ['a', 'z']), [], 'notes are not in channels')
  const both = await find('secret', [], { in: [...inChannels(['a']), { space: 'notes', channel: 'a' }] })
  t.same(both.hits.map(({ space, channel }) => `${space} ${channel}`).toSorted(), ['channel a', 'notes a'])
  t.same(await found('a_secret', ['a']), [], 'a conversation cannot be named in a query')
  await t.rejects(search.find({ query: 'secret', in: [], limit: 10, before: 'nonsense' }), { code: 'BAD_REQUEST' })
})

t.test('an edited message is found by its new words only, a deleted one not at all', async (t) => {
  await using test = await testSearch(t)
  const { source, found } = test
  source.say('a', 'un premier message')
  source.say('a', 'un second message')
  t.same(await found('message'), ['a/2', 'a/1'])
  source.edit('a', 1, 'corrigé')
  source.edit('a', 2, '')
  t.same(await found('corrige'), ['a/1'])
  t.same(await found('message'), [])
  t.same(await found('un'), [])
})

t.test('a conversation that was made anew is indexed anew', async (t) => {
  await using test = await testSearch(t)
  const { source, found } = test
  for (let n = 0; n < 450; n++) source.say('a', `ancien ${n}`)
  t.equal((await found('ancien')).length, 450)
  source.erase('a')
  source.say('a', 'nouveau')
  t.same(await found('nouveau'), ['a/1'])
  t.same(await found('ancien'), [])
})

t.test(
  'what comes in is found soon after it was touched, and until then the answer says that it is not complete',
  async (t) => {
    await using test = await testSearch(t)
    const { source, search, found } = test
    source.say('a', 'un')
    t.same(await found('un'), ['a/1'])
    source.say('a', 'deux')
    t.equal(search.behind, 1)
    t.match(await search.find({ query: 'deux', in: inChannels(['a']), limit: 5 }), { complete: false })
    t.same(await found('deux'), ['a/2'])
    t.equal(search.behind, 0)
  },
)

t.test('a touch that was lost is found by comparing', async (t) => {
  await using test = await testSearch(t)
  const { source, search, found } = test
  source.say('a', 'un')
  source.say('b', 'un')
  t.equal((await found('un')).length, 2)
  source.onChanged = () => {}
  source.say('a', 'deux')
  source.erase('b')
  search.compare()
  await until(async () => (await found('deux', ['a'])).length === 1, { what: 'the new message' })
  await until(async () => (await found('un', ['b'])).length === 0, { what: 'the erased channel to be gone' })
})

t.test('a source that is away is asked again, one channel never holds up the others', async (t) => {
  await using test = await testSearch(t)
  const { source, found } = test
  source.say('a', 'un')
  source.say('b', 'un')
  t.equal((await found('un')).length, 2)
  let failures = 0
  source.onAsked = (channel) => {
    if (channel !== 'a' || failures >= 2) return
    failures += 1
    throw new Error('away')
  }
  for (const channel of ['a', 'b']) {
    source.say(channel, 'deux')
  }
  t.same(await found('deux', ['b']), ['b/2'])
  t.same(await found('deux', ['a']), ['a/2'])
  t.equal(failures, 2)
})

t.test('time that runs out ends a search, which says so', async (t) => {
  await using test = await testSearch(t, { findMs: -1 })
  const { source, search } = test
  source.say('a', 'un')
  await until(() => search.behind === 0, { what: 'the index to catch up' })
  t.same(await search.find({ query: 'un', in: inChannels(['a']), limit: 5 }), { hits: [], complete: false })
})

t.test('every input is a query', async (t) => {
  await using test = await testSearch(t)
  const { source, search, found } = test
  source.say('a', 'un mot AND NOT NEAR "x" * ^ { } : ( )')
  t.same(await found('un'), ['a/1'])
  const syntax = fc.constantFrom(
    '"',
    '*',
    '^',
    ':',
    '(',
    ')',
    '{',
    '}',
    '+',
    '-',
    'AND',
    'OR',
    'NOT',
    'NEAR(',
    'text:',
    "'",
    '\0',
    ' ',
  )
  const query = fc.array(fc.oneof(syntax, fc.string({ unit: 'binary', maxLength: 10 })), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(query, async (parts) => {
      await search.find({ query: parts.join(''), in: inChannels(['a']), limit: 5 })
      await search.find({ query: parts.join(' '), in: inChannels(['a']), limit: 5 })
    }),
    { numRuns: 200 },
  )
  t.same(await found('and not near'), ['a/1'], 'words of the syntax are words')
})

t.test('what cannot be written in UTF-8, or has no words, harms nothing', async (t) => {
  await using test = await testSearch(t)
  const { source, found } = test
  source.say('a', 'un\ud800deux \0 trois')
  source.say('a', '!!! …')
  source.say('a', `${'x'.repeat(4_000)}`)
  t.same(await found('deux trois'), ['a/1'])
  t.same(await found('x'.repeat(70)), ['a/3'])
  for (const offset of [1, 2, 3]) source.edit('a', offset, '')
  t.same(await found('un'), [])
  t.same(await found('x'), [])
})
