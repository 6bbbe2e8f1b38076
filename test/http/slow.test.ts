import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { createServer } from '../../src/http/server.ts'

/** How long a busy machine may be busy with something else. */
const slackMs = 30_000

async function listening(t: Test): Promise<number> {
  const server = await createServer({ log: pino({ level: 'silent' }), version: '0' })
  server.post('/echo', async ({ body }) => ({ body }))
  t.teardown(() => server.close())
  return Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port)
}

/** Sends `first` and then a byte each second; nothing at all without it. @returns the answer, once the server has hung up. */
async function drip(port: number, first?: string): Promise<{ answer: string; ms: number }> {
  const startedAt = performance.now()
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  if (first !== undefined) socket.write(first)
  const dripping = setInterval(() => first !== undefined && socket.write('x'), 1_000)
  const answer = await text(socket).catch(() => '')
  clearInterval(dripping)
  socket.destroy()
  return { answer, ms: performance.now() - startedAt }
}

async function answerTo(port: number, request: string): Promise<{ status: string; body: unknown }> {
  const socket: Socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(request)
  const answer = await text(socket)
  socket.destroy()
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { status: head.slice(9, 12), body: JSON.parse(body) }
}

t.test('whoever sends headers or a body a byte at a time, or nothing, is let go', async (t) => {
  const port = await listening(t)
  const upgrade = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Slow: '
  const post = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"'
  const [headers, body, nothing] = await Promise.all([drip(port, upgrade), drip(port, post), drip(port)])
  for (const [what, { ms }, limitMs] of [
    ['headers of an upgrade', headers, 10_000],
    ['a body', body, 15_000],
    ['no request at all', nothing, 10_000],
  ] as const)
    t.ok(ms > limitMs - 1_500 && ms < limitMs + slackMs, `${what}: ${Math.round(ms)} ms`)
  t.match(headers.answer, /^HTTP\/1\.1 408 /)
})

t.test('what is no HTTP request is answered in the documented shape', async (t) => {
  const port = await listening(t)
  t.match(await answerTo(port, 'nonsense\r\n\r\n'), { status: '400', body: { error: { code: 'BAD_REQUEST' } } })
  const long = `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`
  t.match(await answerTo(port, long), { status: '431', body: { error: { code: 'TOO_LARGE', retryable: false } } })
  const close = 'HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  t.match(await answerTo(port, `GET /%zz ${close}`), { status: '400', body: { error: { code: 'BAD_REQUEST' } } })
  t.match(await answerTo(port, `BREW / ${close}`), { status: '400', body: { error: { code: 'BAD_REQUEST' } } })
})
