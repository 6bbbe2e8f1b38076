import t from 'tap'
import { verdictOf } from '../../scripts/setup/verdict.mjs'

const output = `TAP version 14
# Subtest: test/a.test.ts
    # Subtest: the first rule
        ok 1 - holds
        not ok 2 - does not
          ---
          found: 3
          wanted: 4
          ...
        ok 3 - holds again # time=3.2ms
        1..3
    not ok 1 - the first rule # time=17ms
      ---
      lineNumber: 3
      ...
    # Subtest: the second rule
        ok 1 - should be equal
        1..1
    ok 2 - the second rule # time=2ms
    not ok 3 - later # TODO
    1..3
not ok 1 - test/a.test.ts # time=20ms
  ---
  stdio: inherit
  ...

# Subtest: test/b.test.ts
    # Subtest: all is well
        ok 1 - fine
        1..1
    ok 1 - all is well # time=1ms
    1..1
not ok 2 - test/b.test.ts # time=180000ms
  ---
  signal: SIGTERM
  ...

1..2
`

t.test('of a long output: how much passed, and what failed, where, with all that is known of it', (t) => {
  const { passed, failed, failures } = verdictOf(output)
  t.equal(passed, 4)
  t.equal(failed, 2)
  t.match(failures[0], /^test\/a\.test\.ts > the first rule > does not\n +found: 3\n +wanted: 4$/)
  t.match(failures[1], /^test\/b\.test\.ts\n +signal: SIGTERM$/, 'a file that failed although nothing in it did')
  t.end()
})

t.test('where all is well nothing failed', (t) => {
  const well = '# Subtest: test/a.test.ts\n    ok 1 - fine\n    1..1\nok 1 - test/a.test.ts # time=1ms\n1..1\n'
  t.same(verdictOf(well), { passed: 1, failed: 0, failures: [] })
  t.end()
})
