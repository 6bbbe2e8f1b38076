/** A JSON schema as the short text that people read in docs/protocol.md. */

interface Schema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly description?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
}

/** One line per field of an object: name, whether it may be absent, what it is. */
export function fields(schema: unknown, prefix = ''): string[] {
  const { properties = {}, required = [] } = schema as Schema
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const optional = required.includes(name) ? '' : ' (optional)'
    const nested = nestedObject(field)
    const line = `| \`${path}\`${optional} | ${kind(field)} |`
    return nested === undefined ? [line] : [line, ...fields(nested, `${path}${field.type === 'array' ? '[]' : ''}.`)]
  })
}

const nestedObject = (schema: Schema): Schema | undefined => {
  const inner = schema.type === 'array' ? schema.items : schema
  return inner?.properties === undefined ? undefined : inner
}

function kind(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ')
  const parts = [bounds(schema), schema.description].filter((part) => part !== undefined && part !== '')
  const name = schema.type === 'array' ? `array of ${schema.items?.type ?? 'values'}` : (schema.type ?? 'any')
  return [name, ...parts].join('; ').replaceAll('|', '\\|')
}

function bounds({ type, minLength, maxLength, minimum, maximum, minItems, maxItems, pattern }: Schema): string {
  if (type === 'string') {
    const length = maxLength === undefined ? '' : `${minLength ?? 0}–${maxLength} characters`
    return pattern === undefined ? length : `${length}, \`${pattern}\``
  }
  if (type === 'array') return maxItems === undefined ? '' : `${minItems ?? 0}–${maxItems} items`
  if (type === 'integer' && minimum !== undefined) {
    return maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? `≥ ${minimum}` : `${minimum}–${maximum}`
  }
  return ''
}
