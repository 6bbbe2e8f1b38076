import fc from 'fast-check'
import t from 'tap'
import { sabotages, spoil } from '../../bench/delivery.ts'
import { type Cursor, expected, type Page, pageFaults } from '../../bench/pages.ts'

const textOf = (offset: number): string => `message ${offset}`
const messages = (first: number, last: number) =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => ({ offset: first + n, text: textOf(first + n) }))

/** What a server that does right answers. */
function answer(asked: Cursor, length: number): Page {
  const { first, last } = expected(asked, length)
  const more = asked.after === undefined ? first > 1 : last < length
  return { messages: messages(first, last), position: { offset: length }, more }
}

const cursors = fc.oneof(
  fc.record({ limit: fc.integer({ min: 2, max: 60 }) }),
  fc.record({ before: fc.integer({ min: 1, max: 120 }), limit: fc.integer({ min: 2, max: 60 }) }),
  fc.record({ after: fc.integer({ min: 0, max: 120 }), limit: fc.integer({ min: 2, max: 60 }) }),
)

t.test(
  'the newest page ends with the channel, one before an offset just below it, one after it begins above',
  async (t) => {
    t.strictSame(expected({ limit: 10 }, 25), { first: 16, last: 25 })
    t.strictSame(expected({ before: 16, limit: 10 }, 25), { first: 6, last: 15 })
    t.strictSame(expected({ before: 6, limit: 10 }, 25), { first: 1, last: 5 })
    t.strictSame(expected({ after: 5, limit: 10 }, 25), { first: 6, last: 15 })
    t.strictSame(expected({ after: 20, limit: 10 }, 25), { first: 21, last: 25 })
  },
)

t.test('a page that is whole has no fault, whatever was asked for', async (t) => {
  fc.assert(
    fc.property(cursors, fc.integer({ min: 0, max: 100 }), (asked, length) => {
      return pageFaults(answer(asked, length), asked, { length, textOf }).length === 0
    }),
  )
  t.pass()
})

t.test('a message lost, doubled or swapped in a page is found', async (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...sabotages),
      fc.integer({ min: 2, max: 100 }),
      fc.integer({ min: 2, max: 60 }),
      (how, length, limit) => {
        const page = answer({ limit }, length)
        return pageFaults({ ...page, messages: spoil(page.messages, how) }, { limit }, { length, textOf }).length === 1
      },
    ),
  )
  t.pass()
})

t.test('a page with another text, another position or a wrong word on what lies beyond is found', async (t) => {
  const asked = { before: 21, limit: 10 }
  const known = { length: 25, textOf }
  const page = answer(asked, 25)
  const [first, ...rest] = page.messages
  t.match(pageFaults({ ...page, messages: [{ offset: first?.offset ?? 0, text: '' }, ...rest] }, asked, known), [
    /has 11 at place 1/,
  ])
  t.match(pageFaults({ ...page, position: { offset: 24 } }, asked, known), [/says that there are 24/])
  t.match(pageFaults({ ...page, more: false }, asked, known), [/says that there is no more/])
  t.match(pageFaults({ ...page, messages: [] }, asked, known), [/has 0 messages/])
})
