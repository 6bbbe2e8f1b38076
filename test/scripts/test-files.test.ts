import { globSync } from 'node:fs'
import t from 'tap'
import { testFiles } from '../../scripts/setup/test-files.mjs'
import { alone, heavy, needsOf } from '../../scripts/setup/test-needs.mjs'

const every = globSync('test/**/*.test.ts').sort()

t.test('every file of tests is run, once', async (t) => {
  t.strictSame(testFiles(['test']), every)
  const named = 'test/faults/slow-reader.test.ts'
  t.strictSame(testFiles([named, named, 'test/architecture.test.ts']), ['test/architecture.test.ts', named])
  t.throws(() => testFiles(['test/nowhere']), /there is no test\/nowhere/)
})

t.test('what runs alone, or is heavy, is there, and is told from the rest', async (t) => {
  for (const start of [...alone, ...heavy])
    t.ok(
      every.some((file) => file.startsWith(start)),
      start,
    )
  t.match(needsOf('test/faults/slow-reader.test.ts'), { alone: true })
  t.match(needsOf('test/browser/talk.test.ts'), { alone: false, heavy: true })
  t.match(needsOf('test/architecture.test.ts'), { alone: false, heavy: false })
})

t.test('of every file something is known: one that is new is taken for short', async (t) => {
  for (const file of [...every, 'test/new.test.ts']) {
    const { seconds } = needsOf(file)
    if (!(seconds > 0)) t.fail(file)
  }
})
