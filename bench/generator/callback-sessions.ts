/**
 * Jobseekers who ask to be called back, and advisors who take what they are offered at once, each with a connection of
 * their own to a node.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Callback, Offer } from '../../src/protocol/index.ts'
import { asked } from '../callback-request.ts'
import { type Sabotage, spoil } from '../delivery.ts'
import { type Hold, sharedHolds, unaccounted } from '../holding.ts'
import { inLanes } from '../lanes.ts'
import { encode, type Histogram, latencyHistogram, recordMs } from '../latency.ts'
import { serveOrders } from '../orders.ts'
import { openSocket, Refusal, type Socket } from '../socket.ts'
import { seeded } from '../statistics.ts'
import type { Portfolio } from '../visavis.ts'
import { openLoop } from './pace.ts'

export type CallbackSessionOrders = {
  /** Opens the sessions of advisors and of those who follow; adds to those that are open. */
  open(params: { readonly url: string; readonly portfolios: readonly Portfolio[] }): Promise<void>
  ask(params: Asking): Promise<Asked>
  close(params: object): Promise<void>
}

export interface Asking {
  /** Open loop at so many requests a second; or closed loop, in which everybody asks again as soon as they were called. */
  readonly load: { readonly perSecond: number } | 'closed'
  readonly seconds: number
  readonly sabotage: Sabotage | undefined
}

export interface Asked {
  /** Requested, offered, accepted and completed. */
  readonly cycles: number
  readonly seconds: number
  /** Encoded: from the moment a request is due until its advisor hears of the offer. */
  readonly latency: string
  readonly shared: readonly string[]
  readonly lost: readonly string[]
}

interface Jobseeker {
  readonly id: string
  readonly socket: Socket
  /** When the request that is open was due; undefined while there is none. */
  dueAt: number | undefined
  /** Answered at the end of it. */
  done: () => void
}

const lanes = 32
const drainMs = 20_000
/** As the SDK does: what may be repeated is, for so long. */
const insistMs = 15_000
const againMs = 100
const jobseekers = new Map<string, Jobseeker>()
const advisors: Socket[] = []
/** Without an open request. */
let idle: Jobseeker[] = []
const random = seeded(1)
/** Due while nobody was without an open request. */
let overdue: number[] = []
let made = 0
let book = newBook()

interface Book {
  readonly latency: Histogram
  readonly holds: Hold[]
  readonly acknowledged: string[]
  readonly completed: string[]
  /** As jobseekers heard of it. */
  readonly states: Map<string, string>
  readonly failed: unknown[]
}

function newBook(): Book {
  return {
    ...{ latency: latencyHistogram(), holds: [], acknowledged: [], completed: [] },
    ...{ states: new Map<string, string>(), failed: [] },
  }
}

async function open({ url, portfolios }: { readonly url: string; readonly portfolios: readonly Portfolio[] }) {
  // Jobseekers first: whoever is offered something has somebody who asked.
  const following = portfolios.flatMap(({ channels }) => channels)
  await inLanes(following, lanes, async ({ channel: id, token }) => {
    const socket = await openSocket(url, token)
    const jobseeker: Jobseeker = { id, socket, dueAt: undefined, done: () => {} }
    jobseekers.set(id, jobseeker)
    idle.push(jobseeker)
    socket.onEvent = ({ event, data }) => {
      if (event === 'callback.changed') heard(jobseeker, (data as { callback: Callback }).callback)
    }
  })
  await inLanes(portfolios, lanes, async ({ advisor, token }) => {
    const socket = await openSocket(url, token)
    advisors.push(socket)
    socket.onEvent = ({ event, data }) => {
      if (event !== 'callback.offered') return
      const { callback, offer } = data as { callback: Callback; offer: Offer }
      take(advisor, socket, callback, offer).catch((error: unknown) => book.failed.push(error))
    }
  })
}

async function insist(socket: Socket, method: string, params: object): Promise<unknown> {
  const deadline = performance.now() + insistMs
  for (;;) {
    try {
      return await socket.call(method, params)
    } catch (error) {
      if (!(error instanceof Refusal) || !error.retryable || performance.now() > deadline) throw error
      await delay(error.retryAfterMs ?? againMs)
    }
  }
}

