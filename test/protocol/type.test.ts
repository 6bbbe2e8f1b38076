/** The builders of schemas, held to TypeBox's own. */
import t from 'tap'
import { Type as TypeBox } from 'typebox'
import { object, partial } from '../../src/protocol/schema.ts'
import { Type } from '../../src/protocol/type.ts'

/** What every builder makes, with and without options, and of each other. */
function made(T: typeof Type) {
  const text = T.String({ maxLength: 3, pattern: '^a' })
  const part = T.Optional(T.Integer({ minimum: 1 }))
  const simple = [T.Boolean, T.Integer, T.Null, T.Number, T.String, T.Unknown]
  return {
    simple: simple.map((build) => build()),
    described: simple.map((build) => build({ description: 'b' })),
    literals: [T.Literal('a'), T.Literal(1), T.Literal(true), T.Literal('a', { description: 'c' })],
    lists: [T.Array(text), T.Array(part, { maxItems: 2 }), T.Array(T.Object({ part }))],
    unions: [T.Union([text, part]), T.Union([text, T.Null()], { description: 'd' })],
    records: [T.Record(text, T.Null()), T.Record(T.String(), part, { maxProperties: 3 })],
    objects: [T.Object({}), T.Object({ part }), T.Object({ text, part }, { additionalProperties: false })],
    optional: T.Object({ a: T.Optional(text), b: T.Optional(part), c: T.Integer({ ...part }) }),
    unsafe: T.Object({ a: T.Unsafe(part), b: T.Unsafe({ type: 'object', enum: ['e'] }) }),
  }
}

t.test('the builders make what those of TypeBox make, in the same order', async (t) => {
  const [ours, theirs] = [made(Type), made(TypeBox)]
  for (const name of Object.keys(ours) as (keyof typeof ours)[]) {
    t.equal(JSON.stringify(ours[name]), JSON.stringify(theirs[name]), name)
  }
})

t.test('an object of which nothing is required is as closed as it was', async (t) => {
  const whole = object({ a: Type.Integer(), b: Type.Optional(Type.String()) })
  const { required, ...rest } = whole
  t.same(required, ['a'])
  t.same(partial(whole), rest)
})
