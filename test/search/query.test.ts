import fc from 'fast-check'
import t from 'tap'
import { expressionOf } from '../../src/search/index-reader.ts'
import { parseQuery } from '../../src/search/query.ts'

/** `a b*|"c d"`: terms divided by |, an asterisk for a prefix. */
const parsed = (query: string) =>
  parseQuery(query)
    .map(({ words, prefix }) => `${words.join(' ')}${prefix ? '*' : ''}`)
    .join('|')

t.test('every word is a term of its own, and the last one may go on', async (t) => {
  t.equal(parsed('Bonjour'), 'bonjour*')
  t.equal(parsed('  bonjour   Madame '), 'bonjour|madame*')
  t.equal(parsed('bonjour bonjour bonjour'), 'bonjour|bonjour*')
})

t.test('what is in quotation marks of any kind is a phrase, and ends where it ends', async (t) => {
  t.equal(parsed('"bonjour madame" rend'), 'bonjour madame|rend*')
  t.equal(parsed('rendez « bonjour madame »'), 'rendez|bonjour madame')
  t.equal(parsed('“un deux”'), 'un deux')
})

t.test('a quotation mark without its second one is none', async (t) => {
  t.equal(parsed('"bonjour mad'), 'bonjour|mad*')
  t.equal(parsed('un " deux'), 'un|deux*')
  t.equal(parsed('"'), '')
  t.equal(parsed('""'), '')
})

t.test('words with something between them but no space follow each other', async (t) => {
  t.equal(parsed('rendez-vous'), 'rendez vous*')
  t.equal(parsed("aujourd'hui midi"), 'aujourd hui|midi*')
  t.equal(parsed('cv.pdf joint'), 'cv pdf|joint*')
  t.equal(parsed('求职'), '求 职*')
})

t.test('a French elision is not asked for', async (t) => {
  for (const query of ["l'emploi", 'L’emploi', 'd’emploi', 'qu’emploi', 'jusqu’emploi', 'lʼemploi']) {
    t.equal(parsed(query), 'emploi*', query)
  }
  t.equal(parsed("l'"), 'l*', 'unless there is nothing else yet')
  t.equal(parsed("quelqu'un"), 'quelqu un*')
  t.equal(parsed('"l’emploi"'), 'l emploi', 'nor is it left out of a phrase')
})

t.test('what has no words asks for nothing', async (t) => {
  for (const query of ['', ' ', '!?', '* - +', '()', '^', ':']) t.equal(parsed(query), '', query)
})

t.test('nothing that was typed is syntax: only words and our own marks get into the expression', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (query) => {
      const terms = parseQuery(query)
      return terms.length === 0 || /^"[^"]+"( \*)?( AND "[^"]+"( \*)?)*$/u.test(expressionOf(terms, 71))
    }),
    { numRuns: 500 },
  )
})
