import { once } from 'node:events'
import fc from 'fast-check'
import t from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { textFrame } from '../../src/signaling/text-frame.ts'

t.test('the length is told in as few bytes as it needs (RFC 6455 §5.2)', (t) => {
  const beginnings: readonly (readonly [number, string])[] = [
    [0, '8100'],
    [125, '817d'],
    [126, '817e007e'],
    [65_535, '817effff'],
    [65_536, '817f0000000000010000'],
  ]
  for (const [bytes, beginning] of beginnings) {
    const frame = textFrame('x'.repeat(bytes))
    t.equal(frame.toString('hex', 0, frame.length - bytes), beginning)
  }
  t.end()
})

t.test('another WebSocket reads what was written, whatever it is', async (t) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  t.teardown(() => client.terminate())
  const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'open')])
  const { _socket: raw } = accepted as { _socket: { write: (bytes: Buffer) => void } }
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.integer({ min: 120, max: 70_000 }).map((n) => '€'.repeat(n / 3)),
  )
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const message = once(client, 'message')
      raw.write(textFrame(text))
      const [data, isBinary] = await message
      return String(data) === text && isBinary === false
    }),
  )
})
