/** Erased text leaves no trace: the bytes of all files are looked at. */
import { writeFile } from 'node:fs/promises'
import t from 'tap'
import { until } from '../support/until.ts'
import { type TestSearch, testSearch } from './test-search.ts'

/** Of each channel its own; the beginning alone is searched for, since words may be cut in the index. */
const canaryOf = (channel: string) => `kanarienvogel${channel}x`
const word = (n: number) =>
  Math.imul(n + 1, 2_654_435_761)
    .toString(36)
    .replace('-', '')

function converse({ source }: TestSearch, channels: readonly string[], messages: number): void {
  for (let n = 0; n < messages; n++) {
    for (const channel of channels) {
      source.say(channel, `${word(n)} bonjour ${canaryOf(channel)} ${word(n * 7)} emploi ${word(n * 3).repeat(n % 9)}`)
    }
  }
}

const traces = async ({ bytes }: TestSearch, channels: readonly string[]) => {
  const all = await bytes()
  return channels.filter((channel) => all.includes(canaryOf(channel)))
}

t.test('the test can see what is there', async (t) => {
  await using test = await testSearch(t)
  converse(test, ['a', 'b'], 3)
  t.equal((await test.found('kanarien')).length, 6)
  t.same(await traces(test, ['a', 'b']), ['a', 'b'])
})

t.test('of channels that are forgotten among others no byte is left, and the others are whole', async (t) => {
  await using test = await testSearch(t)
  const channels = Array.from({ length: 60 }, (_, n) => `c${n}`)
  converse(test, channels, 40)
  test.notes.say('c3', canaryOf('c3'))
  for (const [n, channel] of channels.entries()) {
    test.source.edit(channel, (n % 30) + 1, `${canaryOf(channel)} ${word(n)} modifié`)
    test.source.edit(channel, (n % 7) + 31, '')
  }
  await test.find('bonjour')
  const gone = channels.filter((_, n) => n % 3 === 0)
  for (const channel of gone) test.source.erase(channel)
  test.notes.erase('c3')
  await Promise.all(gone.map((channel) => test.search.forget(channel)))
  t.same(await traces(test, gone), [])
  t.equal((await traces(test, channels)).length, 40)
  t.equal((await test.found('kanarien', ['c1', 'c2'])).length, 2 * 39)
  t.same(await test.found('kanarien', gone), [])
  const notes = await test.find('kanarien', [], { in: [{ space: 'notes', channel: 'c3' }] })
  t.same(notes.hits, [])
})

t.test('of a message that is edited or deleted no byte is left after a while', async (t) => {
  await using test = await testSearch(t, { tracesMs: 200 })
  const channels = Array.from({ length: 20 }, (_, n) => `c${n}`)
  converse(test, channels, 30)
  await test.find('bonjour')
  for (const channel of channels.slice(0, 10)) {
    for (let offset = 1; offset <= 30; offset++) {
      test.source.edit(channel, offset, offset % 2 === 0 ? '' : `propre ${word(offset)}`)
    }
  }
  t.same(await test.found('kanarien', channels.slice(0, 10)), [], 'it is not found from the first moment')
  await until(async () => (await traces(test, channels.slice(0, 10))).length === 0, { what: 'no trace' })
  t.equal((await test.found('propre')).length, 150)
  t.equal((await test.found('kanarien')).length, 300)
})

t.test('traces that a restart has left are taken out after it', async (t) => {
  await using test = await testSearch(t)
  converse(test, ['a', 'b'], 50)
  await test.find('bonjour')
  for (let offset = 1; offset <= 50; offset++) test.source.edit('a', offset, 'propre')
  await test.found('propre')
  await test.reopen()
  t.same(await test.found('kanarien', ['a']), [])
  await test.search.forget('nobody')
  t.same(await traces(test, ['a']), [])
})

t.test('a copy that a killed node has left half way is removed at the start', async (t) => {
  await using test = await testSearch(t)
  converse(test, ['a'], 3)
  await test.find('bonjour')
  await test.search.close()
  await writeFile(`${test.file}.new`, canaryOf('b'))
  await test.reopen()
  t.same(await traces(test, ['a', 'b']), ['a'])
})

t.test('a search finds what it should while the file is rewritten', async (t) => {
  await using test = await testSearch(t)
  converse(test, ['a', 'b', 'c'], 200)
  await test.find('bonjour')
  test.source.erase('c')
  let forgotten = false
  const forget = test.search.forget('c').then(() => {
    forgotten = true
  })
  while (!forgotten) {
    t.equal((await test.found('bonjour', ['a', 'b'])).length, 400)
    test.source.say('a', 'encore')
  }
  await forget
  t.same(await traces(test, ['c']), [])
  const said = test.source.conversations.get('a')?.last ?? 0
  t.equal((await test.found('encore', ['a'])).length, said - 200)
})
