/** What the documentation promises, as checks that share no code with the server's own: schemas, codes, one answer each. */
import { Ajv, type ValidateFunction } from 'ajv'
import { hasRepeatedNames } from '../../src/auth/repeated-names.ts'
import {
  anyMethod,
  closeCodes,
  type ErrorCode,
  type EventFrame,
  errors,
  events,
  type MethodName,
  methods,
  Request,
  type Response,
  standardCloseCodes,
} from '../../src/protocol/index.ts'

/** What a frame is by the documentation: a request that is answered, or one that closes the connection. */
export type Expected =
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly valid: boolean }
  | { readonly kind: 'refused'; readonly codes: readonly number[] }

export interface Judge {
  expect(frame: string | Buffer): Expected
  /** What is wrong with an answer to that request; undefined when nothing is. */
  answer(request: Expected & { kind: 'request' }, response: Response): string | undefined
  event(frame: EventFrame): string | undefined
  close(code: number): string | undefined
}

const tooLarge = 1009
/** The most of any frame is told by session.open; this is the default of the settings. */
const maxFrameBytes = 65_536
/** docs/protocol.md. */
const mostLevels = 32

export function createJudge(): Judge {
  const ajv = new Ajv({ strict: true, allErrors: false })
  const isRequest = ajv.compile<Request>(Request)
  const compiled = (schemas: [string, object][]): ReadonlyMap<string, ValidateFunction> =>
    new Map(schemas.map(([name, schema]) => [name, ajv.compile(schema)]))
  const params = compiled(Object.entries(methods).map(([name, method]) => [name, method.params]))
  const results = compiled(Object.entries(methods).map(([name, method]) => [name, method.result]))
  const data = compiled(Object.entries(events).map(([name, event]) => [name, event.data]))
  const isError = ajv.compile({
    type: 'object',
    properties: {
      code: { enum: Object.keys(errors) },
      message: { type: 'string', minLength: 1 },
      details: { type: 'object' },
      retryable: { type: 'boolean' },
      retryAfterMs: { type: 'number', exclusiveMinimum: 0 },
    },
    required: ['code', 'message', 'details', 'retryable'],
    additionalProperties: false,
  })
  const told = (what: string, validate: ValidateFunction) =>
    `${what}: ${ajv.errorsText(validate.errors ?? [], { dataVar: '' })}`

  return {
    expect(frame) {
      if (Buffer.byteLength(frame) > maxFrameBytes) return { kind: 'refused', codes: [tooLarge] }
      const refused: Expected = { kind: 'refused', codes: [closeCodes.BAD_FRAME.code] }
      if (typeof frame !== 'string') return refused
      // As it arrives: half characters become U+FFFD on the way.
      const text = frame.toWellFormed()
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        return refused
      }
      if (!isRequest(value) || levels(text) > mostLevels || hasRepeatedNames(text)) return refused
      const { id, method } = value
      return { kind: 'request', id, method, valid: params.get(method)?.(value.params) === true }
    },

    answer({ method, valid }, response) {
      if (Object.keys(response).length !== 2) return 'an answer has other properties than id and result or error'
      if ('error' in response) {
        if (!isError(response.error)) return told('the error', isError)
        const { code, retryable } = response.error
        if (retryable !== errors[code].retry) return `${code} is told with retryable ${retryable}`
        if (code === 'INTERNAL') return 'INTERNAL'
        const own: readonly ErrorCode[] = isMethod(method) ? methods[method].errors : ['UNKNOWN_METHOD']
        return own.includes(code) || anyMethod.includes(code) ? undefined : `${code} is not documented`
      }
      if (!valid) return 'params that do not match the schema were taken'
      const validate = results.get(method)
      if (validate === undefined) return 'a result of a method that is not there'
      return validate(response.result) ? undefined : told('the result', validate)
    },

    event(frame) {
      const validate = data.get(frame.event)
      if (validate === undefined) return `there is no event ${frame.event}`
      return validate(frame.data) ? undefined : told(frame.event, validate)
    },

    close(code) {
      const documented = [...Object.values(closeCodes).map((reason) => reason.code), ...Object.keys(standardCloseCodes)]
      return documented.map(Number).includes(code) ? undefined : `the close code ${code} is not documented`
    },
  }
}

const isMethod = (name: string): name is MethodName => Object.hasOwn(methods, name)

/** The deepest nesting of valid JSON. */
function levels(text: string): number {
  let now = 0
  let most = 0
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (mark === '{' || mark === '[') now += 1
    else if (mark === '}' || mark === ']') now -= 1
    if (now > most) most = now
  }
  return most
}
