/**
 * Requests over HTTP. As many as the server answers by autocannon (closed loop). At a pace of their own by a keep-alive agent:
 * autocannon 9 sends what is due in a second all at its beginning, and what it adds for the requests that were held up supposes
 * one millisecond between any two of them.
 */
import { Agent, request } from 'node:http'
import autocannon from 'autocannon'
import { encode, latencyHistogram, recordMs } from '../latency.ts'
import { serveJob, type Window } from './job.ts'
import { lateness, type Own } from './lateness.ts'
import { openLoop } from './pace.ts'

/** What is asked, and what proves that it was answered. */
export interface Asked {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** The whole answer, or how it begins when each is another one. */
  readonly answer: string
  readonly isWhole: boolean
}

export interface HttpJob {
  readonly url: string
  readonly asked: Asked
  readonly connections: number
  /** Requests a second (open loop), or the closed loop. */
  readonly load: { readonly perSecond: number } | 'closed'
  readonly seconds: number
  readonly warmUpSeconds: number
  /** So many requests in the closed loop, however long they take, instead of as many as there are in `seconds`. */
  readonly amount: number | undefined
}

export interface HttpOutcome {
  readonly answered: number
  /** For how long it asked. */
  readonly seconds: number
  /** Encoded histogram; empty of the closed loop. */
  readonly latency: string
  readonly own: Own
  /** What went wrong, a sentence each. */
  readonly faults: readonly string[]
}

const sampleMs = 50
/** Fewer have no percentiles. */
const leastRequests = 5

export const isRight = ({ answer, isWhole }: Asked, body: string): boolean =>
  isWhole ? body === answer : body.startsWith(answer)

async function work(job: HttpJob, window: Window): Promise<HttpOutcome> {
  await closed({ ...job, amount: undefined }, job.warmUpSeconds)
  const own = lateness()
  await window.open()
  await own.start()
  const { load, seconds } = job
  const latency = latencyHistogram()
  const found = load === 'closed' ? await closed(job, seconds) : await paced(job, load.perSecond, latency, own.acted)
  window.close()
  return { ...found, latency: encode(latency), own: await own.stop() }
}

type Found = Pick<HttpOutcome, 'answered' | 'seconds' | 'faults'>

async function closed({ url, asked, connections, amount }: HttpJob, seconds: number): Promise<Found> {
  const { path, method, headers, body } = asked
  const startedAt = performance.now()
  const found = await autocannon({
    ...{ url: url + path, method, headers: { ...headers }, connections, duration: seconds, sampleInt: sampleMs },
    ...(body === undefined ? {} : { body }),
    ...(amount === undefined ? {} : { amount }),
    verifyBody: (body) => isRight(asked, String(body)),
  })
  const { errors, timeouts, mismatches, non2xx } = found
  return {
    answered: found['2xx'],
    seconds: (performance.now() - startedAt) / 1_000,
    faults: Object.entries({ errors, timeouts, 'wrong answers': mismatches, 'answers other than 2xx': non2xx }).flatMap(
      ([what, count]) => (count === 0 ? [] : [`${method} ${path}: ${count} ${what}`]),
    ),
  }
}

/** Each request is due at its time and its latency counts from then, though it may wait for a connection. */
async function paced(
  { url, asked, connections, seconds }: HttpJob,
  perSecond: number,
  latency: ReturnType<typeof latencyHistogram>,
  acted: (dueAt: number) => void,
): Promise<Found> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const faults = new Set<string>()
  const asking: Promise<void>[] = []
  let answered = 0
  const startedAt = performance.now()
  await openLoop(perSecond, Math.max(seconds, leastRequests / perSecond), (_, dueAt) => {
    acted(dueAt)
    const asks = ask(url, asked, agent).then(
      (fault) => {
        recordMs(latency, performance.now() - dueAt)
        answered += 1
        if (fault !== undefined) faults.add(fault)
      },
      (error: unknown) => void faults.add(`${asked.path}: ${String(error)}`),
    )
    asking.push(asks)
  })
  await Promise.all(asking)
  agent.destroy()
  return { answered, seconds: (performance.now() - startedAt) / 1_000, faults: [...faults] }
}

/** @returns what is wrong with the answer. */
function ask(url: string, asked: Asked, agent: Agent): Promise<string | undefined> {
  const { path, method, headers, body } = asked
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, headers, agent }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.once('error', reject)
      response.once('end', () => {
        const isDone = response.statusCode === 200 && isRight(asked, Buffer.concat(parts).toString())
        resolve(isDone ? undefined : `${method} ${path}: another answer, status ${response.statusCode}`)
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

serveJob(work)
