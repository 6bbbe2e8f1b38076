/** Params that match a method's schema, made from the schema itself, with ids that exist where some are known. */
import { type MethodName, methods } from '../../src/protocol/index.ts'
import { camera, dtls, microphone } from '../media/test-rooms.ts'
import type { Random } from './random.ts'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** What is known to exist, by the name of the property that carries it: values that get past the checks of shape. */
export type Known = Readonly<Record<string, readonly Json[] | undefined>>

/** The part of JSON Schema that src/protocol/schema.ts uses. */
interface Schema {
  readonly type?: string
  readonly enum?: readonly Json[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

/** mediasoup's own documents, which the protocol table leaves open. */
const opaque: Readonly<Record<string, (random: Random) => unknown>> = {
  rtpParameters: (random) => (random.chance(50) ? microphone() : camera()),
  rtpCapabilities: (random) => ({
    codecs: (random.chance(50) ? microphone() : camera()).codecs.map((codec) => ({
      ...codec,
      kind: codec.mimeType.slice(0, 5),
      preferredPayloadType: codec.payloadType,
    })),
    headerExtensions: [],
  }),
  dtlsParameters: () => dtls,
  srtpParameters: (random) => ({
    cryptoSuite: 'AES_CM_128_HMAC_SHA1_80',
    keyBase64: Buffer.alloc(30, random.integer(0, 255)).toString('base64'),
  }),
}

export function validParams(method: MethodName, random: Random, known: Known): Json {
  return generate(methods[method].params as Schema, 'params', { random, known })
}

function generate(schema: Schema, name: string, context: { random: Random; known: Known }): Json {
  const { random, known } = context
  if (schema.enum !== undefined) return random.pick(schema.enum)
  const existing = known[name]
  if (existing !== undefined && existing.length > 0 && random.chance(90)) return random.pick(existing)
  if (schema.type === 'boolean') return random.chance(50)
  if (schema.type === 'integer') return integer(schema, random)
  if (schema.type === 'string') return text(schema, random)
  if (schema.type === 'array') {
    const least = schema.minItems ?? 0
    const length = random.integer(least, Math.max(least, Math.min(schema.maxItems ?? 3, 3)))
    return Array.from({ length }, () => generate(schema.items ?? {}, name, context))
  }
  if (schema.properties === undefined) return (opaque[name]?.(random) ?? {}) as Json
  const entries = Object.entries(schema.properties)
    .filter(([property]) => (schema.required ?? []).includes(property) || random.chance(50))
    .map(([property, of]) => [property, generate(of, property, context)] as const)
  return Object.fromEntries(entries)
}

function integer({ minimum = -1_000, maximum = 2 ** 53 - 1 }: Schema, random: Random): number {
  if (random.chance(10)) return random.pick([minimum, maximum])
  return random.integer(minimum, Math.min(maximum, minimum + 300))
}

const words = [
  'bonjour',
  'Żółć',
  '👋🏽',
  '\u0000',
  '\u202e',
  'e\u0301',
  ' ',
  '"',
  '\\',
  '\u2028',
  '}{',
  '<b>',
  '漢字',
  '\n',
]

function text({ pattern, minLength = 0, maxLength = 200 }: Schema, random: Random): string {
  if (pattern?.includes('channel|person') === true)
    return `${random.pick(['channel', 'person'])}:fuzz-${random.integer(0, 9)}`
  if (pattern?.includes('+?') === true) return `+33 ${random.integer(100_000, 999_999_999)}`
  if (pattern?.includes('[0-5]') === true) return `${random.pick(['08', '20'])}:00`
  if (pattern?.includes('workshop-') === true)
    return `workshop-${random
      .integer(0, 2 ** 31)
      .toString(16)
      .padStart(32, '0')}`
  if (pattern?.includes('[A-Z]{2}') === true) return random.pick(['fr', 'br', 'en-GB'])
  const length = random.chance(2)
    ? random.pick([minLength, maxLength])
    : random.integer(minLength, Math.min(maxLength, minLength + 40))
  // Of every pattern for ids and keys these are allowed characters.
  if (pattern !== undefined) return Array.from({ length }, () => random.integer(0, 35).toString(36)).join('')
  let made = ''
  while (made.length < length) made += random.pick(words)
  return made.slice(0, length).toWellFormed()
}
