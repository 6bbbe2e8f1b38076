/**
 * Keeps the index up with its sources: a conversation that was touched is read on from where the index has it, and every
 * now and then all are compared, so that a touch that was lost costs no more than time.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Position } from '../protocol/index.ts'
import { type Place, placeKey } from './place.ts'
import type { SearchIndex } from './search-index.ts'
import type { Source, Space } from './source.ts'

export interface FollowerOptions {
  readonly index: SearchIndex
  readonly sources: ReadonlyMap<Space, Source>
  readonly log: Logger
  readonly channelsEveryMs: number
}

/** A conversation that the index has not caught up with: waiting for its turn, being read, or at rest after a failure. */
interface Behind {
  readonly place: Place
  failures: number
  run: Run | undefined
}

interface Run {
  /** Touched again since it began. */
  again: boolean
  /** Being forgotten: what was read must not be written. */
  cancelled: boolean
}

/** What comes within it is read together. */
const gatherMs = 250
/** Many, and then a pause: what they ask of Redis and of the threads goes together, and is written in few transactions. */
const runsAtOnce = 400
/**
 * A conversation is read once a second at most, all that was said in it meanwhile: however much is said, following takes
 * some 400 readings a second and no more.
 */
const shortestRunMs = 1_000
const pageSize = 200
const comparedAtOnce = 500
/** A comparison goes on when fewer are behind. */
const mostBehind = 2_000
const retryMs = 500
const longestRetryMs = 30_000
/** While the sources are away everything fails: one line in a while says so. */
const logEveryMs = 60_000

