import fc from 'fast-check'
import t from 'tap'
import { hasRepeatedNames } from '../../src/auth/repeated-names.ts'

const repeated: Record<string, string> = {
  plain: '{"a":1,"a":1}',
  'with an escaped letter': '{"a":1,"\\u0061":2}',
  'with others between': '{"a":1,"b":{"a":[1]},"a":2}',
  'deep inside': '{"x":[{"y":{"a":1,"a":2}}]}',
  'with an empty name': '{"":1,"":2}',
  'with a quotation mark in the name': '{"a\\"":1,"a\\"":2}',
  'after a value that looks like a name': '{"a":"a\\":","a":2}',
  'with white space': '{ "a" : 1 ,\n"a"\t: 2 }',
  'of the name __proto__': '{"__proto__":1,"__proto__":2}',
}
for (const [what, text] of Object.entries(repeated)) {
  t.test(`a repeated name is found: ${what}`, async (t) => {
    t.type(JSON.parse(text), 'object', 'it is valid JSON')
    t.ok(hasRepeatedNames(text))
  })
}

t.test('the same name in different objects, in lists and in values is no repetition', async (t) => {
  for (const text of [
    '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
    '{"a":"a","b":["a","a"]}',
    '{"a":"{\\"a\\":1,\\"a\\":1}"}',
    '[]',
    '1',
  ]) {
    t.notOk(hasRepeatedNames(text), text)
  }
})

t.test('whatever JSON.stringify writes has no repetition, and has one when an entry is added again', async (t) => {
  const value = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 }), { minKeys: 1 })
  fc.assert(
    fc.property(value, fc.nat(), (object, which) => {
      const text = JSON.stringify(object)
      const names = Object.keys(object)
      const again = JSON.stringify(names[which % names.length])
      return !hasRepeatedNames(text) && hasRepeatedNames(`${text.slice(0, -1)},${again}:0}`)
    }),
    { numRuns: 2_000 },
  )
  t.pass('2,000 cases')
})
