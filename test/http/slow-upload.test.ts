/** Files on slow lines, and those who only pretend to send one. */
import { readdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { pdf } from '../attachments/samples.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { until } from '../support/until.ts'

/** The times themselves are tested in pace.test.ts; here, that they hold at all, on however busy a machine. */
const slackMs = 60_000

const node = await testNode(t)
const token = await node.token('jobseeker-1')

function begin(
  t: Test,
  key: string,
  { bytes, authorization = `Bearer ${token}` }: { bytes: number; authorization?: string },
): Socket {
  const socket = connect(Number(new URL(node.url).port), '127.0.0.1')
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  socket.write(
    `POST /api/channels/jobseeker-1/attachments?name=cv.pdf&key=${key} HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Length: ${bytes}\r\n\r\n`,
  )
  return socket
}
/** Writes a part each second until it is told to stop. */
function drip(t: Test, socket: Socket, part: Buffer): void {
  const timer = setInterval(() => socket.writable && socket.write(part), 1_000)
  t.teardown(() => clearInterval(timer))
  socket.once('close', () => clearInterval(timer))
}
async function filesOf({ dataDir }: TestNode): Promise<string[]> {
  const found = await readdir(join(dataDir, 'attachments'), { recursive: true, withFileTypes: true }).catch(() => [])
  return found.filter((entry) => entry.isFile()).map(({ name }) => name)
}
/** What the server has said when it has hung up, however rudely: bytes that it did not read make it a reset. */
async function answerOf(socket: Socket): Promise<string> {
  let answer = ''
  socket.on('data', (data) => {
    answer += String(data)
  })
  await new Promise((resolve) => socket.once('close', resolve))
  return answer
}

t.test('an upload that breaks off leaves nothing', async (t) => {
  const socket = begin(t, 'broken-off-1', { bytes: 100_000 })
  socket.write(Buffer.concat([pdf, Buffer.alloc(10_000, 'a')]))
  await until(async () => (await filesOf(node)).some((name) => name.endsWith('.draft')), { what: 'a draft' })
  socket.resetAndDestroy()
  await until(async () => (await filesOf(node)).length === 0, { what: 'the draft to go' })
  t.pass()
})

// All at once, for each takes its time; the folder is looked at when all are over.
t.test('slow uploads', { jobs: 4 }, async (t) => {
  t.test('a slow line is waited for, longer than any other body', { buffered: true }, async (t) => {
    const part = Buffer.alloc(6_000, 'a')
    const socket = begin(t, 'slow-line-1', { bytes: pdf.length + part.length * 20 })
    socket.write(pdf)
    const startedAt = performance.now()
    let sent = 0
    const timer = setInterval(() => {
      if (sent++ < 20) socket.write(part)
      else clearInterval(timer)
    }, 1_000)
    t.teardown(() => clearInterval(timer))
    const status = await new Promise<string>((resolve) => socket.once('data', (data: Buffer) => resolve(String(data))))
    t.match(status, /^HTTP\/1\.1 200 /)
    t.ok(performance.now() - startedAt > 17_000, 'it took longer')
  })

  t.test('whoever drips with a good token is answered, and let go', { buffered: true }, async (t) => {
    const socket = begin(t, 'dripping-1', { bytes: 100_000 })
    socket.write(pdf)
    drip(t, socket, Buffer.from('x'))
    const startedAt = performance.now()
    t.match(await answerOf(socket), /^HTTP\/1\.1 400 .*too slowly/s)
    const ms = performance.now() - startedAt
    t.ok(ms > 25_000 && ms < 30_000 + slackMs, `${Math.round(ms)} ms`)
  })

  t.test('without a good token nobody has longer than for any other body', { buffered: true }, async (t) => {
    const socket = begin(t, 'stranger-1', { bytes: 100_000, authorization: 'Bearer nonsense' })
    drip(t, socket, Buffer.alloc(6_000))
    const startedAt = performance.now()
    t.match(await answerOf(socket), /^HTTP\/1\.1 401 /)
    const ms = performance.now() - startedAt
    t.ok(ms < 15_000 + slackMs, `${Math.round(ms)} ms`)
  })

  t.test('an endless body that was refused is not read for ever', { buffered: true }, async (t) => {
    const socket = begin(t, 'endless-1', { bytes: 1_000_000_000 })
    drip(t, socket, Buffer.alloc(100_000))
    const startedAt = performance.now()
    t.match(await answerOf(socket), /^HTTP\/1\.1 413 /)
    t.ok(performance.now() - startedAt < 15_000 + slackMs)
  })
})

t.test('in the end there is the one file that came', async (t) => {
  const left = await until(async () => {
    const found = await filesOf(node)
    return !found.some((name) => name.endsWith('.draft')) && found
  })
  t.equal(left.length, 1)
})
