/** What the index does when threads die and files break: it is made whole again, by itself, and loses no erasure. */
import { once } from 'node:events'
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { openSearch } from '../../src/search/search.ts'
import { until } from '../support/until.ts'
import { inChannels, type TestSearch, testSearch } from './test-search.ts'

const fill = ({ source }: TestSearch, count: number, channels = 3) => {
  for (let n = 0; n < count; n++) source.say(`c${n % channels}`, `message ${n} du dossier`)
}

t.test('what was indexed is there after a restart, and what came meanwhile is caught up', async (t) => {
  await using test = await testSearch(t)
  fill(test, 300)
  t.equal((await test.found('dossier')).length, 300)
  const asked: string[] = []
  test.source.onAsked = (channel) => void asked.push(channel)
  await test.reopen()
  t.equal((await test.found('dossier')).length, 300)
  t.equal(asked.length, 3, 'channels that have not changed are compared and not read')
  test.source.onChanged = () => {}
  await test.search.close()
  test.source.say('c1', 'nouveau dossier')
  test.source.erase('c2')
  await test.reopen()
  t.equal((await test.found('dossier', ['c0', 'c1', 'c2'])).length, 201)
})

for (const role of ['reader', 'writer'] as const) {
  t.test(`a ${role} thread that is killed at work, again and again, is replaced, and nothing is missing`, async (t) => {
    await using test = await testSearch(t)
    fill(test, 600)
    for (let n = 0; n < 5; n++) {
      const worker = await until(() => test.thread(role), { what: `a ${role}` })
      const answers = Promise.allSettled([1, 2, 3].map(() => test.search.find({ query: 'dos', in: [], limit: 5 })))
      fill(test, 60)
      await worker.terminate()
      await answers
    }
    t.equal((await test.found('dossier')).length, 900)
  })
}

t.test('a search that a dying thread had in hand is answered by the next one', async (t) => {
  await using test = await testSearch(t)
  fill(test, 30)
  t.equal((await test.found('dossier')).length, 30)
  const answer = test.search.find({ query: 'dossier', in: inChannels(['c0']), limit: 5 })
  void test.thread('reader')?.terminate()
  t.equal((await answer).hits.length, 5)
})

const breakings: Readonly<Record<string, (file: string) => Promise<void>>> = {
  'is not a database': (file) =>
    writeFile(file, 'not a database at all, but long enough to be read as one'.repeat(100)),
  'is empty': (file) => writeFile(file, ''),
  'is cut off': async (file) => writeFile(file, (await readFile(file)).subarray(0, 10_000)),
  'has lost its pages': async (file) => {
    const { size } = await stat(file)
    const handle = await open(file, 'r+')
    for (let at = 4_096; at < size; at += 4_096) await handle.write(Buffer.alloc(4_096, 0xa5), 0, 4_096, at)
    await handle.close()
  },
  'is of another version': async (file) => {
    using database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 1')
  },
  'lacks a table': async (file) => {
    using database = new DatabaseSync(file)
    database.exec('DROP TABLE erasures')
  },
  'is gone': (file) => rm(file),
}

for (const [what, breakFile] of Object.entries(breakings)) {
  t.test(`a file that ${what} at the start is made anew`, async (t) => {
    await using test = await testSearch(t)
    fill(test, 100)
    t.equal((await test.found('dossier')).length, 100)
    await test.search.close()
    await breakFile(test.file)
    await test.reopen()
    t.equal((await test.found('dossier')).length, 100)
  })
}

t.test('damage that shows while the node runs is noticed and mended', async (t) => {
  await using test = await testSearch(t)
  fill(test, 2_000)
  t.equal((await test.found('dossier')).length, 2_000)
  await test.reopen()
  await until(async () => (await test.find('nothing')).complete)
  await breakings['has lost its pages']?.(test.file)
  // Pages that a thread has in its memory are still right: another thread reads the file.
  await test.thread('reader')?.terminate()
  t.equal((await test.found('dossier')).length, 2_000)
  fill(test, 100)
  t.equal((await test.found('dossier')).length, 2_100)
})

t.test('an interrupted forgetting is carried on after a restart', async (t) => {
  await using test = await testSearch(t)
  for (let n = 0; n < 3_000; n++) test.source.say('a', `secret ${n} ${n * 7} ${n * 11} ${n * 13}`)
  t.equal((await test.found('secret')).length, 3_000)
  test.source.onChanged = () => {}
  test.source.erase('a')
  const forgotten = test.search.forget('a')
  await test.thread('writer')?.terminate()
  await forgotten.catch(() => {})
  await test.reopen()
  t.same(await test.found('secret', ['a']), [])
})

t.test('two conversations at once do not mix when threads die in between', async (t) => {
  await using test = await testSearch(t)
  for (let n = 0; n < 200; n++) for (const channel of ['a', 'b']) test.source.say(channel, `de ${channel}`)
  await test.thread('writer')?.terminate()
  t.equal((await test.found('"de a"')).length, 200)
  t.ok((await test.found('"de a"')).every((name) => name.startsWith('a/')))
})

t.test('a folder that cannot be made is an error at the start', async (t) => {
  await using test = await testSearch(t)
  const { source } = test
  const log = { warn() {}, error() {}, info() {} } as never
  await writeFile(`${test.folder}/file`, '')
  await t.rejects(openSearch({ folder: `${test.folder}/file/search`, log, source }))
})

t.test('it closes twice, with work in hand, and says so afterwards', async (t) => {
  await using test = await testSearch(t)
  fill(test, 500)
  const { search } = test
  const exits = (['reader', 'writer'] as const)
    .map((role) => test.thread(role))
    .filter((worker) => worker !== undefined)
  const gone = exits.map((worker) => once(worker, 'exit'))
  await Promise.all([search.close(), search.close()])
  await Promise.all(gone)
  await t.rejects(search.find({ query: 'dossier', in: inChannels(['c0']), limit: 5 }), { code: 'UNAVAILABLE' })
  await t.rejects(search.forget('c0'), { code: 'UNAVAILABLE' })
  search.touched('c0')
  search.compare()
})
