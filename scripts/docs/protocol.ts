/** docs/protocol.md from the protocol table. */
import { closeTable, errorTable } from '../../src/http/protocol-tables.ts'
import type { Event, Method } from '../../src/protocol/define.ts'
import { anyMethod, events, methods, protocolVersion, subprotocol } from '../../src/protocol/index.ts'
import { mostLevels } from '../../src/signaling/frame.ts'
import { fields } from './shape.ts'

export function protocolPage(): string {
  return `${[
    head(),
    errorSection(),
    closeSection(),
    '## Methods',
    ...Object.entries<Method>(methods).map(([name, method]) => methodSection(name, method)),
    '## Events',
    ...Object.entries<Event>(events).map(([name, event]) => eventSection(name, event)),
  ].join('\n\n')}\n`
}

const head = () => `# The Visavis protocol, version ${protocolVersion}

<!-- Generated from src/protocol by "npm run docs". Do not edit. -->

JSON text frames over one WebSocket at \`/ws\`, subprotocol \`${subprotocol}\`.

| frame | from | shape |
| --- | --- | --- |
| request | client | \`{ "id": 1, "method": "chat.publish", "params": { … } }\` |
| response | server | \`{ "id": 1, "result": { … } }\` or \`{ "id": 1, "error": { code, message, details, retryable, retryAfterMs? } }\` |
| event | server | \`{ "event": "chat.messagePublished", "data": { … }, "stream"?: "channel:…", "position"?: { epoch, offset } }\` |

1. The first request is \`session.open\`; until it is answered every other one gets \`UNAUTHENTICATED\`. A connection that does not open a session in time is closed.
2. Requests of one connection are worked on side by side, so answers may come in another order: match them by \`id\`. Where order matters (two messages to one channel), wait for the first answer.
3. An answer to a request that changes something means that the change is durable: Redis has confirmed it under the append-only policy of the deployment.
4. Every request may be repeated safely. Where two acts could be confused, the client makes a \`key\`, and a repeat with the same key returns the first result.
5. Durable events carry their \`stream\` and \`position\`. Offsets of one epoch have no gaps; a client that sees one, or a list that is ahead of what it was told, asks for what is missing. A page of history whose \`position\` is behind what was told is asked for again.
6. Objects are closed: an unknown property is a \`BAD_REQUEST\`.
7. A frame means the same to every JSON reader. One that repeats a name within an object (also when written with escapes) or is nested deeper than ${mostLevels} levels is a \`BAD_FRAME\`; a text with half a surrogate pair, or a number beyond ±(2^53 − 1), is a \`BAD_REQUEST\`. Numbers are IEEE 754 doubles.
8. A WebSocket ping or pong costs as much as the cheapest request. Of several pings that come at once only the newest is answered; a client that goes on although its budget is used up is closed with \`TOO_FAST\`. A message may come in at most 16 fragments (else 1008).`

const errorSection = () => `## Errors

${errorTable()}

Any method may answer ${anyMethod.map((code) => `\`${code}\``).join(', ')}; what else it may answer is listed with it.`

const closeSection = () => `## Close codes

${closeTable()}`

const methodSection = (name: string, { summary, roles, params, result, errors: codes, audit }: Method) => `### ${name}

${summary}

Roles: ${roles.join(', ')}.${codes.length === 0 ? '' : ` Errors: ${codes.map((code) => `\`${code}\``).join(', ')}.`}${audited(audit)}

${table('params', fields(params))}

${table('result', fields(result))}`

const audited = (mark: Method['audit']): string => {
  if (mark === undefined) return ''
  if (mark.record === 'refusals') return ' Audited when refused.'
  return mark.awaited ? ' Audited, and answered only when that is durable.' : ' Audited.'
}

const eventSection = (name: string, { summary, data, delivery }: Event) => `### ${name}

${summary} Delivery: ${delivery}.

${table('data', fields(data))}`

const table = (title: string, rows: string[]) =>
  rows.length === 0 ? `${title}: empty object.` : `| ${title} | |\n| --- | --- |\n${rows.join('\n')}`
