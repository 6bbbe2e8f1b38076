/**
 * Files that go with messages: sent over HTTP beside the connection, and fetched by short-lived links. What was sent is
 * part of a message once `chat` has sent one with its id.
 */
import { VisavisError } from '../src/protocol/errors.ts'
import type { Attachment, WireError } from '../src/protocol/index.ts'
import { backoffMs } from './backoff.ts'
import type { Connection, ConnectOptions } from './connection.ts'
import { makeKey } from './key.ts'
import { fromWire } from './requests.ts'

export interface UploadOptions {
  /** The file's name, without its folder. */
  readonly name: string
  /** Told the share that has been sent, from 0 to 1. Where that cannot be known (Node) only the end is told. */
  readonly onProgress?: (share: number) => void
  /** Gives the upload up; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** The server takes no longer one, and an ending matters more than a beginning. */
const maxNameLength = 500
/** Attempts while the server, or the network, is away. */
const mostAttempts = 6

interface Sending {
  readonly url: string
  readonly token: string
  readonly file: Blob
  readonly onProgress: ((share: number) => void) | undefined
  readonly signal: AbortSignal | undefined
}

interface Answer {
  readonly status: number
  readonly text: string
}

export class Attachments {
  readonly #connection: Connection
  readonly #options: Pick<ConnectOptions, 'url' | 'token'>

  constructor(connection: Connection, options: Pick<ConnectOptions, 'url' | 'token'>) {
    this.#connection = connection
    this.#options = options
  }

  /**
   * Sends a file. Tries again by itself while the server is away; that never makes two files.
   * @throws VisavisError UNSUPPORTED with a word in `details.reason`, TOO_LARGE with `details.maxBytes`, RATE_LIMITED,
   * FORBIDDEN; UNAVAILABLE when it was away for too long.
   */
  async upload(channel: string, file: Blob, { name, onProgress, signal }: UploadOptions): Promise<Attachment> {
    const query = new URLSearchParams({ name: name.slice(-maxNameLength), key: makeKey() })
    const url = `${this.#base()}/api/channels/${encodeURIComponent(channel)}/attachments?${query}`
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted()
      try {
        const token = await this.#options.token()
        const attachment = attachmentOf(await send({ url, token, file, onProgress, signal }))
        onProgress?.(1)
        return attachment
      } catch (error) {
        signal?.throwIfAborted()
        const away = error instanceof VisavisError && error.code === 'UNAVAILABLE'
        if (!away || attempt + 1 >= mostAttempts) throw error
        await pause(backoffMs(attempt, Math.random(), error.retryAfterMs), signal)
      }
    }
  }

  /** Where a file can be fetched until `expiresAt` (ms, the server's clock): to be opened at once, never to be kept. */
  async link(channel: string, id: string): Promise<{ url: string; expiresAt: number }> {
    const { url, expiresAt } = await this.#connection.call('attachment.link', { channel, attachment: id })
    return { url: `${this.#base()}/${url}`, expiresAt }
  }

  #base(): string {
    return this.#options.url.replace(/^ws/, 'http').replace(/\/+$/, '')
  }
}

const away = (cause?: unknown) => new VisavisError('UNAVAILABLE', 'the server cannot be reached', { cause })

/** Progress of what is sent is told to XMLHttpRequest only. */
const send = (sending: Sending): Promise<Answer> =>
  sending.onProgress === undefined || typeof XMLHttpRequest === 'undefined' ? sendByFetch(sending) : sendByXhr(sending)

// The type is the server's to find out; a Blob may say anything.
const headersOf = (token: string) => ({
  authorization: `Bearer ${token}`,
  'content-type': 'application/octet-stream',
})

async function sendByFetch({ url, token, file, signal }: Sending): Promise<Answer> {
  try {
    const init = { method: 'POST', headers: headersOf(token), body: file }
    const response = await fetch(url, signal === undefined ? init : { ...init, signal })
    return { status: response.status, text: await response.text() }
  } catch (cause) {
    throw away(cause)
  }
}

function sendByXhr({ url, token, file, onProgress, signal }: Sending): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const request = new XMLHttpRequest()
  const abort = () => request.abort()
  request.open('POST', url)
  for (const [name, value] of Object.entries(headersOf(token))) request.setRequestHeader(name, value)
  request.upload.onprogress = ({ loaded, total }) => onProgress?.(total === 0 ? 0 : loaded / total)
  request.onload = () => resolve({ status: request.status, text: request.responseText })
  request.onerror = () => reject(away())
  request.onabort = () => reject(away())
  signal?.addEventListener('abort', abort)
  request.onloadend = () => signal?.removeEventListener('abort', abort)
  request.send(file)
  return promise
}

/** @throws VisavisError: the server's own, or what the status of a proxy that answers in its place means. */
function attachmentOf({ status, text }: Answer): Attachment {
  const body = parsed(text) as { readonly error?: WireError } | undefined
  if (status === 200 && body !== undefined) return body as Attachment
  if (body?.error !== undefined) throw fromWire(body.error)
  if (status === 413) throw new VisavisError('TOO_LARGE', 'the file is too large')
  if (status >= 500) throw away()
  throw new VisavisError('INTERNAL', `the server answered ${status}`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Over when the signal is. */
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
