import fc from 'fast-check'
import t from 'tap'
import { hasRepeatedNames } from '../../src/auth/repeated-names.ts'
import { findFlaw, mostLevels, readFrame } from '../../src/signaling/frame.ts'

const seed = Number(process.env.VISAVIS_TEST_SEED ?? Date.now() % 2 ** 31)
t.comment(`VISAVIS_TEST_SEED=${seed}`)

const nested = (levels: number, [open, close]: readonly [string, string]) => open.repeat(levels) + close.repeat(levels)
const lists = ['[', ']'] as const
const objects = ['{"a":', '}'] as const

/** What some reader of JSON takes, and another does not, or takes otherwise. */
const refused: Record<string, string> = {
  'a repeated name': '{"id":1,"id":2}',
  'a repeated name with the same value': '{"id":1,"id":1}',
  'a name repeated with an escape': '{"id":1,"\\u0069d":2}',
  'a repeated name deep inside': '{"params":{"streams":[{"a":1},{"a":1,"b":2,"a":3}]}}',
  'a repeated empty name': '{"":1,"":1}',
  'a repeated name after a text that ends in a backslash': '{"a":"\\\\","a":1}',
  'a repeated __proto__': '{"__proto__":1,"__proto__":2}',
  'a repeated name with white space before the colon': '{"a" \t\r\n:1,"a" :2}',
  'one level too many': nested(mostLevels + 1, lists),
  'one object too many': `${'{"a":'.repeat(mostLevels)}{}${'}'.repeat(mostLevels)}`,
  '10,000 lists': nested(10_000, lists),
  '10,000 objects': `${objects[0].repeat(10_000)}1${objects[1].repeat(10_000)}`,
  '100,000 lists never closed': '['.repeat(100_000),
  'a byte order mark': '\ufeff{}',
  'a NUL before': '\0{}',
  'a NUL after': '{}\0',
  'a NUL in a text': '"\0"',
  'a line break in a text': '"a\nb"',
  'a comment': '{}/**/',
  'a line comment': '{}//',
  NaN: '{"id":NaN}',
  Infinity: '{"id":Infinity}',
  '-Infinity': '{"id":-Infinity}',
  'a trailing comma': '{"id":1,}',
  'a trailing comma in a list': '[1,]',
  'single quotes': "{'id':1}",
  'a name without quotes': '{id:1}',
  'a hexadecimal number': '0x1',
  'an octal number': '01',
  'a plus sign': '+1',
  'a number that begins with a point': '.5',
  'a number that ends with a point': '5.',
  'an unknown escape': '"\\x41"',
  'a no-break space outside texts': '\u00a0{}',
  'a line separator outside texts': '{}\u2028',
  'two values': '{}{}',
  nothing: '',
  undefined: 'undefined',
}
for (const [what, text] of Object.entries(refused)) {
  t.test(`refused: ${what}`, async (t) => t.equal(readFrame(text), undefined))
}

const accepted: Record<string, [text: string, value: unknown]> = {
  'white space around': [' \t\r\n{"id" : 1 } \n', { id: 1 }],
  'the same name in two objects': ['[{"a":1},{"a":{"a":1}}]', [{ a: 1 }, { a: { a: 1 } }]],
  'the same text as name and value': ['{"a":"a","b":["a","a"]}', { a: 'a', b: ['a', 'a'] }],
  'a text that looks like JSON': ['{"a":"{\\"a\\":1,\\"a\\":1}"}', { a: '{"a":1,"a":1}' }],
  'a text of backslashes': ['{"a":"\\\\\\\\","b":"\\\\\\""}', { a: '\\\\', b: '\\"' }],
  'names like numbers': ['{"2":1,"1":2}', { 1: 2, 2: 1 }],
  'as many levels as allowed': [nested(mostLevels, lists), JSON.parse(nested(mostLevels, lists))],
}
for (const [what, [text, value]] of Object.entries(accepted)) {
  t.test(`read as it is: ${what}`, async (t) => t.strictSame(readFrame(text), value))
}

t.test('a name __proto__ is an entry like any other, and no prototype', async (t) => {
  const value = readFrame('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}') as object
  t.strictSame(Object.keys(value), ['__proto__', 'constructor'])
  t.equal(Object.getPrototypeOf(value), Object.prototype)
  t.notOk('admin' in value)
  t.notOk('admin' in {})
})

t.test('half a surrogate pair and numbers that no double holds are found, with their place', async (t) => {
  const flaws: [value: string, path: string, rule: string][] = [
    ['{"text":"\\ud83d"}', '/text', 'wellFormed'],
    ['{"text":"\\udc4b\\ud83d"}', '/text', 'wellFormed'],
    ['{"a":{"\\ud83d":1}}', '/a', 'wellFormed'],
    ['{"a":[1,9007199254740993]}', '/a/1', 'safeNumber'],
    ['{"a":-9007199254740992}', '/a', 'safeNumber'],
    ['{"a":1e400}', '/a', 'safeNumber'],
    ['{"a":-1e400}', '/a', 'safeNumber'],
  ]
  for (const [text, path, rule] of flaws) t.strictSame(findFlaw(JSON.parse(text)), { path, rule }, text)
  for (const text of ['{"text":"👋","n":9007199254740991,"m":-0.5,"l":[null,true,1e-400]}', '[]', '"é"', '1'])
    t.equal(findFlaw(JSON.parse(text)), undefined, text)
})

t.test('whatever JSON.stringify writes is read as it is, and refused when an entry is repeated', async (t) => {
  const value = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), {
    minKeys: 1,
  })
  fc.assert(
    fc.property(value, fc.nat(), fc.constantFrom(0, 1, '\t'), (object, which, space) => {
      const text = JSON.stringify(object, undefined, space)
      t.strictSame(readFrame(text), JSON.parse(text))
      const names = Object.keys(object)
      const again = JSON.stringify(names[which % names.length])
      return readFrame(`${text.trimEnd().slice(0, -1)},${again}:0}`) === undefined
    }),
    { numRuns: 2_000, seed },
  )
})

t.test(
  'another way to look for repeated names comes to the same result, on texts made of dangerous parts',
  async (t) => {
    const name = fc.constantFrom('"a"', '"\\u0061"', '"b"', '"a\\\\"', '"\\""', '""', '"a:"', '"{"', '"\\\\\\""')
    const value = fc.constantFrom(
      '1',
      '"a"',
      '"a\\":"',
      '{"a":1}',
      '"\\\\"',
      '[{"a":1},{"a":"\\""}]',
      '":"',
      '{}',
      '[]',
    )
    const space = fc.constantFrom('', ' ', '\n\t')
    const entry = fc.tuple(space, name, space, space, value, space)
    let repeated = 0
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), (entries) => {
        const text = `{${entries.map(([a, name, b, c, value, d]) => `${a}${name}${b}:${c}${value}${d}`).join(',')}}`
        const value: unknown = JSON.parse(text)
        if (!hasRepeatedNames(text)) return JSON.stringify(readFrame(text)) === JSON.stringify(value)
        repeated += 1
        return readFrame(text) === undefined
      }),
      { numRuns: 20_000, seed },
    )
    t.comment(`20,000 texts, ${repeated} of them with a repeated name`)
    t.ok(repeated > 1_000 && repeated < 19_000, 'both kinds occur')
  },
)
