/**
 * Has files scanned by clamd: its INSTREAM command over TCP or a unix socket, one connection per file. A file that could
 * not be scanned is not let through.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Logger } from 'pino'
import { VisavisError } from '../protocol/index.ts'
import { refusal } from './refusals.ts'

/** @throws VisavisError UNSUPPORTED when something is found, UNAVAILABLE when the scanner did not say that nothing was. */
export type Scan = (file: AsyncIterable<Uint8Array>) => Promise<void>

export interface ClamavOptions {
  /** `host:port`, or the path of a unix socket. */
  readonly address: string
  readonly log: Logger
  /** Without a byte either way for so long, the scanner is given up. */
  readonly silenceMs?: number
}

/** The reply is one line; more would be something else. */
const clean = 'stream: OK'
const foundPattern = /^stream: (.+) FOUND$/

export function clamav({ address, log, silenceMs = 60_000 }: ClamavOptions): Scan {
  return async (file) => {
    const reply = await ask(address, file, silenceMs).catch((cause: unknown) => {
      log.error({ err: cause }, 'the virus scanner cannot be reached; files are refused until it can')
      throw away(cause)
    })
    if (reply === clean) return
    const signature = foundPattern.exec(reply)?.[1]
    if (signature === undefined) {
      log.error({ reply }, 'the virus scanner could not scan a file')
      throw away()
    }
    log.warn({ signature }, 'the virus scanner found something in a file')
    throw refusal('infected')
  }
}

const away = (cause?: unknown) =>
  new VisavisError('UNAVAILABLE', 'the virus scanner is away for the moment', cause === undefined ? {} : { cause })

async function ask(address: string, file: AsyncIterable<Uint8Array>, silenceMs: number): Promise<string> {
  const socket = open(address)
  try {
    socket.setTimeout(silenceMs, () => socket.destroy(new Error(`clamd was silent for ${silenceMs} ms`)))
    await once(socket, 'connect')
    // It closes the connection when it has answered.
    const [reply] = await Promise.all([text(socket), pipeline(framed(file), socket, { end: false })])
    return reply.replace(/\0$/, '')
  } finally {
    socket.destroy()
  }
}

function open(address: string): Socket {
  const [, host, port] = /^(?!\/)(.+):(\d+)$/.exec(address) ?? []
  if (host === undefined) return connect(address)
  // An IPv6 address is written in brackets.
  return connect(Number(port), host.replace(/^\[(.+)\]$/, '$1'))
}

/** `z`: command and reply end with NUL. Each part has its length before it, and one without length is the last. */
async function* framed(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from('zINSTREAM\0')
  for await (const part of file) {
    yield lengthOf(part.byteLength)
    yield part
  }
  yield lengthOf(0)
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes)
  return length
}
