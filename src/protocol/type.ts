/**
 * The builders of schemas, with the types of TypeBox: `Static` and inference are TypeBox's, what they make is the same plain
 * JSON schema. TypeBox itself would be loaded for these few lines: 370 files, a tenth of what a start takes (2026-11, Node 26).
 */
import type { Type as TypeBox } from 'typebox'

type Used =
  | 'Array'
  | 'Boolean'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Union'
  | 'Unknown'
  | 'Unsafe'

interface Schema {
  readonly pattern?: string
  /** Not enumerable, so that neither a copy by spreading nor JSON has it: it belongs to the property, not to the schema. */
  readonly '~optional'?: true
}

const of =
  (schema: object) =>
  (options?: object): object => ({ ...schema, ...options })

const builders = {
  Boolean: of({ type: 'boolean' }),
  Integer: of({ type: 'integer' }),
  Null: of({ type: 'null' }),
  Number: of({ type: 'number' }),
  String: of({ type: 'string' }),
  Unknown: of({}),
  Literal: (value: unknown, options?: object) => ({ type: typeof value, const: value, ...options }),
  Array: (items: Schema, options?: object) => ({ type: 'array', items, ...options }),
  Union: (anyOf: readonly Schema[], options?: object) => ({ anyOf, ...options }),
  Record: ({ pattern = '^.*$' }: Schema, value: Schema, options?: object) => ({
    type: 'object',
    patternProperties: { [pattern]: value },
    ...options,
  }),
  Object(properties: Readonly<Record<string, Schema>>, options?: object) {
    const required = Object.keys(properties).filter((name) => properties[name]?.['~optional'] === undefined)
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options }
  },
  Optional: (schema: Schema) => Object.defineProperty({ ...schema }, '~optional', { value: true }),
  Unsafe: (schema: object) => schema,
}

/** As TypeBox's own; a test holds each to it. */
export const Type = builders as unknown as Pick<typeof TypeBox, Used>
