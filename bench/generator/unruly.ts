/**
 * A queue under hands that do everything wrong: two sessions of each advisor ask at once, some fall asleep over an offer
 * and come back with its token, some decline, and some advisors are not there at all. Judged from what they were told.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Offer, VisavisError } from '../../src/protocol/index.ts'
import { createQueue, type Queue } from '../../src/queue/queue.ts'
import { mostOvertaken } from '../../src/queue/settings.ts'
import { asked } from '../callback-request.ts'
import { type Ask, type Hold, overdue, sharedHolds, unaccounted } from '../holding.ts'
import { libraryClient } from '../redis-client.ts'
import { seeded } from '../statistics.ts'
import { openLoop } from './pace.ts'
import { clock } from './queue-store.ts'

export interface UnrulyParams {
  readonly socket: string
  /** One of its own. */
  readonly region: string
  readonly advisors: number
  readonly perSecond: number
  readonly seconds: number
}

export interface Unruly {
  readonly shared: readonly string[]
  readonly lost: readonly string[]
  readonly late: readonly string[]
  readonly requests: number
  /** Acts with a lease that was over: all of them must be refused. */
  readonly refused: number
  readonly declined: number
  /** From readiness to the first offer. */
  readonly longestWaitMs: number
}

const sessionsEach = 2
/** Of the advisors in whose portfolios the jobseekers are, one of so many never comes. */
const absentEvery = 4
const leaseMs = 250
const sweepEveryMs = 20
/** How long an advisor has a callback, and how long one sleeps. */
const callMs = 5
const sleepMs = 1.5 * leaseMs
/** Of the offers. */
const asleep = 0.1
const declining = 0.1
/** Soon enough for a short run: after these a request is everybody's. */
const waits = { ownWaitMs: 100, coverWaitMs: 0, teamWaitMs: 100, ownStartMs: 50, coverStartMs: 0, teamStartMs: 25 }
const settings = { ...waits, priorityMs: 0, maxWaitMs: 250 }
/** A sweep that has done as many things has done all that was due: it takes up to 100 (src/queue/desks.ts). */
const leftNothing = 50
const drainMs = 20_000
const teams = ['Team A', 'Team B']

/** An advisor, as their own sessions know of each other. */
interface Person {
  readonly advisor: string
  readonly team: string
  /** Asks so far, and offers in hand. */
  asks: number
  held: number
}

interface Book {
  readonly holds: Hold[]
  readonly asks: Ask[]
  readonly requests: { readonly id: string; readonly readyAt: number }[]
  readonly completed: string[]
  readonly declined: Set<string>
  /** What a lease that was over could still do, and answers that nobody should get. */
  readonly wrong: string[]
  refused: number
}

export async function actUnruly({ socket, region, advisors, perSecond, seconds }: UnrulyParams): Promise<Unruly> {
  const client = libraryClient(socket)
  using _client = { [Symbol.dispose]: () => client.disconnect() }
  const queue = createQueue({ client, leaseMs })
  await queue.policies.setRegion(region, settings)
  const book: Book = {
    ...{ holds: [], asks: [], requests: [], completed: [], declined: new Set<string>(), wrong: [] },
    refused: 0,
  }
  const people = Array.from({ length: advisors }, (_, n) => person(n))
  const sessions = people
    .filter((_, n) => n % absentEvery !== 0)
    .flatMap((person) =>
      Array.from({ length: sessionsEach }, (_, n) => ({ person, session: `${person.advisor} ${n}` })),
    )

  const sweeps: { sentAt: number; toldAt: number }[] = []
  const closing = new AbortController()
  const running = [
    repeat(closing.signal, sweepEveryMs, async () => {
      const sentAt = clock()
      const done = await queue.desks.sweep(region)
      if (done <= leftNothing) sweeps.push({ sentAt, toldAt: clock() })
    }),
    ...sessions.map((each, n) =>
      actAsAdvisor({ queue, region, book, ...each, random: seeded(n), closed: closing.signal }),
    ),
  ]
  const making: Promise<void>[] = []
  await openLoop(perSecond, seconds, (n) => {
    const { advisor, team } = people[n % people.length] ?? person(0)
    const jobseeker = { jobseeker: `j${n}`, jobseekerName: `Name of j${n}`, key: `request-of-j${n}` }
    const made = queue.callbacks.request(region, { ...asked, ...jobseeker, advisor, team })
    making.push(made.then(({ callback: { id, readyAt } }) => void book.requests.push({ id, readyAt })))
  })
  await Promise.all(making)
  await drained(book)
  closing.abort()
  await Promise.all(running)

  const states = new Map<string, string | undefined>()
  for (const { id } of book.requests)
    states.set(id, (await queue.callbacks.get(region, id).catch(() => undefined))?.state)
  const acknowledged = book.requests.map(({ id }) => id)
  const bound = { mostMs: settings.maxWaitMs, overtakenMs: mostOvertaken(await queue.policies.region(region)), sweeps }
  const { holds, asks, requests, completed, declined, refused } = book
  return {
    shared: [...sharedHolds(holds), ...book.wrong],
    lost: unaccounted({ acknowledged, completed, states }),
    late: overdue(requests, asks, bound, declined),
    ...{ requests: requests.length, refused, declined: declined.size, longestWaitMs: longestWait(book) },
  }
}

