/** A queue on one Redis, and what this process knows of it from what it was told. */
import type { Taken } from '../../src/queue/offers.ts'
import { createQueue, type Queue } from '../../src/queue/queue.ts'
import { regionDefaults } from '../../src/queue/settings.ts'
import type { RedisClient } from '../../src/store/redis.ts'
import { asked, type Judged, type Worked } from '../callback-request.ts'
import { type Sabotage, spoil } from '../delivery.ts'
import { type Given, type Hold, outOfTurn, sharedHolds, unaccounted } from '../holding.ts'
import { inLanes } from '../lanes.ts'
import { libraryClient } from '../redis-client.ts'
import { closedLoop } from './pace.ts'

export interface QueueStoreOptions {
  readonly socket: string
  readonly region: string
  /** In whose portfolios the jobseekers are. */
  readonly advisors: readonly string[]
  /** Of this process, so that no two of them make requests of the same people. */
  readonly name: string
}

export interface Fill {
  readonly count: number
  /** Whether the advisor's team may take them at once; otherwise they stand in the advisor's own line only. */
  readonly openToTeam: boolean
  /** The first so many of the region's topics are asked for in turn. */
  readonly topics: number
}

export interface WorkParams {
  /** So many of the advisors are at work. */
  readonly pool: number
  readonly seconds: number
  readonly topics: number
  /** What is asked for meanwhile may be taken by the whole team, as what a filled queue has first. */
  readonly openToTeam: boolean
}

interface Cycle {
  readonly topics: number
  readonly book: Book
  /** Whether another one comes after it. */
  readonly goesOn: () => boolean
}

/** What callers were told in one closed loop, in the order in which each of them was. */
interface Book {
  readonly holds: Hold[]
  readonly given: Given[]
  readonly requested: string[]
  readonly completed: string[]
}

const emptyBook = (): Book => ({ holds: [], given: [], requested: [], completed: [] })

/** On their way while a queue is filled or read back. */
const lanes = 500
/** Longer than any run: what is asked of advisors who are not at work stays where it is. */
const neverMs = 24 * 60 * 60_000
/** As many as a node has (src/app.ts). */
const connections = 4
/** Nobody lets an offer run out here. */
const leaseMs = 10 * 60_000
const team = 'Team of the benchmark'

/** ms of the machine's clock, which Redis's is as well. */
export const clock = (): number => performance.timeOrigin + performance.now()

export class QueueStore {
  readonly client: RedisClient
  readonly region: string
  readonly name: string
  readonly #queue: Queue
  readonly #advisors: readonly string[]
  /** Acknowledged and not yet offered to anybody; and offered before the acknowledgement was here. */
  readonly #waiting = new Set<string>()
  readonly #early = new Set<string>()
  #made = 0
  /** Of the last closed loop. */
  #book: Book = emptyBook()

  constructor({ socket, region, advisors, name }: QueueStoreOptions) {
    this.client = libraryClient(socket)
    const further = Array.from({ length: connections - 1 }, () => libraryClient(socket))
    this.region = region
    this.name = name
    this.#queue = createQueue({ client: this.client, further, leaseMs })
    this.#advisors = advisors
  }

