import fc from 'fast-check'
import t from 'tap'
import { parseQuery } from '../../src/search/query.ts'
import { snippetOf } from '../../src/search/snippet.ts'

/** Matches in brackets. */
const shown = (text: string, query: string) =>
  snippetOf(text, parseQuery(query))
    .map((part) => (part.match ? `[${part.text}]` : part.text))
    .join('')

t.test('a short message is shown whole, with the words found as they were written', async (t) => {
  t.equal(shown('L’Emploi, à Quimper', 'emploi'), 'L’[Emploi], à Quimper')
  t.equal(shown('Été comme hiver', 'ete hi'), '[Été] comme [hiver]')
  t.equal(shown('rendez-vous demain', 'rendez-v'), '[rendez]-[vous] demain')
  t.equal(shown('vous rendez vos clés, rendez-vous', 'rendez-vous'), 'vous rendez vos clés, [rendez]-[vous]')
  t.equal(shown('Bravo 👍🏽 !', '👍'), 'Bravo [👍]🏽 !')
  t.equal(shown('موعد يوم الاثنين', 'يوم'), 'موعد [يوم] الاثنين')
})

t.test('lines and other white space become one space', async (t) => {
  t.equal(shown('un\n\n  deux\ttrois', 'deux'), 'un [deux] trois')
})

t.test('of a long message the part around the first word found is shown, cut between words', async (t) => {
  const text = `${'avant '.repeat(100)}emploi ${'apres '.repeat(100)}`
  const snippet = shown(text, 'emploi')
  t.match(snippet, /^…(avant )+\[emploi\]( apres)+…$/)
  t.ok(snippet.length < 170)
  t.match(shown(text, 'avant'), /^(\[avant\] )+\[avant\]…$/, 'or its beginning')
  t.match(shown(`${'avant '.repeat(100)}emploi`, 'emploi'), /^…(avant )+\[emploi\]$/, 'or its end')
})

t.test('markup is text like any other', async (t) => {
  t.equal(shown('<b>emploi</b> & <script>', 'emploi'), '<b>[emploi]</b> & <script>')
})

t.test('a word longer than what is shown is cut', async (t) => {
  t.match(shown(`un ${'x'.repeat(1_000)} deux`, 'x'), /^un \[x{100,160}\]…$/)
})

t.test('a snippet is a part of the message, short, well formed, and shows a word that was found', async () => {
  const text = fc.array(
    fc.oneof(fc.constantFrom('emploi', ' ', '\n', '👩‍💻', 'é'), fc.string({ unit: 'binary', maxLength: 30 })),
    {
      maxLength: 60,
    },
  )
  fc.assert(
    fc.property(text, (parts) => {
      const whole = parts.join(' ').toWellFormed()
      const snippet = snippetOf(whole, parseQuery('emploi'))
      const joined = snippet.map((part) => part.text).join('')
      const plain = whole.replace(/\s+/gu, ' ')
      const inside = joined.replace(/^…/, '').replace(/…$/, '')
      const isPart = plain.includes(inside) || plain.includes(joined)
      const hasMatch = snippet.some((part) => part.match) || !/(^|[^\p{L}\p{N}\p{M}\p{Cf}])emploi\b/iu.test(whole)
      return (
        isPart && hasMatch && joined.isWellFormed() && joined.length <= 162 && snippet.every((part) => part.text !== '')
      )
    }),
    { numRuns: 500 },
  )
})
