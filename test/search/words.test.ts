import fc from 'fast-check'
import t from 'tap'
import { fold, wordsOf } from '../../src/search/words.ts'

const folded = (text: string) => wordsOf(text).map((word) => word.folded)

t.test('a word is the same in any case, with any accents, and however its letters are written', async (t) => {
  const same: readonly (readonly [string, ...string[]])[] = [
    ['ete', 'Été', 'ÉTÉ', 'e\u0301te\u0301', 'été'],
    ['coeur', 'cœur', 'CŒUR', 'Cœur'],
    ['strasse', 'Straße', 'STRASSE'],
    ['ficelle', 'ﬁcelle'],
    ['lodz', 'Łódź'],
    ['sorensen', 'Sørensen'],
    ['istanbul', 'İstanbul'],
    ['οδοσ', 'ΟΔΟΣ', 'οδός'],
    ['елка', 'Ёлка'],
    ['m2', 'm²'],
    ['emploi', 'em\u00ADploi'],
  ]
  for (const [expected, ...spellings] of same) {
    for (const spelling of spellings) t.same(folded(spelling), [expected], spelling)
  }
})

t.test('apostrophes of every kind, hyphens and other signs divide words', async (t) => {
  for (const text of ["l'emploi", 'l’emploi', 'lʼemploi', 'l-emploi', 'l/emploi', 'l_emploi', 'l\u200Bemploi']) {
    t.same(folded(text), ['l', 'emploi'], text)
  }
  t.same(folded('CV_2026-11-05.pdf'), ['cv', '2026', '11', '05', 'pdf'])
  t.same(folded('…!? © "« »" * ^ ()'), [])
})

t.test('scripts that are written from right to left', async (t) => {
  t.same(folded('مُحَمَّد'), folded('محمد'), 'vowel signs do not matter')
  t.same(folded('مـــحمد'), folded('محمد'), 'nor does a stretched line')
  t.same(folded('שָׁלוֹם'), folded('שלום'))
  t.equal(wordsOf('\u200Fموعد يوم الاثنين\u200F').length, 3)
  t.same(folded('אב\u200Fג'), ['אבג'], 'a mark of direction within a word is not seen')
})

t.test('vowel signs of Indian scripts make another word', async (t) => {
  t.not(fold('कि'), fold('का'))
})

t.test('an emoji is a word, with any colour of skin, and so is a flag', async (t) => {
  t.same(folded('Bravo 👍🏽!'), ['bravo', '👍'])
  t.same(folded('👩‍💻'), ['👩', '💻'])
  t.same(folded('🇫🇷'), ['🇫🇷'])
  t.same(folded('❤️ ❤'), ['❤', '❤'])
})

t.test('without spaces between words every character is one', async (t) => {
  t.same(folded('求职面试'), ['求', '职', '面', '试'])
  t.same(folded('สวัสดี').length, 4)
})

t.test('a word of thousands of letters is compared by its beginning', async (t) => {
  t.equal(fold('x'.repeat(4_000)).length, 64)
  t.ok(fold(`${'é'.repeat(63)}𐐀𐐀`).isWellFormed())
})

t.test('words are where they say, in order, and every one of them is its own word alone', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      let end = 0
      for (const word of wordsOf(text)) {
        const is = text.slice(word.start, word.end)
        if (word.start < end || fold(is) !== word.folded) return false
        if (/[\s"_]/u.test(word.folded) || !word.folded.isWellFormed()) return false
        end = word.end
      }
      return end <= text.length
    }),
    { numRuns: 500 },
  )
})
