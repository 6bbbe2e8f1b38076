/** Clients that take their time, or never stop: each is let go in time, and others are served meanwhile. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { closeCodes } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { frame, opcodes, openWire, request, sessionWire, upgrade, type Wire } from './wire.ts'

const { text, continuation, ping } = opcodes
const openTimeoutMs = 2_500
const heartbeatMs = 500
/** How long a busy machine may be busy with something else. */
const slackMs = 20_000

const node = await testNode(t, {
  VISAVIS_SESSION_OPEN_TIMEOUT_MS: String(openTimeoutMs),
  VISAVIS_HEARTBEAT_MS: String(heartbeatMs),
  VISAVIS_CONNECTIONS_PER_ADDRESS: '100000',
  VISAVIS_SESSIONS_PER_PERSON: '200',
})
const token = await node.token('jobseeker-1')
const { OPEN_TIMEOUT, IDLE, TOO_FAST } = closeCodes

/** Asks for a sign of life all the time, and for how long that took. */
async function watch(): Promise<{ stop: () => Promise<number[]> }> {
  const wire = await sessionWire(node.url, await node.token('jobseeker-4'))
  let over = false
  const waits: number[] = []
  const watching = (async () => {
    for (let id = 1; !over; id += 1) {
      const startedAt = performance.now()
      wire.socket.write(frame(text, request(id)))
      await wire.answer(id)
      waits.push(performance.now() - startedAt)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  watching.catch(() => {})
  return {
    async stop() {
      over = true
      await watching
      await wire[Symbol.asyncDispose]()
      return waits.toSorted((a, b) => a - b)
    },
  }
}

const told = (waits: readonly number[]) =>
  `bystander: ${waits.length} answers, median ${Math.round(waits[waits.length >> 1] ?? 0)} ms, longest ${Math.round(waits.at(-1) ?? 0)} ms`

t.test('3,000 sockets that never open a session are closed in time, and somebody else is served', async (t) => {
  const bystander = await watch()
  const sockets: Socket[] = []
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  const closedWith = new Map<number, number>()
  let longestMs = 0
  /** Resolves when the socket is open, with a promise of its end. */
  const idle = async (): Promise<{ ended: Promise<void> }> => {
    const wire = await openWire(node.url)
    const startedAt = performance.now()
    sockets.push(wire.socket)
    const end = async () => {
      if (!wire.ended) await once(wire.socket, 'end')
      longestMs = Math.max(longestMs, performance.now() - startedAt)
      closedWith.set(wire.closeCode ?? 0, (closedWith.get(wire.closeCode ?? 0) ?? 0) + 1)
    }
    return { ended: end() }
  }
  // Not all at the same moment: the queue of the listening socket is 511 long.
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      const own: { ended: Promise<void> }[] = []
      for (let n = 0; n < 30; n += 1) own.push(await idle())
      await Promise.all(own.map(({ ended }) => ended))
    }),
  )
  t.strictSame([...closedWith], [[OPEN_TIMEOUT.code, 3_000]])
  // The time out, a look each 250 ms, and 1 s for a client that does not answer the close frame.
  t.ok(longestMs < openTimeoutMs + 1_250 + slackMs, `the longest lived ${Math.round(longestMs)} ms`)
  const waits = await bystander.stop()
  t.comment(told(waits))
  t.ok((waits.at(-1) ?? 0) < slackMs)
})

t.test(
  'pings without end from 20 clients that read nothing end with TOO_FAST, and somebody else is served',
  async (t) => {
    const bystander = await watch()
    const flood = Buffer.concat(Array.from({ length: 500 }, () => frame(ping, 'x'.repeat(125))))
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await using wire = await sessionWire(node.url, token)
        const flooding = setInterval(() => wire.socket.write(flood), 5)
        await until(() => wire.closeCode !== undefined || wire.ended, { what: 'the end of a flood' })
        clearInterval(flooding)
        t.equal(wire.closeCode, TOO_FAST.code)
      }),
    )
    const waits = await bystander.stop()
    t.comment(told(waits))
    t.ok((waits.at(-1) ?? 0) < slackMs)
  },
)

/** What is sent at first, and then every 20 ms. */
const endless: Record<string, { code: number; session: boolean; first: Buffer; more?: Buffer }> = {
  'a fragment that nothing follows, before the session': {
    code: OPEN_TIMEOUT.code,
    session: false,
    first: frame(text, '{', { fin: false }),
  },
  'a fragment that nothing follows': { code: IDLE.code, session: true, first: frame(text, '{', { fin: false }) },
  'a frame that comes a byte at a time': {
    code: IDLE.code,
    session: true,
    first: frame(text, '', { length: 60_000n }),
    more: Buffer.from('x'),
  },
  'a frame that comes a byte at a time, before the session': {
    code: OPEN_TIMEOUT.code,
    session: false,
    first: frame(text, '', { length: 60_000n }),
    more: Buffer.from('x'),
  },
  'fragments without end': {
    code: 1008,
    session: true,
    first: frame(text, '{', { fin: false }),
    more: frame(continuation, ' ', { fin: false }),
  },
  'no answer to the heartbeat': { code: IDLE.code, session: true, first: Buffer.alloc(0) },
}
for (const [what, { code, session, first, more }] of Object.entries(endless)) {
  t.test(`closed with ${code}: ${what}`, async (t) => {
    await using wire: Wire = session ? await sessionWire(node.url, token) : await openWire(node.url)
    wire.socket.write(first)
    const dripping = setInterval(() => more !== undefined && wire.socket.write(more), 20)
    t.teardown(() => clearInterval(dripping))
    await until(() => wire.closeCode !== undefined || wire.ended, { what: 'the close frame' })
    t.equal(wire.closeCode, code)
    await until(() => wire.ended, { what: 'the end of the connection' })
  })
}

t.test('pings are a sign of life: whoever answers no heartbeat but pings stays', async (t) => {
  await using wire = await sessionWire(node.url, token)
  const pinging = setInterval(() => wire.socket.write(frame(ping, 'x')), heartbeatMs / 2)
  t.teardown(() => clearInterval(pinging))
  const beats = () => wire.received.filter(({ payload }) => payload.includes('"session.heartbeat"')).length
  await until(() => beats() >= 5 || wire.ended, { what: 'five heartbeats' })
  t.equal(wire.closeCode, undefined)
  t.notOk(wire.ended)
})

t.test('300 upgrades whose headers come a byte at a time are cut off, and somebody else is served', async (t) => {
  const bystander = await watch()
  const bytes = upgrade({ 'x-slow': 'x'.repeat(200) })
  const startedAt = performance.now()
  const answers = await Promise.all(
    Array.from({ length: 300 }, async () => {
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(node.url).port) })
      let answer = ''
      let sent = 0
      socket.on('error', () => {})
      socket.on('data', (data) => {
        answer += String(data)
      })
      const dripping = setInterval(() => socket.write(bytes[sent++ % 250] ?? 'x'), 500)
      await until(() => socket.closed, { what: 'the end of a slow upgrade', timeoutMs: 60_000, everyMs: 100 })
      clearInterval(dripping)
      return answer.slice(0, 12)
    }),
  )
  const seconds = (performance.now() - startedAt) / 1_000
  t.strictSame([...new Set(answers)], ['HTTP/1.1 408'])
  t.ok(seconds < 12 + slackMs / 1_000, `all are gone after ${seconds.toFixed(1)} s`)
  const waits = await bystander.stop()
  t.comment(told(waits))
  t.ok((waits.at(-1) ?? 0) < slackMs)
})
