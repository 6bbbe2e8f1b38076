/** The body of a request as it comes, as long as it comes fast enough. */
import type { IncomingMessage } from 'node:http'
import { VisavisError } from '../protocol/index.ts'
import { Pace, type PaceRule } from './pace.ts'

/**
 * What is not read when the reader stops is left to whoever has the request: the connection stays open for the answer.
 * @throws VisavisError BAD_REQUEST when it is too slow or breaks off.
 */
export async function* pacedBody(request: IncomingMessage, rule: PaceRule): AsyncGenerator<Uint8Array> {
  const pace = new Pace(rule, performance.now())
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array, undefined>
  let waiting = false
  try {
    for (;;) {
      waiting = true
      const next = await inTime(chunks.next(), pace.leftMs(performance.now()), rule)
      waiting = false
      if (next.done === true) return
      pace.took(next.value.byteLength, performance.now())
      yield next.value
    }
  } catch (cause) {
    if (cause instanceof VisavisError) throw cause
    throw new VisavisError('BAD_REQUEST', 'the body was broken off', { cause })
  } finally {
    // While something is awaited it would wait for that as well, and there is nothing to let go of.
    if (!waiting) await chunks.return?.()
  }
}

async function inTime<T>(work: Promise<T>, leftMs: number, { bytesPerSecond }: PaceRule): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new VisavisError('BAD_REQUEST', `the body came too slowly: at least ${bytesPerSecond} bytes a second`))
  }, leftMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
