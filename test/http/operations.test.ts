import { pino } from 'pino'
import t from 'tap'
import { createServer } from '../../src/http/server.ts'
import { testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'

const node = await testNode(t)

t.test('a node that serves is alive and ready', async (t) => {
  t.equal((await fetch(`${node.url}/livez`)).status, 200)
  const response = await fetch(`${node.url}/readyz`)
  t.equal(response.status, 200)
  t.match(await response.json(), { ready: true, parts: { redis: /^ready/, media: 'ready', node: 'serving' } })
})

t.test('metrics count sessions and requests, and a client cannot make new time series', async (t) => {
  await using client = await rawClient(node.url, await node.token('jobseeker-1'))
  await client.call('chat.channels', {})
  await client.call('no.such-method', {})
  const text = await (await fetch(`${node.url}/metrics`)).text()
  t.match(text, /visavis_sessions\{role="jobseeker",node="[^"]+"\} 1/)
  t.match(text, /visavis_request_seconds_count\{[^}]*method="chat.channels",outcome="ok"[^}]*\} 1/)
  t.match(text, /method="unknown",outcome="UNKNOWN_METHOD"/)
  t.notMatch(text, /no\.such-method/)
})

t.test('REST is described by an OpenAPI document without the development routes’ secrets', async (t) => {
  const response = await fetch(`${node.url}/docs/json`)
  t.equal(response.status, 200)
  const document = (await response.json()) as { openapi: string; paths: Record<string, unknown> }
  t.match(document.openapi, /^3\.1/)
  t.ok(document.paths['/api/regions/{region}/people/{id}'])
  t.notOk(document.paths['/ws'])
})

t.test('pages and answers carry a strict content security policy', async (t) => {
  const { headers } = await fetch(`${node.url}/config.json`)
  const policy = headers.get('content-security-policy') ?? ''
  t.match(policy, /default-src 'none'/)
  t.match(policy, /script-src 'self'(;|$)/)
  t.notMatch(policy, /unsafe/)
  t.match(policy, /connect-src 'self'(;|$)/)
  t.match(policy, /require-trusted-types-for 'script'/)
  t.match(headers.get('permissions-policy'), /camera=\(self\), microphone=\(self\)/)
  t.equal(headers.get('referrer-policy'), 'no-referrer')
  t.equal(headers.get('cache-control'), 'no-store')
})

t.test('with a public URL the policy names its WebSocket for browsers that want it named', async (t) => {
  const server = await createServer({
    log: pino({ level: 'silent' }),
    version: '0',
    publicUrl: 'https://visavis.example.org/emploi',
  })
  const { headers } = await server.inject('/')
  t.match(headers['content-security-policy'], /connect-src 'self' wss:\/\/visavis\.example\.org(;|$)/)
})

t.test('what is not there is answered 404 in the documented shape', async (t) => {
  const response = await fetch(`${node.url}/nothing/here`)
  t.equal(response.status, 404)
  t.match(await response.json(), { error: { code: 'NOT_FOUND', retryable: false } })
})

t.test('development sign-in is not there when it is off', async (t) => {
  const closed = await testNode(t, { VISAVIS_DEV_SIGN_IN: 'false', VISAVIS_JWKS_URL: 'http://127.0.0.1:1/keys' })
  const response = await fetch(`${closed.url}/dev/token`, { method: 'POST' })
  t.equal(response.status, 404)
  t.match(await (await fetch(`${closed.url}/config.json`)).json(), { devSignIn: false })
})