export class Follower {
  readonly #options: FollowerOptions
  readonly #behind = new Map<string, Behind>()
  /** Those of `#behind` whose turn is next, in order. */
  readonly #turns = new Set<string>()
  readonly #runs = new Set<Promise<void>>()
  /** Being forgotten: not to be read meanwhile. */
  readonly #held = new Set<string>()
  /** Spaces that were compared as a whole, so that all that is behind is known. */
  readonly #compared = new Set<Space>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #stop = new AbortController()
  readonly #every: NodeJS.Timeout
  #progress = Promise.withResolvers<void>()
  #comparing: Promise<void> | undefined
  #compareAgain = false
  #gathering = false
  #losses = 0
  #loggedAt = Number.NEGATIVE_INFINITY

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#every = setInterval(() => this.compare(), options.channelsEveryMs)
    this.compare()
  }

  /** How many conversations are known to be behind. */
  get behind(): number {
    return this.#behind.size
  }

  /** How often the index has lost what it had. */
  get losses(): number {
    return this.#losses
  }

  isBehind(places: readonly Place[]): boolean {
    return places.some((place) => {
      const key = placeKey(place)
      const isCompared = this.#compared.has(place.space) || !this.#options.sources.has(place.space)
      return !isCompared || this.#behind.has(key) || this.#held.has(key)
    })
  }

  touched(place: Place): void {
    if (!this.#options.sources.has(place.space) || this.#stop.signal.aborted) return
    this.#fallenBehind(place)
    if (this.#gathering) return
    this.#gathering = true
    this.#after(gatherMs, () => {
      this.#gathering = false
      this.#next()
    })
  }

  /** Compares all conversations soon: something may have been missed. */
  compare(): void {
    this.#compareAgain = true
    this.#comparing ??= this.#compareAll()
  }

  /** The index has lost what it had. */
  lost(): void {
    this.#losses += 1
    this.#compared.clear()
    this.compare()
  }

  /** Does something while these conversations are not read; what was read of them before is not written. */
  async without(places: readonly Place[], work: () => Promise<void>): Promise<void> {
    const keys = places.map(placeKey)
    for (const key of keys) {
      this.#held.add(key)
      const run = this.#behind.get(key)?.run
      if (run !== undefined) run.cancelled = true
    }
    try {
      await work()
    } finally {
      for (const key of keys) this.#held.delete(key)
      this.#next()
    }
  }

  /** Resolves when nothing is read any more. */
  async close(): Promise<void> {
    this.#stop.abort()
    clearInterval(this.#every)
    for (const timer of this.#timers) clearTimeout(timer)
    this.#progress.resolve()
    await Promise.all([this.#comparing, ...this.#runs])
  }

  #fallenBehind(place: Place): void {
    const key = placeKey(place)
    const known = this.#behind.get(key)
    if (known?.run !== undefined) known.run.again = true
    if (known !== undefined) return
    this.#behind.set(key, { place, failures: 0, run: undefined })
    this.#turns.add(key)
  }

  #next(): void {
    for (const key of this.#turns) {
      if (this.#runs.size >= runsAtOnce || this.#stop.signal.aborted) return
      const behind = this.#behind.get(key)
      if (behind === undefined || this.#held.has(key)) continue
      this.#turns.delete(key)
      const pause = delay(shortestRunMs, undefined, { signal: this.#stop.signal }).catch(() => {})
      const run = Promise.all([this.#run(key, behind), pause]).then(() => {
        this.#runs.delete(run)
        this.#next()
      })
      this.#runs.add(run)
    }
  }

  /** Never rejects. */
  async #run(key: string, behind: Behind): Promise<void> {
    const run: Run = { again: false, cancelled: false }
    behind.run = run
    try {
      await this.#catchUp(behind.place, run)
      behind.failures = 0
      if (run.again || run.cancelled) this.#turns.add(key)
      else this.#behind.delete(key)
    } catch (error) {
      this.#failed(key, behind, error)
    }
    behind.run = undefined
    this.#progress.resolve()
    this.#progress = Promise.withResolvers()
  }

  async #catchUp(place: Place, run: Run): Promise<void> {
    const { index, sources } = this.#options
    const source = sources.get(place.space)
    let from = await index.position(place)
    while (source !== undefined) {
      const { messages, position: to, more, oldest } = await source.changesSince(place.channel, from, pageSize)
      if (run.cancelled || this.#stop.signal.aborted) return
      if (from !== undefined && isAnother(from, to)) {
        await index.forget([place])
        from = undefined
        continue
      }
      // Of what is empty nothing is kept.
      if (from === undefined && to.offset === 0) return
      if (more && from?.offset === to.offset) throw new Error('the source does not go on')
      const isAdded = await index.add({ place, from, to, messages, oldest })
      if (run.cancelled) return
      if (!isAdded) throw new Error('the index stands elsewhere than it said')
      if (!more) return
      from = to
    }
  }

  #failed(key: string, behind: Behind, err: unknown): void {
    if (this.#stop.signal.aborted) return
    behind.failures += 1
    const now = performance.now()
    if (now - this.#loggedAt >= logEveryMs) {
      this.#loggedAt = now
      this.#options.log.warn({ err, place: behind.place, behind: this.behind }, 'search is behind; trying again')
    }
    this.#after(Math.min(retryMs * 2 ** (behind.failures - 1), longestRetryMs), () => {
      this.#turns.add(key)
      this.#next()
    })
  }

  /** Never rejects. */
  async #compareAll(): Promise<void> {
    const { sources, log } = this.#options
    const { signal } = this.#stop
    for (let waitMs = retryMs; this.#compareAgain && !signal.aborted; ) {
      this.#compareAgain = false
      const losses = this.#losses
      try {
        for (const [space, source] of sources) {
          await this.#compareSpace(space, source)
          if (losses === this.#losses && !signal.aborted) this.#compared.add(space)
        }
      } catch (err) {
        if (!signal.aborted) log.warn({ err }, 'the search index cannot be compared; trying again')
        this.#compareAgain = true
        await delay(waitMs, undefined, { signal }).catch(() => {})
        waitMs = Math.min(waitMs * 2, longestRetryMs)
      }
    }
    this.#comparing = undefined
  }

  async #compareSpace(space: Space, source: Source): Promise<void> {
    const { index } = this.#options
    const last = await index.lastConversation()
    const seen = new Set<number>()
    const compare = async (some: readonly { readonly place: Place; readonly position: Position }[]) => {
      for (const [n, { number, behind }] of (await index.compare(some)).entries()) {
        const place = some[n]?.place
        if (number !== undefined) seen.add(number)
        if (behind && place !== undefined) this.#fallenBehind(place)
      }
      this.#next()
      while (this.#behind.size >= mostBehind && !this.#stop.signal.aborted) await this.#progress.promise
    }
    let some: { place: Place; position: Position }[] = []
    for await (const { channel, position } of source.channels()) {
      if (this.#stop.signal.aborted) return
      some.push({ place: { space, channel }, position })
      if (some.length < comparedAtOnce) continue
      await compare(some)
      some = []
    }
    await compare(some)
    await this.#forgetStrays(space, last, seen)
  }

  /** What was erased at the source while this node was not told. */
  async #forgetStrays(space: Space, last: number, seen: ReadonlySet<number>): Promise<void> {
    const { index } = this.#options
    for (let after = 0; after < last && !this.#stop.signal.aborted; ) {
      const page = await index.list({ space, after, limit: comparedAtOnce })
      const strays = page
        .filter(({ number }) => number <= last && !seen.has(number))
        .map(({ channel }) => ({ space, channel }))
        .filter((place) => !this.#behind.has(placeKey(place)))
      if (strays.length > 0) {
        await this.without(strays, async () => {
          await index.forget(strays)
        })
      }
      after = page.at(-1)?.number ?? last
    }
  }

  #after(waitMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, waitMs)
    this.#timers.add(timer)
  }
}

/** A stream that was made anew, or has lost its end; or one that the index has begun to forget. */
const isAnother = (known: Position, now: Position): boolean =>
  known.epoch === '' || now.epoch !== known.epoch || now.offset < known.offset
