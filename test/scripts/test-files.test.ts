import { globSync } from 'node:fs'
import t from 'tap'
import { alone, testFiles } from '../../scripts/setup/test-files.mjs'

const every = globSync('test/**/*.test.ts').sort()

t.test('every file of tests is run, once: beside others, or alone', async (t) => {
  const { shared, single } = testFiles(['test'])
  t.strictSame([...shared, ...single].sort(), every)
})

t.test('what runs alone is there', async (t) => {
  for (const start of alone)
    t.ok(
      every.some((file) => file.startsWith(start)),
      start,
    )
})

t.test('a file named twice is run once, and one that measures time alone', async (t) => {
  const timed = 'test/faults/slow-reader.test.ts'
  t.strictSame(testFiles([timed, timed, 'test/architecture.test.ts']), {
    shared: ['test/architecture.test.ts'],
    single: [timed],
  })
})
