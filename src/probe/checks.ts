/** What a probe asks of a node, from outside, like anybody who wants in. */
import { subprotocol } from '../protocol/frames.ts'
import type { Check } from './line.ts'

export interface ChecksOptions {
  /** Of the node or of the load balancer before it: `https://host/prefix`. */
  readonly url: string
  readonly timeoutMs: number
}

/** Looks once. @returns what failed; nothing: all is well. Never rejects. */
export async function look({ url, timeoutMs }: ChecksOptions): Promise<Check[]> {
  const base = url.replace(/\/+$/, '')
  const [http, websocket, parts] = await Promise.all([
    isAlive(base, timeoutMs),
    opensSocket(base, timeoutMs),
    partsOf(base, timeoutMs),
  ])
  return [
    ...(http ? [] : (['http'] as const)),
    ...(websocket ? [] : (['websocket'] as const)),
    ...(parts.redis ? [] : (['redis'] as const)),
    ...(parts.worker ? [] : (['worker'] as const)),
  ]
}

const isAlive = (base: string, timeoutMs: number): Promise<boolean> =>
  fetch(`${base}/livez`, { signal: AbortSignal.timeout(timeoutMs) }).then(
    async (response) => {
      await response.arrayBuffer()
      return response.ok
    },
    () => false,
  )

/** The node asks its storage and its media workers for a sign of life; when it does not answer, neither do they. */
async function partsOf(base: string, timeoutMs: number): Promise<{ redis: boolean; worker: boolean }> {
  try {
    const response = await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(timeoutMs) })
    const { redis, worker } = (await response.json()) as { redis?: unknown; worker?: unknown }
    return { redis: redis === true, worker: worker === true }
  } catch {
    return { redis: false, worker: false }
  }
}

/** Up to where a session would be opened. */
function opensSocket(base: string, timeoutMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/ws`, subprotocol)
  const timer = setTimeout(() => resolve(false), timeoutMs)
  socket.addEventListener('open', () => resolve(socket.protocol === subprotocol))
  socket.addEventListener('error', () => resolve(false))
  return promise.finally(() => {
    clearTimeout(timer)
    socket.close()
  })
}
