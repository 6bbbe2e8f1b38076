/** Text on paper in any script: what stands where on a line, and what is not shown as it was written. */
import fc from 'fast-check'
import t from 'tap'
import { missingLetter, printable, visualOrder } from '../../src/attendance/letters.ts'

const seen = (line: string) => visualOrder(line).join('|')

t.test('from left to right a line is one piece', async (t) => {
  t.equal(seen('Entre : Łucja Nguyễn (jobseeker-1), Ольга 12'), 'Entre : Łucja Nguyễn (jobseeker-1), Ольга 12')
  t.equal(seen(''), '')
})

t.test('words from right to left change places; numbers, times and Latin words among them do not turn', async (t) => {
  t.equal(seen('Entre : محمد بن (a-1)'), 'Entre : |بن| |محمد| (a-1)')
  t.equal(seen('في 10:15 يوم 24/11/2026'), '24/11/2026| |يوم| |10:15| |في')
  t.equal(seen('في WebRTC يوم'), 'في| WebRTC |يوم')
  t.equal(seen('كَتَبَ שלום'), 'שלום| |كَتَبَ', 'marks stay with their letters')
})

t.test('brackets are turned with what is in them', async (t) => {
  t.equal(seen('محمد (علي)'), '(|علي|)| |محمد')
  t.equal(seen('(محمد) x'), '(|محمد|) x')
  t.equal(seen('(שלום [עולם]'), '(|[|עולם|]| |שלום')
})

t.test('Persian numbers are handed over turned, for the library turns them', async (t) => {
  t.equal(seen('۱۲۳'), '۳۲۱')
  t.equal(seen('تست ۴۵'), '۵۴| |تست')
})

t.test('of any line nothing is lost and nothing is added', async () => {
  const letter = fc.constantFrom(...'ab1۲٣ .:()[]«»—\u0301محשל')
  const sorted = (text: string) => [...text.replace(/[()[\]«»]/g, '#')].sort().join('')
  fc.assert(
    fc.property(
      fc.string({ unit: letter, maxLength: 40 }),
      (line) => sorted(visualOrder(line).join('')) === sorted(line),
    ),
    { numRuns: 2_000 },
  )
})

t.test('what is not seen cannot turn what is; white is a space; what no font has is a sign', async (t) => {
  const all = () => true
  t.equal(printable('a\u202eb\u200f\u2066c\u00a0d\n\te', all), 'abc\u00a0d e')
  t.equal(printable('e\u0301', all), 'é')
  t.equal(
    printable('a中b', (codePoint) => codePoint < 128),
    `a${missingLetter}b`,
  )
})
