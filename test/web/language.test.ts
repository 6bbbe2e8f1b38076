import t from 'tap'
import { VisavisError } from '../../client/index.ts'
import { errors } from '../../src/protocol/errors.ts'
import { en, type Key } from '../../web/language/en.ts'
import { closedSentenceOf, sentenceOf } from '../../web/language/failures.ts'
import { fill } from '../../web/language/fill.ts'
import { fr } from '../../web/language/fr.ts'

const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()

t.test('both languages have the same places in every text, and no text is empty', async (t) => {
  for (const key of Object.keys(en) as Key[]) {
    t.same(placesOf(fr[key]), placesOf(en[key]), key)
    t.ok(fr[key].trim() && en[key].trim(), key)
  }
})

t.test('French puts no breaking space before its double punctuation', async (t) => {
  for (const [key, text] of Object.entries(fr)) t.notMatch(text, / [?!;:]/, key)
})

t.test('a place without a value stays visible', async (t) => {
  t.equal(fill('{name} has {count}', { name: 'Jeanne' }), 'Jeanne has {count}')
})

t.test('every error a server can tell, and every refusal of a camera, has a sentence', async (t) => {
  for (const code of Object.keys(errors) as (keyof typeof errors)[]) {
    t.ok(en[sentenceOf(new VisavisError(code, 'x'))], code)
    t.ok(en[closedSentenceOf(new VisavisError(code, 'x'))], code)
  }
  t.equal(sentenceOf(new DOMException('no', 'NotAllowedError')), 'cameraDenied')
  t.equal(sentenceOf(new DOMException('no', 'NotFoundError')), 'cameraMissing')
  t.equal(sentenceOf(new TypeError('a bug')), 'errorGeneric')
  t.equal(sentenceOf('not an error'), 'errorGeneric')
})