async function take(advisor: string, socket: Socket, { id, jobseeker }: Callback, { token }: Offer): Promise<void> {
  const { latency, holds, completed } = book
  const from = performance.now()
  const dueAt = jobseekers.get(jobseeker)?.dueAt
  if (dueAt === undefined) throw new Error(`${id} was offered and never asked for`)
  recordMs(latency, from - dueAt)
  await insist(socket, 'callback.accept', { callback: id, token })
  holds.push({ id, session: advisor, token, from, until: performance.now() })
  await insist(socket, 'callback.complete', { callback: id, token, disposition: 'answered' })
  completed.push(id)
}

function heard(jobseeker: Jobseeker, { id, state }: Callback): void {
  book.states.set(id, state)
  if (state !== 'done') return
  jobseeker.dueAt = undefined
  jobseeker.done()
}

/** Asks, and resolves when it has heard that it was called. */
async function request(jobseeker: Jobseeker, dueAt: number): Promise<void> {
  made += 1
  jobseeker.dueAt = dueAt
  const called = new Promise<void>((resolve) => {
    jobseeker.done = resolve
  })
  const key = `${process.pid}-request-${made}`
  const answer = await insist(jobseeker.socket, 'callback.request', { ...asked, key })
  const { callback, created } = answer as { callback: Callback; created: boolean }
  if (!created) throw new Error(`${jobseeker.id} had an open request`)
  book.acknowledged.push(callback.id)
  await called
}

async function ask({ load, seconds, sabotage }: Asking): Promise<Asked> {
  book = newBook()
  idle = [...jobseekers.values()]
  overdue = []
  const startedAt = performance.now()
  const end = startedAt + seconds * 1_000
  const fail = (error: unknown) => book.failed.push(error)
  if (load === 'closed') {
    const lane = async (jobseeker: Jobseeker) => {
      while (performance.now() < end && book.failed.length === 0) await request(jobseeker, performance.now())
    }
    const late = delay(seconds * 1_000 + drainMs, undefined, { ref: false })
    await Promise.race([late, Promise.all([...jobseekers.values()].map((each) => lane(each).catch(fail)))])
  } else {
    await openLoop(load.perSecond, seconds, (_, dueAt) => begin(dueAt, fail))
  }
  await drained(load === 'closed' ? 0 : Math.round(load.perSecond * seconds))
  const took = (performance.now() - startedAt) / 1_000
  if (book.failed.length > 0) throw book.failed[0]
  const { latency, holds, acknowledged, completed, states } = book
  const first = holds.slice(0, 1).map((hold) => ({ ...hold, session: 'somebody else' }))
  return {
    ...{ cycles: completed.length, seconds: took, latency: encode(latency) },
    shared: sharedHolds(sabotage === 'duplicated' ? [...holds, ...first] : holds),
    lost: unaccounted({
      acknowledged,
      completed: sabotage === 'lost' ? spoil(completed, sabotage) : completed,
      states,
    }),
  }
}

/** Those of one advisor ask no sooner after each other than those of two: the second would wait until the first is called. */
function anybody(): Jobseeker | undefined {
  const at = Math.floor(random() * idle.length)
  const [last] = idle.splice(-1)
  if (last === undefined || at === idle.length) return last
  const chosen = idle[at]
  idle[at] = last
  return chosen
}

/** By whoever has no open request; or later, but with its time of now, when everybody has one. */
function begin(dueAt: number, fail: (error: unknown) => void): void {
  const jobseeker = anybody()
  if (jobseeker === undefined) {
    overdue.push(dueAt)
    return
  }
  request(jobseeker, dueAt)
    .then(() => {
      idle.push(jobseeker)
      const next = overdue.shift()
      if (next !== undefined) begin(next, fail)
    })
    .catch(fail)
}

/** Until every request is done for both sides, or has had more than enough time to be. */
async function drained(atLeast: number): Promise<void> {
  const deadline = performance.now() + drainMs
  const isDone = () => {
    const { acknowledged, completed, failed } = book
    const open = [...jobseekers.values()].some(({ dueAt }) => dueAt !== undefined)
    return failed.length > 0 || (!open && completed.length === acknowledged.length && completed.length >= atLeast)
  }
  while (!isDone() && performance.now() < deadline) await delay(1)
}

serveOrders({
  open,
  ask,
  async close() {
    await Promise.all(
      [...advisors, ...[...jobseekers.values()].map(({ socket }) => socket)].map((each) => each.close()),
    )
  },
} satisfies CallbackSessionOrders)
