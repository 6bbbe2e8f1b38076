/** The WebSocket protocol as an AsyncAPI 3 document, made from the protocol table. Pure. */
import type { Event, Method } from '../protocol/define.ts'
import {
  anyMethod,
  errors,
  events,
  explainedCloseCodes,
  explainedErrors,
  methods,
  protocolVersion,
  Request,
  standardCloseCodes,
  subprotocol,
} from '../protocol/index.ts'
import { object, oneOf, optional, Position } from '../protocol/schema.ts'
import { Type } from '../protocol/type.ts'
import { tables } from './protocol-tables.ts'

export interface AsyncApiOptions {
  readonly version: string
  /** `/visavis`, or empty. */
  readonly pathPrefix: string
}

type Json = Readonly<Record<string, unknown>>

export function asyncApi({ version, pathPrefix }: AsyncApiOptions): Json {
  const messages: Json = {
    ...entries<Method>(methods, (name, { summary, params, result }) => ({
      [`${name}.request`]: {
        name: `${name}.request`,
        summary,
        payload: closed({ id: RequestId, method: { const: name }, params }),
      },
      [`${name}.result`]: {
        name: `${name}.result`,
        summary: `The answer to ${name}.`,
        payload: closed({ id: RequestId, result }),
      },
    })),
    ...entries<Event>(events, (name, { summary, data }) => ({
      [`${name}.event`]: {
        name: `${name}.event`,
        summary,
        payload: closed({ event: { const: name }, data, stream: { type: 'string' }, position: Position }, [
          'stream',
          'position',
        ]),
      },
    })),
    error: {
      name: 'error',
      summary: 'The answer to a request that failed.',
      payload: closed({ id: RequestId, error: wireError }),
    },
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Visavis',
      version,
      description: `What pages and people say over the WebSocket, seen from the server: it receives requests, answers them and sends events. Subprotocol \`${subprotocol}\`, version ${protocolVersion}. docs/protocol.md tells the rules.\n\nAny method may answer ${list(anyMethod)}; what else it may answer is its \`x-errors\`.\n\n${tables()}`,
      license: { name: 'EUPL-1.2', url: 'https://eupl.eu/1.2/en/' },
    },
    defaultContentType: 'application/json',
    servers: {
      node: {
        host: '{host}',
        pathname: `${pathPrefix}/`,
        protocol: 'wss',
        description: 'One node, or the load balancer before several.',
        variables: { host: { description: 'Host and port.', default: 'localhost:3000' } },
      },
    },
    channels: {
      socket: {
        address: 'ws',
        title: 'One connection',
        description: 'The first request is session.open.',
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: {
          ws: {
            method: 'GET',
            headers: { type: 'object', properties: { 'Sec-WebSocket-Protocol': { const: subprotocol } } },
            bindingVersion: '0.1.0',
          },
        },
      },
    },
    operations: {
      ...entries<Method>(methods, (name, { kind, summary, params, result, errors, ...rest }) => ({
        [name]: {
          action: 'receive',
          channel: socket,
          summary,
          messages: [messageRef(`${name}.request`)],
          reply: { channel: socket, messages: [messageRef(`${name}.result`), messageRef('error')] },
          'x-errors': errors,
          ...extensions(rest),
        },
      })),
      ...entries<Event>(events, (name, { kind, summary, data, ...rest }) => ({
        [`${name}.event`]: {
          action: 'send',
          channel: socket,
          summary,
          messages: [messageRef(`${name}.event`)],
          ...extensions(rest),
        },
      })),
    },
    components: { messages },
    'x-errors': explainedErrors,
    'x-any-method-errors': anyMethod,
    'x-close-codes': explainedCloseCodes,
    'x-standard-close-codes': standardCloseCodes,
  }
}

const RequestId = Request.properties.id

/** The schema of an error as a client sees it, over the WebSocket as in REST. */
export const wireError = object({
  code: oneOf(...Object.keys(errors)),
  message: Type.String(),
  details: Type.Unsafe<object>({ type: 'object' }),
  retryable: Type.Boolean(),
  retryAfterMs: optional(Type.Integer({ minimum: 0 })),
})

const socket: Json = { $ref: '#/channels/socket' }
const messageRef = (name: string): Json => ({ $ref: `#/channels/socket/messages/${name}` })
const list = (codes: readonly string[]): string => codes.map((code) => `\`${code}\``).join(', ')

const closed = (properties: Json, optional: readonly string[] = []): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
})

/** Whatever else the table says of a method or an event. */
const extensions = (facts: object): Json =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [`x-${name}`, value]))

const entries = <T>(table: Readonly<Record<string, T>>, make: (name: string, entry: T) => Json): Json =>
  Object.assign({}, ...Object.entries(table).map(([name, entry]) => make(name, entry)))
