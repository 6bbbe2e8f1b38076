/** What the server asks of a client that comes back, against a server that says just that. */
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { connect } from '../../client/index.ts'
import { type Request, subprotocol } from '../../src/protocol/index.ts'
import { until } from '../support/until.ts'

const session = {
  session: 'one',
  resumed: false,
  version: 1,
  identity: { person: 'jobseeker-1', role: 'jobseeker', name: 'Jeanne Martin', region: 'bretagne' },
  maxFrameBytes: 65_536,
  heartbeatMs: 15_000,
  streams: [{ stream: 'person:jobseeker-1', position: { epoch: '', offset: 0 }, recovered: false, snapshot: {} }],
  presence: [],
}

/** @param answer says to each request; undefined: the session opens, and any other request is answered with {}. */
async function scripted(t: Test, answer: (socket: WebSocket, request: Request, connection: number) => unknown) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => subprotocol })
  await once(server, 'listening')
  const arrivals: number[] = []
  const requests: Request[] = []
  server.on('connection', (socket) => {
    arrivals.push(performance.now())
    const connection = arrivals.length
    socket.on('message', (data) => {
      const request = JSON.parse(String(data)) as Request
      requests.push(request)
      const now = Date.now()
      const result = request.method === 'session.open' ? { ...session, now, expiresAt: now + 3_600_000 } : {}
      const said = answer(socket, request, connection) ?? { result }
      if (said !== null) socket.send(JSON.stringify({ id: request.id, ...said }))
    })
  })
  const { port } = server.address() as { port: number }
  const visavis = connect({ url: `http://127.0.0.1:${port}`, token: () => 'token' })
  t.teardown(() => {
    visavis.close()
    for (const client of server.clients) client.terminate()
    server.close()
  })
  return { visavis, arrivals, requests }
}

t.test('"RESTART 700" is come back from after at least 700 ms, even by who is in a hurry', async (t) => {
  const { visavis, arrivals } = await scripted(t, (socket, { method }, connection) => {
    if (connection === 1 && method === 'chat.read') socket.close(4000, 'RESTART 700')
    return method === 'chat.read' ? null : undefined
  })
  await visavis.opened
  const closedAt = performance.now()
  void visavis.call('chat.read', { channel: 'jobseeker-1', offset: 1 }).catch(() => {})
  await until(() => visavis.state === 'recovering')
  visavis.hurry()
  await until(() => visavis.state === 'open')
  const waitedMs = (arrivals[1] ?? 0) - closedAt
  t.ok(waitedMs >= 695, `came back after ${Math.round(waitedMs)} ms`)
})

t.test('a session.open that is refused for now is tried again after the time the server asked for', async (t) => {
  const error = { code: 'UNAVAILABLE', message: 'many arrive', details: {}, retryable: true, retryAfterMs: 500 }
  const { visavis, arrivals } = await scripted(t, (_socket, _request, connection) =>
    connection === 1 ? { error } : undefined,
  )
  await visavis.opened
  t.equal(arrivals.length, 2)
  t.ok((arrivals[1] ?? 0) - (arrivals[0] ?? 0) >= 495)
})

t.test(
  'what the rate limit refused goes again after its time, in the order it was asked, and is answered',
  async (t) => {
    const error = { code: 'RATE_LIMITED', message: 'slowly', details: {}, retryable: true, retryAfterMs: 300 }
    let refusedAt = 0
    const { visavis, requests } = await scripted(t, (_socket, { method }) => {
      if (method !== 'chat.read' || refusedAt !== 0) return undefined
      refusedAt = performance.now()
      return { error }
    })
    await visavis.opened
    const first = visavis.call('chat.read', { channel: 'jobseeker-1', offset: 1 })
    await until(() => refusedAt !== 0)
    const second = visavis.call('chat.read', { channel: 'jobseeker-1', offset: 2 })
    await Promise.all([first, second])
    t.ok(performance.now() - refusedAt >= 295)
    t.same(
      requests.filter(({ method }) => method === 'chat.read').map(({ params }) => params.offset),
      [1, 1, 2],
    )
  },
)

t.test('a session.recover that is refused for good leads to a new connection, which tells everything', async (t) => {
  const error = { code: 'BAD_REQUEST', message: 'no', details: {}, retryable: false }
  const { visavis, arrivals } = await scripted(t, (socket, { method }, connection) => {
    if (method === 'session.open' && connection === 1)
      setTimeout(() => {
        const position = { epoch: 'e1', offset: 7 }
        const data = { channel: 'jobseeker-1', message: {} }
        socket.send(JSON.stringify({ event: 'chat.messagePublished', data, stream: 'channel:jobseeker-1', position }))
      })
    return method === 'session.recover' ? { error } : undefined
  })
  await visavis.opened
  await until(() => arrivals.length === 2)
  await until(() => visavis.state === 'open')
})
