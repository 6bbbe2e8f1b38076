import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { WebSocket } from 'ws'
import { subprotocol } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { until } from '../support/until.ts'

/** How an upgrade with these headers ends: `open`, or the HTTP answer instead of it. */
async function upgrade(url: string, headers: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, subprotocol, { headers })
  socket.on('error', () => {})
  const refused = once(socket, 'unexpected-response') as Promise<[unknown, IncomingMessage]>
  const answer = await Promise.race([once(socket, 'open').then(() => undefined), refused.then(([, answer]) => answer)])
  if (answer === undefined) {
    socket.close()
    return { status: 101, body: undefined }
  }
  const { socket: connection } = answer
  const text = (await answer.toArray()).join('')
  await until(() => connection.destroyed, { what: 'the server to close the connection' })
  return { status: answer.statusCode ?? 0, body: JSON.parse(text) }
}

const refusal = { status: 403, body: { error: { code: 'FORBIDDEN', retryable: false, details: {} } } }

t.test('a page of another origin gets a documented 403 before the upgrade', async (t) => {
  const node = await testNode(t)
  for (const origin of [
    'https://evil.example',
    'null',
    '',
    `${node.url}.evil.example`,
    node.url.replace('http', 'https'),
  ])
    t.match(await upgrade(node.url, { origin }), refusal, origin)
  t.match(await upgrade(node.url, { origin: node.url }), { status: 101 }, 'the node’s own page')
  t.match(await upgrade(node.url, {}), { status: 101 }, 'no browser')
  const metrics = await (await fetch(`${node.url}/metrics`)).text()
  t.match(metrics, /visavis_connections\{[^}]*\} [0-2]\n/, 'those refused never were connections')
})

t.test('there is a WebSocket at one path only, whoever asks', async (t) => {
  const node = await testNode(t)
  for (const path of ['/livez', '/docs', '/nothing', '/config.json', '/ws'])
    t.match(await upgrade(node.url + path, {}), { status: 404, body: { error: { code: 'NOT_FOUND' } } }, path)
})

t.test('listed origins may connect; a spoofed X-Forwarded-Host makes no origin ours', async (t) => {
  const node = await testNode(t, { VISAVIS_ALLOWED_ORIGINS: 'https://agence.example.org,null' })
  t.match(await upgrade(node.url, { origin: 'https://agence.example.org' }), { status: 101 })
  t.match(await upgrade(node.url, { origin: 'null' }), { status: 101 })
  t.match(await upgrade(node.url, { origin: 'https://agence.example.org:8443' }), refusal)
  const spoofed = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
  t.match(await upgrade(node.url, spoofed), refusal)
})

t.test('with a public URL its origin is the node’s own and the Host header is not', async (t) => {
  const port = await freePort()
  await testNode(t, { VISAVIS_PORT: `${port}`, VISAVIS_PUBLIC_URL: 'https://visavis.example.org/emploi' })
  const address = `http://127.0.0.1:${port}`
  t.match(await upgrade(address, { origin: 'https://visavis.example.org' }), { status: 101 })
  t.match(await upgrade(address, { origin: address }), refusal)
})

t.test('behind a trusted proxy the origin is compared with what the proxy was asked for', async (t) => {
  const node = await testNode(t, { VISAVIS_TRUSTED_PROXIES: 'loopback' })
  const forwarded = { 'x-forwarded-host': 'visavis.example.org', 'x-forwarded-proto': 'https' }
  t.match(await upgrade(node.url, { origin: 'https://visavis.example.org', ...forwarded }), { status: 101 })
  t.match(await upgrade(node.url, { origin: node.url, ...forwarded }), refusal)
})

t.test(
  'a socket is somebody’s by the token in its first frame, and by nothing that a browser sends by itself',
  async (t) => {
    const node = await testNode(t)
    const token = await node.token('jobseeker-1')
    const headers = { cookie: `token=${token}; session=${token}`, authorization: `Bearer ${token}`, origin: node.url }
    const address = `${node.url.replace(/^http/, 'ws')}/ws?token=${token}&access_token=${token}`
    const socket = new WebSocket(address, subprotocol, { headers })
    t.teardown(() => socket.terminate())
    const upgraded = once(socket, 'upgrade') as Promise<[IncomingMessage]>
    await once(socket, 'open')
    t.notOk((await upgraded)[0].headers['set-cookie'])
    const answers: { error?: { code: string } }[] = []
    socket.on('message', (data) => answers.push(JSON.parse(String(data))))
    for (const method of ['chat.channels', 'session.heartbeat', 'session.recover'])
      socket.send(JSON.stringify({ id: 1, method, params: {} }))
    await until(() => answers.length === 3, { what: 'the answers' })
    for (const answer of answers) t.match(answer, { error: { code: 'UNAUTHENTICATED' } })
    const signIn = await fetch(`${node.url}/dev/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person: 'jobseeker-1' }),
    })
    for (const answer of [
      signIn,
      ...(await Promise.all(['/', '/config.json', '/livez'].map((path) => fetch(node.url + path)))),
    ])
      t.equal(answer.headers.get('set-cookie'), null, answer.url)
  },
)
