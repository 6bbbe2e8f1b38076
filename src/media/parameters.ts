/**
 * What clients hand to mediasoup, checked before it gets there. mediasoup's own checks are not enough: it serializes
 * requests to a worker in one shared buffer, and a value that makes it throw half-way (a `maxBitrate` of 1.5 does)
 * leaves the buffer in a state in which every later request to that worker fails, for everybody.
 */
import type { types } from 'mediasoup'
import type { TProperties, TSchema } from 'typebox'
import { VisavisError } from '../protocol/index.ts'
import { Type } from '../protocol/type.ts'
import { validatorOf } from '../protocol/validator.ts'

/** Unknown properties are dropped rather than refused: browsers add some before mediasoup knows them. */
const known = (properties: TProperties) => Type.Object(properties, { additionalProperties: false })
const text = (maxLength: number) => Type.String({ maxLength })
const integer = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum })
const list = (items: TSchema, maxItems: number, minItems = 0) => Type.Array(items, { minItems, maxItems })
const optional = Type.Optional

const ssrc = integer(1, 0xffff_ffff)
const payloadType = integer(0, 127)
const clockRate = integer(1, 1_000_000)
const mimeType = Type.String({ pattern: '^(audio|video)/[A-Za-z0-9._-]{1,32}$', maxLength: 40 })
const kind = Type.Unsafe<types.MediaKind>({ type: 'string', enum: ['audio', 'video'] })

/** Format parameters (fmtp) of a codec or extension: any name, simple values. Integers are 32 bits wide at the worker. */
const parameters = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  maxProperties: 32,
  propertyNames: { maxLength: 64 },
  additionalProperties: {
    anyOf: [
      { type: 'string', maxLength: 512 },
      { type: 'number', minimum: -2_147_483_648, maximum: 2_147_483_647 },
      { type: 'boolean' },
    ],
  },
})
const rtcpFeedback = list(known({ type: text(32), parameter: optional(text(32)) }), 16)
const headerExtension = { uri: text(128), parameters: optional(parameters) }

const rtpParameters = known({
  mid: optional(Type.String({ pattern: '^[\\x21-\\x7e]{1,16}$' })),
  codecs: list(
    known({
      mimeType,
      payloadType,
      clockRate,
      channels: optional(integer(1, 8)),
      parameters: optional(parameters),
      rtcpFeedback: optional(rtcpFeedback),
    }),
    32,
    1,
  ),
  headerExtensions: optional(
    list(known({ ...headerExtension, id: integer(1, 255), encrypt: optional(Type.Boolean()) }), 32),
  ),
  encodings: optional(
    list(
      known({
        ssrc: optional(ssrc),
        rid: optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,16}$' })),
        codecPayloadType: optional(payloadType),
        rtx: optional(known({ ssrc })),
        dtx: optional(Type.Boolean()),
        scalabilityMode: optional(Type.String({ pattern: '^[LS][1-3]T[1-3]h?(_KEY(_SHIFT)?)?$' })),
        maxBitrate: optional(integer(0, 1_000_000_000)),
      }),
      4,
    ),
  ),
  rtcp: optional(known({ cname: optional(text(255)), reducedSize: optional(Type.Boolean()) })),
  msid: optional(text(255)),
})

const rtpCapabilities = known({
  codecs: optional(
    list(
      known({
        kind,
        mimeType,
        preferredPayloadType: optional(payloadType),
        clockRate,
        channels: optional(integer(1, 8)),
        parameters: optional(parameters),
        rtcpFeedback: optional(rtcpFeedback),
      }),
      64,
    ),
  ),
  headerExtensions: optional(
    list(
      known({
        kind,
        uri: text(128),
        preferredId: integer(1, 255),
        preferredEncrypt: optional(Type.Boolean()),
        direction: optional(
          Type.Unsafe<string>({ type: 'string', enum: ['sendrecv', 'sendonly', 'recvonly', 'inactive'] }),
        ),
      }),
      64,
    ),
  ),
})

/** Bytes of each hash; a fingerprint is their hexadecimal pairs with colons between. */
const hashes = { 'sha-1': 20, 'sha-224': 28, 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 }

const dtlsParameters = known({
  role: optional(Type.Unsafe<types.DtlsRole>({ type: 'string', enum: ['auto', 'client', 'server'] })),
  fingerprints: list(
    Type.Unsafe<types.DtlsFingerprint>({
      anyOf: Object.entries(hashes).map(([algorithm, bytes]) => ({
        type: 'object',
        required: ['algorithm', 'value'],
        properties: {
          algorithm: { const: algorithm },
          value: { type: 'string', pattern: `^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){${bytes - 1}}$` },
        },
      })),
    }),
    8,
    1,
  ),
})

/** The one suite of synthetic participants, the same that browsers negotiate; key and salt are 44 bytes. */
export const srtpCryptoSuite = 'AEAD_AES_256_GCM'
const srtpParameters = known({
  cryptoSuite: Type.Unsafe<typeof srtpCryptoSuite>({ type: 'string', enum: [srtpCryptoSuite] }),
  keyBase64: Type.String({ pattern: '^[A-Za-z0-9+/]{59}=$' }),
})

function checker<T>(name: string, schema: TSchema): (value: unknown) => T {
  const validator = validatorOf<T>(schema, { strictTypes: false, removeAdditional: true })
  return (value) => {
    const validate = validator()
    const copy: unknown = structuredClone(value)
    if (validate(copy)) return copy
    const [problem] = validate.errors ?? []
    const at = problem?.instancePath || '/'
    throw new VisavisError('BAD_REQUEST', `${name}: ${at} ${problem?.message ?? 'is not valid'}`, {
      details: { path: at, rule: problem?.keyword },
    })
  }
}

/** Each returns a copy with the known properties only. @throws VisavisError BAD_REQUEST, details say where. */
export const checkRtpParameters = checker<types.RtpParameters>('rtpParameters', rtpParameters)
export const checkRtpCapabilities = checker<types.RtpCapabilities>('rtpCapabilities', rtpCapabilities)
export const checkDtlsParameters = checker<types.DtlsParameters>('dtlsParameters', dtlsParameters)
export const checkSrtpParameters = checker<types.SrtpParameters>('srtpParameters', srtpParameters)
