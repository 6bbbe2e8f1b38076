/** One request to the REST of a server, with what it answers or a VisavisError. */
import { VisavisError } from '../src/protocol/errors.ts'
import type { WireError } from '../src/protocol/index.ts'
import type { ConnectOptions } from './connection.ts'
import { fromWire } from './requests.ts'

/** @param path below `/api/`. @throws VisavisError: the server's own, or UNAVAILABLE when it cannot be reached. */
export async function sendRest<T>(
  { url, token }: Pick<ConnectOptions, 'url' | 'token'>,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const base = url.replace(/^ws/, 'http').replace(/\/+$/, '')
  const headers = { authorization: `Bearer ${await token()}` }
  const response = await fetch(`${base}/api/${path}`, {
    method,
    ...(body === undefined
      ? { headers }
      : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw away(cause)
  })
  const answer = (await response.json().catch(() => undefined)) as { readonly error?: WireError } | undefined
  if (response.ok && answer !== undefined) return answer as T
  if (answer?.error !== undefined) throw fromWire(answer.error)
  throw response.status >= 500 ? away() : new VisavisError('INTERNAL', `the server answered ${response.status}`)
}

const away = (cause?: unknown) => new VisavisError('UNAVAILABLE', 'the server cannot be reached', { cause })