  async fill({ count, openToTeam, topics }: Fill): Promise<void> {
    await this.#openToTeam(openToTeam)
    const advisors = this.#advisors
    await inLanes(Array(count).keys(), lanes, (n) => this.#request(advisors[n % advisors.length] ?? '', topics))
  }

  async work({ pool, seconds, topics, openToTeam }: WorkParams): Promise<Worked> {
    await this.#openToTeam(openToTeam)
    const book = emptyBook()
    this.#book = book
    const startedAt = performance.now()
    const goesOn = () => performance.now() < startedAt + seconds * 1_000
    const lane = (advisor: string) => async () => {
      let taken: Taken | undefined
      do taken = await this.#cycle(advisor, taken, { topics, book, goesOn })
      while (taken !== undefined)
    }
    await closedLoop(this.#advisors.slice(0, pool).map(lane), seconds)
    const took = (performance.now() - startedAt) / 1_000
    // As it was filled: others may be at work on it after this.
    await this.#openToTeam(false)
    return { cycles: book.completed.length, seconds: took }
  }

  /** @throws when one of them has no place. */
  async places(count: number): Promise<void> {
    const every = Math.max(1, Math.floor(this.#waiting.size / count))
    let n = 0
    const some = [...this.#waiting].filter(() => n++ % every === 0).slice(0, count)
    await inLanes(some, lanes, async (id) => {
      const { ahead } = await this.#queue.callbacks.place(this.region, id)
      if (ahead === undefined) throw new Error(`${id} waits and has no place`)
    })
  }

  async count(): Promise<{ told: number; known: number }> {
    return { told: await this.#queue.supervision.waiting(this.region), known: this.#waiting.size }
  }

  /**
   * Of one advisor: somebody of their portfolio asks, and they take what they were offered with the end of the last one, or
   * what comes first for them. @returns what they are offered with the end of this one.
   */
  async #cycle(advisor: string, known: Taken | undefined, { topics, book, goesOn }: Cycle): Promise<Taken | undefined> {
    const { offers } = this.#queue
    const taker = { advisor, name: `Name of ${advisor}`, team }
    const asking = this.#request(advisor, topics)
    let taken = known ?? (await offers.offer(this.region, taker))
    const made = taken === undefined ? await asking : asking
    taken ??= await offers.offer(this.region, taker)
    if (taken === undefined) throw new Error(`${advisor} was offered nothing while ${String(made)} waited`)
    const { callback, offer } = taken
    const { id, readyAt } = callback
    const from = clock()
    if (!this.#waiting.delete(id)) this.#early.add(id)
    book.given.push({ advisor, id, readyAt, own: callback.advisor === advisor })
    await offers.accept(this.region, advisor, id, offer.token)
    book.holds.push({ id, session: advisor, token: offer.token, from, until: clock() })
    const outcome = { callback: id, token: offer.token, disposition: 'answered' } as const
    // The last one is followed by none, so that everything else waits when the loop is over.
    const { next } = goesOn()
      ? await offers.completeAndOffer(this.region, taker, outcome)
      : { next: void (await offers.complete(this.region, advisor, outcome)) }
    book.completed.push(id)
    book.requested.push(await asking)
    return next
  }

  /** By somebody new, so that no earlier request stands in its way. @returns its id. */
  async #request(advisor: string, topics: number): Promise<string> {
    this.#made += 1
    const jobseeker = `${this.name}-jobseeker-${this.#made}`
    const { callback } = await this.#queue.callbacks.request(this.region, {
      ...asked,
      ...{ key: `${jobseeker}-key`, jobseeker, jobseekerName: `Name of ${jobseeker}`, advisor, team },
      topic: regionDefaults.topics[this.#made % topics] ?? '',
    })
    if (!this.#early.delete(callback.id)) this.#waiting.add(callback.id)
    return callback.id
  }

  /** Of the last closed loop. Reads back what was acknowledged, which is no part of the work. */
  async judge(sabotage: Sabotage | undefined): Promise<Judged> {
    const { holds, given, requested, completed } = this.#book
    const states = new Map<string, string | undefined>()
    await inLanes(new Set([...requested, ...completed]), lanes, async (id) => {
      states.set(id, (await this.#queue.callbacks.get(this.region, id).catch(() => undefined))?.state)
    })
    // A completion that nobody heard of; one that two were told; an advisor who was given the later one first.
    const told = {
      holds:
        sabotage === 'duplicated' ? [...holds, ...holds.slice(0, 1).map((hold) => ({ ...hold, session: 'x' }))] : holds,
      given: sabotage === 'reordered' ? given.toReversed() : given,
      completed: sabotage === 'lost' ? spoil(completed, sabotage) : completed,
    }
    return {
      shared: sharedHolds(told.holds),
      lost: unaccounted({ acknowledged: requested, completed: told.completed, states }),
      late: outOfTurn(told.given),
    }
  }

  /** Of what is asked for from now on. */
  async #openToTeam(isOpen: boolean): Promise<void> {
    const waits = { ownWaitMs: isOpen ? 0 : neverMs, coverWaitMs: 0, teamWaitMs: neverMs }
    await this.#queue.policies.setRegion(this.region, { maxWaitMs: 3 * neverMs, ...waits })
  }
}
