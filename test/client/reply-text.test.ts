import fc from 'fast-check'
import t from 'tap'
import { fill, placesOf, type ReplyValues } from '../../client/reply-text.ts'
import { marksOf, unknownVariable, variables } from '../../src/protocol/variables.ts'

const values: ReplyValues = {
  jobseeker: { name: 'Jeanne Martin' },
  advisor: { name: 'Anne Kermarrec' },
  region: { name: 'Bretagne' },
  now: Date.UTC(2026, 10, 25, 22, 30),
}
const text = (of: string, locale = 'fr-FR', timeZone = 'Europe/Paris', given = values) =>
  fill(of, given, locale, timeZone).text

t.test('every variable is filled in, as often as it stands there', async (t) => {
  t.equal(
    text('{{jobseeker.name}}, {{jobseeker.name}} : {{advisor.name}} ({{region.name}})'),
    'Jeanne Martin, Jeanne Martin : Anne Kermarrec (Bretagne)',
  )
  t.equal(text('{{date}}, {{time}}'), '25 novembre 2026, 23:30')
})

t.test('date and time are those of the locale and of the time zone of the region', async (t) => {
  t.equal(text('{{date}} {{time}}', 'fr-FR', 'Indian/Reunion'), '26 novembre 2026 02:30')
  t.match(text('{{date}} {{time}}', 'en-GB', 'America/Cayenne'), /^25 November 2026 19:30$/)
  t.throws(() => text('{{date}}', 'fr-FR', 'Nowhere/Land'), RangeError)
})

t.test('places are told where they are in the filled text', async (t) => {
  const { text: filled, places } = fill('{{?}} {{jobseeker.name}} {{?}}{{?}}', values, 'fr-FR', 'Europe/Paris')
  t.equal(filled, '{{?}} Jeanne Martin {{?}}{{?}}')
  t.same(
    places.map(({ start, end }) => [start, filled.slice(start, end)]),
    [
      [0, '{{?}}'],
      [20, '{{?}}'],
      [25, '{{?}}'],
    ],
  )
  t.same(placesOf('👋 {{?}} {{date}}'), [{ start: 3, end: 8 }])
})

t.test('what is no variable, or one that this client does not know, stays as it is', async (t) => {
  for (const odd of ['{{}}', '{{ date }}', '{{toString}}', '{{constructor}}', '{{date', 'date}}', '{date}', '$& $1'])
    t.equal(text(odd), odd)
  t.equal(text('{{{date}}}'), '{25 novembre 2026}')
})

/** Names that look like what they are inserted into. */
const piece = fc.oneof(
  fc.constantFrom('{{date}}', '{{?}}', '{{jobseeker.name}}', '{{', '}}', '{', '}', '$&', '$1', '$`', 'Zoé'),
  fc.string({ maxLength: 4 }),
)
const pieces = fc.array(piece, { maxLength: 6 }).map((all) => all.join(''))

t.test('nothing that is inserted is ever looked at again', async (t) => {
  fc.assert(
    fc.property(pieces, pieces, pieces, pieces, (template, jobseeker, advisor, region) => {
      const names = { jobseeker: { name: jobseeker }, advisor: { name: advisor }, region: { name: region } }
      const { text: filled, places } = fill(template, { ...names, now: 0 }, 'en', 'UTC')
      // The same with names that stand for themselves: letters that occur nowhere else, replaced afterwards.
      const safe = { jobseeker: { name: '\uE000' }, advisor: { name: '\uE001' }, region: { name: '\uE002' } }
      const expected = fill(template, { ...safe, now: 0 }, 'en', 'UTC').text.replace(
        /[\uE000-\uE002]/g,
        (letter) => ({ '\uE000': jobseeker, '\uE001': advisor, '\uE002': region })[letter] ?? '',
      )
      return (
        filled === expected &&
        places.length === placesOf(template).length &&
        places.every(({ start, end }) => filled.slice(start, end) === '{{?}}')
      )
    }),
    { numRuns: 5_000 },
  )
  t.pass('5,000 templates')
})

t.test('a text without marks stays as it is', async (t) => {
  const plain = fc
    .string({ unit: fc.constantFrom('{', '}', '?', 'date', ' ') })
    .filter((of) => marksOf(of).length === 0)
  fc.assert(fc.property(plain, (of) => text(of) === of && placesOf(of).length === 0))
  t.pass()
})

t.test('every variable that is offered is known to the server', async (t) => {
  t.equal(unknownVariable([...variables, '?'].map((name) => `{{${name}}}`).join('')), undefined)
  t.equal(unknownVariable('{{date}} {{nom}} {{x}}'), 'nom')
})
