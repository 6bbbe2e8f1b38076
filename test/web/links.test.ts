import fc from 'fast-check'
import t from 'tap'
import { partsOf } from '../../web/chat/links.ts'

const hrefsOf = (text: string) => partsOf(text).flatMap(({ href }) => href ?? [])

t.test('an address is a link, the sentence around it is not', async (t) => {
  t.same(partsOf('Voir https://example.org/a?b=c. Merci'), [
    { text: 'Voir ' },
    { text: 'https://example.org/a?b=c', href: 'https://example.org/a?b=c' },
    { text: '. Merci' },
  ])
  t.same(hrefsOf('(http://example.org/x)'), ['http://example.org/x'])
  t.same(hrefsOf('https://fr.example.org/wiki/Rennes_(ville)'), ['https://fr.example.org/wiki/Rennes_(ville)'])
})

t.test('an address without its scheme, as people say it, is a link to https', async (t) => {
  t.same(partsOf('Allez sur www.example.org/a, puis'), [
    { text: 'Allez sur ' },
    { text: 'www.example.org/a', href: 'https://www.example.org/a' },
    { text: ', puis' },
  ])
  t.same(hrefsOf('(WWW.example.org)'), ['https://www.example.org/'])
  t.same(hrefsOf('www.jeanne@example.org'), ['mailto:www.jeanne@example.org'])
  t.same(hrefsOf('awww.example.org www. www.example www..example.org www.a.b@c'), [])
})

t.test('an e-mail address is a link that writes to it', async (t) => {
  t.same(partsOf('Écrivez à jeanne@example.org.'), [
    { text: 'Écrivez à ' },
    { text: 'jeanne@example.org', href: 'mailto:jeanne@example.org' },
    { text: '.' },
  ])
  t.same(hrefsOf('mailto:jeanne@example.org'), ['mailto:jeanne@example.org'])
  t.same(hrefsOf('a@b @jeanne jeanne@ x@y.z'), [])
})

t.test('a long word costs no more than a short one', async (t) => {
  const startedAt = performance.now()
  for (const text of ['a'.repeat(4_000), `a@${'b-'.repeat(2_000)}`, 'a.'.repeat(2_000), `a@${'b.'.repeat(2_000)}`])
    partsOf(text)
  t.ok(performance.now() - startedAt < 1_000)
})

t.test('nothing but http, https and mailto becomes a link', async (t) => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'ftp://example.org', 'https://'])
    t.same(hrefsOf(text), [], text)
})

t.test(
  'no address looks like another one: by turning its direction, by what cannot be seen, or by a name before an @',
  async (t) => {
    t.same(hrefsOf('https://example.org/\u202egnp.exe'), ['https://example.org/'])
    t.same(hrefsOf('https://example.org\u2066/a\u2069'), ['https://example.org/'])
    t.same(hrefsOf('https://bank.example\u200b.evil.example/'), ['https://bank.example/'])
    t.same(hrefsOf('https://bank.example@evil.example/ https://a:b@evil.example'), [])
    t.same(hrefsOf('https://example.org/@jeanne'), ['https://example.org/@jeanne'])
  },
)

t.test('the parts are the text, whatever it is', async () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.webUrl(),
    fc.constantFrom(' ', 'https://', 'www.', ')', '.', '@'),
  )
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const text = words.join('')
      const parts = partsOf(text)
      return (
        parts.map((part) => part.text).join('') === text &&
        parts.every(({ href }) => href === undefined || /^(https?:\/\/|mailto:)/.test(href))
      )
    }),
  )
})
