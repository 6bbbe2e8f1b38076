/** A server that speaks clamd's INSTREAM: it finds the word EICAR, and can be made to misbehave. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

export interface TestClamd extends AsyncDisposable {
  /** `host:port`, or the path of the socket. */
  readonly address: string
  /** What it was sent to scan. */
  readonly scanned: readonly Buffer[]
  /** Instead of its verdict, from now on; `silence` never answers, `hang-up` ends the connection without an answer. */
  answer: string | 'silence' | 'hang-up' | undefined
}

const command = Buffer.from('zINSTREAM\0')

/** @param path of a unix socket; a free port of this machine without it. */
export async function testClamd(t: { teardown(end: () => Promise<void>): void }, path?: string): Promise<TestClamd> {
  const scanned: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    let received = Buffer.alloc(0)
    socket.on('data', (data: Buffer) => {
      received = Buffer.concat([received, data])
      const file = fileOf(received)
      if (file === undefined) return
      scanned.push(file)
      if (clamd.answer === 'silence') return
      if (clamd.answer === 'hang-up') socket.destroy()
      else socket.end(`${clamd.answer ?? verdict(file)}\0`)
    })
  })
  server.listen(path === undefined ? { host: '127.0.0.1', port: 0 } : { path })
  await once(server, 'listening')
  const address = server.address()
  const dispose = async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  t.teardown(dispose)
  const clamd: TestClamd = {
    address: typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : (path ?? ''),
    scanned,
    answer: undefined,
    [Symbol.asyncDispose]: dispose,
  }
  return clamd
}

const verdict = (file: Buffer): string => (file.includes('EICAR') ? 'stream: Win.Test.EICAR_HDB-1 FOUND' : 'stream: OK')

/** The file, once its last part has come. @throws for what is not the protocol, which ends the test. */
function fileOf(received: Buffer): Buffer | undefined {
  if (received.length < command.length) return undefined
  if (!received.subarray(0, command.length).equals(command)) throw new Error(`no command: ${received.subarray(0, 20)}`)
  const parts: Buffer[] = []
  let at = command.length
  while (at + 4 <= received.length) {
    const length = received.readUInt32BE(at)
    if (length === 0) return Buffer.concat(parts)
    if (at + 4 + length > received.length) return undefined
    parts.push(received.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return undefined
}
