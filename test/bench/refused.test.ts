import type { AddressInfo } from 'node:net'
import t from 'tap'
import { WebSocketServer } from 'ws'
import { runLoad } from '../../bench/chat-load.ts'
import { subprotocol } from '../../src/protocol/index.ts'

/** Answers and tells every message but one, which it refuses. */
function refusing(nth: number): WebSocketServer {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => subprotocol })
  let published = 0
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { id, method, params } = JSON.parse(String(data))
      if (method === 'chat.publish') published += 1
      if (method === 'chat.publish' && published === nth) {
        const error = { code: 'UNAVAILABLE', message: 'storage is away', retryable: true }
        socket.send(JSON.stringify({ id, error }))
        return
      }
      socket.send(JSON.stringify({ id, result: { position: { offset: published } } }))
      if (method !== 'chat.publish') return
      const event = {
        event: 'chat.messagePublished',
        data: { channel: 'one', message: { offset: published, ...params } },
      }
      for (const member of server.clients) member.send(JSON.stringify(event))
    })
  })
  return server
}

t.test('a load of which a message was refused is no load, also when it was the last one', async (t) => {
  // One to begin with, none in the warm-up, ten that are counted.
  const load = { rate: 100, seconds: 0.1, warmUpSeconds: 0, generators: 1 }
  for (const [nth, outcome] of [
    [5, 'refused'],
    [11, 'refused'],
    [12, 'whole'],
  ] as const) {
    const server = refusing(nth)
    t.teardown(() => server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const portfolios = [{ advisor: 'a', token: 'a', channels: [{ channel: 'one', token: 'one' }] }]
    const run = runLoad(
      { url, dialect: 'visavis', portfolios, readBack: false, parts: { server: [process.pid] } },
      load,
    )
    if (outcome === 'refused') await t.rejects(run, { message: /storage is away/ }, `message ${nth}`)
    else t.match(await run, { messages: 10, outOfOrder: [], notDurable: [] })
    for (const member of server.clients) member.terminate()
  }
})
