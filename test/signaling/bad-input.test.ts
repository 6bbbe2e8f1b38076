import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { closeCodes, errors } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const node = await testNode(t, {
  VISAVIS_SESSION_OPEN_TIMEOUT_MS: '2500',
  VISAVIS_MAX_IN_FLIGHT: '8',
  VISAVIS_REQUEST_BURST: '100000',
})
const token = await node.token('jobseeker-1')

/** Somebody else, who must notice nothing of what the tests do. */
const bystander = await rawClient(node.url, await node.token('jobseeker-4'))
let bystanderClosed = false
void bystander.closed.then(() => {
  bystanderClosed = true
})
t.teardown(() => bystander[Symbol.asyncDispose]())

/** A test after which the bystander must still be served on the same connection. */
function undisturbed(title: string, body: (t: Test) => Promise<void>): void {
  t.test(title, async (t) => {
    await body(t)
    const answer = await bystander.call('chat.channels', {})
    t.match(answer, { result: { channels: [{ channel: 'jobseeker-4' }] } }, 'the bystander is served')
    t.notOk(bystanderClosed, 'and still connected')
  })
}

const badFrames: Record<string, string> = {
  'not JSON': 'hello',
  empty: '',
  'JSON null': 'null',
  'an array': '[1,2,3]',
  'a number': '42',
  'no id': '{"method":"chat.channels","params":{}}',
  'a text id': '{"id":"1","method":"chat.channels","params":{}}',
  'a fractional id': '{"id":1.5,"method":"chat.channels","params":{}}',
  'no method': '{"id":1,"params":{}}',
  'no params': '{"id":1,"method":"chat.channels"}',
  'params an array… of null': '{"id":1,"method":"chat.channels","params":null}',
  'an unknown property': '{"id":1,"method":"chat.channels","params":{},"admin":true}',
  'a method name of 65 characters': JSON.stringify({ id: 1, method: 'x'.repeat(65), params: {} }),
}
for (const [what, frame] of Object.entries(badFrames)) {
  undisturbed(`a frame that is no request closes with BAD_FRAME: ${what}`, async (t) => {
    const client = await rawClient(node.url, token)
    client.sendText(frame)
    t.equal((await client.closed).code, closeCodes.BAD_FRAME.code)
  })
}

undisturbed('a binary frame closes with BAD_FRAME', async (t) => {
  const client = await rawClient(node.url, token)
  client.socket.send(Buffer.from('{"id":1,"method":"chat.channels","params":{}}'))
  t.equal((await client.closed).code, closeCodes.BAD_FRAME.code)
})

undisturbed('a frame of 1 MB closes with 1009 and is not read', async (t) => {
  const client = await rawClient(node.url, token)
  client.sendText(JSON.stringify({ id: 1, method: 'chat.publish', params: { text: 'x'.repeat(1_048_576) } }))
  t.equal((await client.closed).code, 1009)
})