const person = (n: number): Person => ({ advisor: `a${n}`, team: teams[n % teams.length] ?? '', asks: 0, held: 0 })

interface Acting {
  readonly queue: Queue
  readonly region: string
  readonly book: Book
  readonly person: Person
  readonly session: string
  readonly random: () => number
  readonly closed: AbortSignal
}

async function actAsAdvisor(acting: Acting): Promise<void> {
  const { queue, region, book, person, session, closed } = acting
  const { advisor, team } = person
  const taker = { advisor, name: advisor, team }
  await queue.desks.arrived(region, taker)
  await repeat(closed, 1, async () => {
    person.asks += 1
    const { asks, held } = person
    const sentAt = clock()
    const taken = await queue.offers.offer(region, taker)
    const toldAt = clock()
    // Only then it was surely the one thing they did, and they were free all the while.
    const alone = held === 0 && person.held === 0 && person.asks === asks
    if (taken === undefined) {
      if (alone) book.asks.push({ advisor, sentAt, toldAt, given: undefined })
      await delay(callMs)
      return
    }
    const { id, readyAt } = taken.callback
    book.asks.push({ advisor, sentAt, toldAt, given: { id, readyAt } })
    person.held += 1
    await answer(acting, taken.offer, toldAt).catch((error: unknown) => {
      book.wrong.push(`${session}, ${id}: ${error instanceof Error ? error.message : String(error)}`)
    })
    person.held -= 1
  })
}

/** Declines, falls asleep over it, or takes it. Whoever was too late is away until they say otherwise. */
async function answer(acting: Acting, { callback: id, token, leaseUntil }: Offer, from: number): Promise<void> {
  const { queue, region, book, person, session, random } = acting
  const { advisor } = person
  const { offers } = queue
  const holdUntil = (until: number) => book.holds.push({ id, session, token, from, until })
  const how = random()
  if (how < declining) {
    holdUntil(clock())
    if (await isRefused(offers.decline(region, advisor, { callback: id, token, reason: 'other' })))
      return comeBack(acting)
    book.declined.add(`${id} ${advisor}`)
    return
  }
  if (how < declining + asleep) {
    // Theirs until the lease is over, as far as they know; then they act as if it still were.
    holdUntil(leaseUntil)
    await delay(sleepMs)
    if (await isRefused(offers.accept(region, advisor, id, token))) return comeBack(acting)
    book.wrong.push(`${session} accepted ${id} when its lease was over`)
    return
  }
  if (await isRefused(offers.accept(region, advisor, id, token))) {
    // The machine was slower than the lease is long.
    holdUntil(Math.min(leaseUntil, clock()))
    return comeBack(acting)
  }
  await delay(callMs)
  holdUntil(clock())
  await offers.complete(region, advisor, { callback: id, token, disposition: 'answered' })
  book.completed.push(id)
}

/** Ready again, once the queue has noticed that the offer ran out. */
async function comeBack({ queue, region, book, person: { advisor }, closed }: Acting): Promise<void> {
  book.refused += 1
  while (!closed.aborted && (await queue.desks.get(region, advisor)).state !== 'away') await delay(callMs)
  await queue.desks.set(region, advisor, 'ready')
}

/** Whether it was answered that the lease is over. @throws any other error. */
async function isRefused(act: Promise<unknown>): Promise<boolean> {
  try {
    await act
    return false
  } catch (error) {
    if (error instanceof VisavisError && error.code === 'GONE') return true
    throw error
  }
}

async function repeat(closed: AbortSignal, everyMs: number, act: () => Promise<unknown>): Promise<void> {
  while (!closed.aborted) {
    await act()
    await delay(everyMs)
  }
}

/** Until all is done, or has had more than enough time to be. */
async function drained({ requests, completed }: Book): Promise<void> {
  const deadline = performance.now() + drainMs
  while (completed.length < requests.length && performance.now() < deadline) await delay(5)
}

function longestWait({ requests, asks }: Book): number {
  const firstAt = new Map<string, number>()
  for (const { given, toldAt } of asks) {
    if (given !== undefined) firstAt.set(given.id, Math.min(toldAt, firstAt.get(given.id) ?? toldAt))
  }
  return Math.max(0, ...requests.map(({ id, readyAt }) => (firstAt.get(id) ?? clock()) - readyAt))
}
