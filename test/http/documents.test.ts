import { createRequire } from 'node:module'
import serializerSelector from '@fastify/fast-json-stringify-compiler'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import t from 'tap'
import { events, explainedCloseCodes, explainedErrors, methods, standardCloseCodes } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'

interface Operation {
  readonly action: string
  readonly messages: readonly { $ref: string }[]
  readonly 'x-errors'?: readonly string[]
}

interface AsyncApi {
  readonly asyncapi: string
  readonly info: { readonly description: string }
  readonly channels: Readonly<Record<string, { address: string; messages: Record<string, unknown> }>>
  readonly operations: Readonly<Record<string, Operation>>
  readonly components: { readonly messages: Readonly<Record<string, { payload: object }>> }
  readonly [extension: `x-${string}`]: unknown
}

interface OpenApi {
  readonly info: { readonly description: string }
  readonly paths: Readonly<Record<string, object>>
  readonly components: object
  readonly [member: string]: unknown
}

const node = await testNode(t)
const load = async (path: string): Promise<unknown> => (await fetch(node.url + path)).json()
const asyncApi = (await load('/asyncapi.json')) as AsyncApi
const openApi = (await load('/docs/json')) as OpenApi

// The official schema brings the meta-schema along, and has formats and keywords that ajv does not know.
const isAsyncApi = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false }).compile(
  createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json') as object,
)

t.test('the AsyncAPI document is one by the official schema, and a wrong one is not', async (t) => {
  t.ok(isAsyncApi(asyncApi), JSON.stringify(isAsyncApi.errors?.slice(0, 3)))
  t.notOk(isAsyncApi({ ...asyncApi, asyncapi: '2.0.0' }))
  t.notOk(isAsyncApi({ ...asyncApi, operations: { x: { action: 'shout' } } }))
})

t.test('every reference inside the AsyncAPI document leads somewhere', async (t) => {
  const references = [...JSON.stringify(asyncApi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, path = '']) => path)
  const broken = references.filter(
    (path) =>
      path
        .replace('#/', '')
        .split('/')
        .reduce<unknown>((place, name) => (place as Record<string, unknown> | undefined)?.[name], asyncApi) ===
      undefined,
  )
  t.ok(references.length > 2 * Object.keys(methods).length)
  t.same(broken, [])
})

t.test('every method and event of the protocol is an operation, with its errors', async (t) => {
  for (const [name, method] of Object.entries(methods)) {
    t.match(asyncApi.operations[name], { action: 'receive', 'x-errors': method.errors, 'x-roles': method.roles }, name)
    for (const part of ['request', 'result']) t.ok(asyncApi.components.messages[`${name}.${part}`], `${name}.${part}`)
  }
  for (const name of Object.keys(events)) t.match(asyncApi.operations[`${name}.event`], { action: 'send' }, name)
  t.equal(Object.keys(asyncApi.operations).length, Object.keys(methods).length + Object.keys(events).length)
})

t.test('the tables of errors and of close codes are in both documents', async (t) => {
  t.same(asyncApi['x-errors'], explainedErrors)
  t.same(asyncApi['x-close-codes'], explainedCloseCodes)
  t.same(asyncApi['x-standard-close-codes'], standardCloseCodes)
  const rows = [
    ...Object.entries(explainedErrors).map(([code, { meaning }]) => [`| \`${code}\` |`, meaning] as const),
    ...Object.entries(explainedCloseCodes).map(
      ([name, { code, meaning }]) => [`| ${code} | ${name} |`, meaning] as const,
    ),
    ...Object.entries(standardCloseCodes).map(([code, meaning]) => [`| ${code} |`, meaning] as const),
  ]
  for (const [start, meaning] of rows) {
    for (const { description } of [asyncApi.info, openApi.info]) {
      const row = description.split('\n').find((line) => line.startsWith(start))
      t.ok(row?.endsWith(`| ${meaning} |`), start)
    }
  }
})

t.test('what a node says is what the AsyncAPI document says', async (t) => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true })
  const { messages } = asyncApi.components
  const fits = (name: string, frame: unknown) => {
    const validate = ajv.compile(messages[name]?.payload ?? {})
    t.ok(validate(frame), `${name}: ${JSON.stringify(validate.errors)}`)
  }
  for (const [name, { payload }] of Object.entries(messages)) t.doesNotThrow(() => ajv.compile(payload), name)

  const token = await node.token('jobseeker-1')
  await using client = await rawClient(node.url)
  const params = { token, versions: [1] }
  fits('session.open.request', { id: 1, method: 'session.open', params })
  fits('session.open.result', await client.call('session.open', params))
  fits('chat.channels.result', await client.call('chat.channels', {}))
  fits('error', await client.call('chat.publish', {}))
  await client.call('chat.publish', { channel: 'jobseeker-1', key: 'documents-1', text: 'Bonjour' })
  fits('chat.channels.result', await client.call('chat.channels', {}))
  for (const frame of client.events) fits(`${frame.event}.event`, frame)
})

t.test('the OpenAPI document is one by the official schema, and a wrong one is not', async (t) => {
  const { valid, errors } = await new Validator().validate(structuredClone(openApi))
  t.ok(valid, JSON.stringify(errors))
  t.notOk((await new Validator().validate({ ...structuredClone(openApi), info: {} })).valid)
})

// A node compiles each when its route is first used, and would fail there and then.
t.test('every schema of REST is one, and can be compiled for what comes in and for what goes out', async (t) => {
  const ajv = new Ajv({ strict: true, coerceTypes: 'array', keywords: ['components'] })
  const compileSerializer = serializerSelector()()
  let seen = 0
  for (const [path, operations] of Object.entries(openApi.paths))
    for (const [method, operation] of Object.entries(operations))
      for (const own of schemasIn(operation)) {
        seen += 1
        const schema = { ...own, components: openApi.components }
        t.doesNotThrow(() => ajv.compile(schema), `${method} ${path}`)
        t.doesNotThrow(() => compileSerializer({ schema, method, url: path, httpStatus: '200' }), `${method} ${path}`)
      }
  t.ok(seen > Object.keys(openApi.paths).length)
  t.throws(() => ajv.compile({ type: 'text' }), 'a wrong one is found')
})

function schemasIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'schema' && typeof part === 'object' && part !== null ? [part] : schemasIn(part),
  )
}

t.test('every operation of REST is summed up and says how it fails', async (t) => {
  for (const [path, operations] of Object.entries(openApi.paths))
    for (const [method, operation] of Object.entries(operations))
      t.match(
        operation,
        { summary: /\S/, tags: /\S/, responses: { default: { content: Object } } },
        `${method} ${path}`,
      )
})