const badRequests: Record<string, { method: string; params: unknown; code: keyof typeof errors }> = {
  'an unknown method': { method: 'chat.destroy', params: {}, code: 'UNKNOWN_METHOD' },
  'a method of Object.prototype': { method: 'constructor', params: {}, code: 'UNKNOWN_METHOD' },
  'the name of the prototype': { method: '__proto__', params: {}, code: 'UNKNOWN_METHOD' },
  'a missing parameter': { method: 'chat.publish', params: { channel: 'jobseeker-1' }, code: 'BAD_REQUEST' },
  'a wrong type': {
    method: 'chat.publish',
    params: { channel: 'jobseeker-1', key: 'k'.repeat(8), text: 42 },
    code: 'BAD_REQUEST',
  },
  'an unknown parameter': { method: 'chat.channels', params: { all: true }, code: 'BAD_REQUEST' },
  'an empty message': {
    method: 'chat.publish',
    params: { channel: 'jobseeker-1', key: 'k'.repeat(8), text: '' },
    code: 'BAD_REQUEST',
  },
  'a message one character too long': {
    method: 'chat.publish',
    params: { channel: 'jobseeker-1', key: 'k'.repeat(8), text: 'x'.repeat(4_001) },
    code: 'BAD_REQUEST',
  },
  'an id that would change a Redis key': {
    method: 'chat.history',
    params: { channel: 'a}:{b' },
    code: 'BAD_REQUEST',
  },
  'both cursors': {
    method: 'chat.history',
    params: { channel: 'jobseeker-1', before: 3, after: 1 },
    code: 'BAD_REQUEST',
  },
  'a phone callback without a number': {
    method: 'callback.request',
    params: { key: 'k'.repeat(8), medium: 'phone', reason: 'hello' },
    code: 'BAD_REQUEST',
  },
  'somebody else’s channel': { method: 'chat.history', params: { channel: 'jobseeker-2' }, code: 'FORBIDDEN' },
  'a channel that does not exist': { method: 'chat.history', params: { channel: 'nobody' }, code: 'FORBIDDEN' },
  'a method of another role': { method: 'enrolment.portfolio', params: {}, code: 'FORBIDDEN' },
  'somebody else’s room': { method: 'room.join', params: { room: 'jobseeker-2' }, code: 'FORBIDDEN' },
  'a room one is not in': {
    method: 'room.openTransport',
    params: { room: 'jobseeker-1', direction: 'send' },
    code: 'GONE',
  },
  'a second session.open': { method: 'session.open', params: { token, versions: [1] }, code: 'CONFLICT' },
}
for (const [what, { method, params, code }] of Object.entries(badRequests)) {
  undisturbed(`answered ${code}, and the session goes on: ${what}`, async (t) => {
    await using client = await rawClient(node.url, token)
    const response = await client.call(method, params)
    t.match(response, { error: { code, retryable: errors[code].retry, message: String, details: Object } })
    t.match(await client.call('chat.channels', {}), { result: {} }, 'the same session is still served')
  })
}

undisturbed('a request before session.open is answered UNAUTHENTICATED', async (t) => {
  await using client = await rawClient(node.url)
  t.match(await client.call('chat.channels', {}), { error: { code: 'UNAUTHENTICATED' } })
})

undisturbed('without session.open the connection is closed in time', async (t) => {
  const client = await rawClient(node.url)
  t.equal((await client.closed).code, closeCodes.OPEN_TIMEOUT.code)
})

undisturbed('a refused token is answered and then closes the connection', async (t) => {
  const client = await rawClient(node.url)
  t.match(await client.call('session.open', { token: 'nonsense', versions: [1] }), {
    error: { code: 'UNAUTHENTICATED' },
  })
  t.equal((await client.closed).code, closeCodes.UNAUTHORIZED.code)
})

undisturbed('a protocol version from the future is answered and then closes the connection', async (t) => {
  const client = await rawClient(node.url)
  t.match(await client.call('session.open', { token, versions: [99] }), {
    error: { code: 'UNSUPPORTED', details: { versions: [1] } },
  })
  t.equal((await client.closed).code, closeCodes.UNSUPPORTED_VERSION.code)
})

undisturbed('too many requests in flight are answered RATE_LIMITED, each one, and none is lost', async (t) => {
  await using client = await rawClient(node.url, token)
  const responses = await Promise.all(Array.from({ length: 200 }, () => client.call('chat.channels', {})))
  const refused = responses.filter((response) => 'error' in response)
  t.equal(responses.length, 200)
  for (const response of refused)
    t.match(response, { error: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: Number } })
})

undisturbed('a message of many tiny fragments closes the connection', async (t) => {
  const client = await rawClient(node.url, token)
  for (let n = 0; n < 64; n++) client.socket.send('x', { fin: false })
  t.equal((await client.closed).code, 1008)
})

undisturbed('bytes that are no HTTP are answered and let go', async (t) => {
  const socket = connect(Number(new URL(node.url).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.on('error', () => {})
  let answer = ''
  socket.on('data', (data) => {
    answer += String(data)
  })
  socket.write('\x16\x03\x01 this is not HTTP\r\n\r\n')
  await until(() => socket.readableEnded || socket.destroyed, { what: 'the end of the connection' })
  t.match(answer, /^HTTP\/1\.1 400/)
})
