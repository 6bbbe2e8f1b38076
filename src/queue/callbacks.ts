/**
 * The callback queue of each region. An offer is a lease with a fencing token on Redis's own clock: at any time a
 * callback is held by at most one advisor, and whoever lost the lease can change nothing.
 */
import { randomUUID } from 'node:crypto'
import { type Callback, type Offer, type ParamsOf, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import { type CallbackRecord, cannotMove, mayMove, statesBefore, toOffer } from './callback.ts'
import { queueKeys } from './keys.ts'
import * as scripts from './scripts.ts'

export type CallbackRequest = Omit<ParamsOf<'callback.request'>, 'key'> & {
  readonly key: string
  readonly jobseeker: string
  readonly jobseekerName: string
  readonly advisor: string
}

/** One transition of a callback. */
export interface HistoryEntry {
  readonly state: Callback['state']
  /** ms, Redis's clock. */
  readonly at: number
  /** Who acted, or whose offer ended. */
  readonly by: string
  /** Fencing token of the offer concerned. */
  readonly token?: number
  /** `requested`, `expired`, `released`, or the disposition. */
  readonly why?: string
}

/** A request with all that became of it. */
export interface CallbackWithHistory {
  readonly callback: Callback
  readonly history: readonly HistoryEntry[]
  /** For colleagues. */
  readonly note?: string
}

/** Keys are remembered for longer than any client retries. */
const rememberMs = 48 * 60 * 60 * 1_000
/** Requests of one jobseeker that are kept and shown. */
const ownLimit = 50
const queueLimit = 500
/** Expired offers returned by one sweep, so that a great many do not hold Redis up; the next sweep takes the rest. */
const sweepLimit = 100

/** Expected failures are VisavisErrors; with Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Callbacks {
  readonly #client: RedisClient
  readonly #leaseMs: number

  constructor({ client, leaseMs }: { client: RedisClient; leaseMs: number }) {
    this.#client = client
    this.#leaseMs = leaseMs
  }

  /** Adds a request to its advisor's queue; `created` is false when the jobseeker's open one is returned instead. */
  async request(
    region: string,
    { key, jobseeker, jobseekerName, advisor, medium, phone, reason }: CallbackRequest,
  ): Promise<{ callback: Callback; created: boolean }> {
    const { callbacks, history, open, waiting, queue, own, requested, feeds, log, nudge } = queueKeys(region)
    // The scripts read this JSON, and a lone surrogate has no UTF-8.
    const callback = JSON.stringify({
      id: randomUUID(),
      jobseeker,
      jobseekerName: jobseekerName.toWellFormed(),
      advisor,
      medium,
      phone,
      reason: reason.toWellFormed(),
    })
    const made = await scripts.request(
      this.#client,
      [
        callbacks,
        history,
        open,
        waiting(advisor),
        queue(advisor),
        own(jobseeker),
        requested(jobseeker, key),
        feeds,
        log,
        nudge,
        fenceKey(region),
      ],
      [callback, rememberMs, ownLimit],
    )
    if (made === undefined) throw new VisavisError('GONE', 'the jobseeker was erased')
    return { callback: made.record.callback, created: made.created }
  }

  /** Leases the earliest waiting callback to its advisor; undefined when none waits or they hold one already. */
  async offer(region: string, advisor: string): Promise<{ callback: Callback; offer: Offer } | undefined> {
    const { callbacks, history, held, leased, waiting, feeds, log, nudge } = queueKeys(region)
    const record = await scripts.offer(
      this.#client,
      [callbacks, history, held, leased, waiting(advisor), feeds, log, nudge],
      [advisor, this.#leaseMs],
    )
    if (record === undefined) return undefined
    const { callback, token, leaseUntil } = record
    return { callback, offer: { callback: callback.id, token, leaseUntil } }
  }

  /** @throws VisavisError NOT_FOUND, GONE (lease over or token stale), CONFLICT (done or cancelled). */
  async accept(region: string, advisor: string, id: string, token: number): Promise<Callback> {
    const { callbacks, history, leased, feeds, log, nudge } = queueKeys(region)
    const outcome = await scripts.accept(
      this.#client,
      [callbacks, history, leased, feeds, log, nudge],
      [id, advisor, token, statesBefore('active').join()],
    )
    return changed(outcome, id, 'active')
  }

  /** @throws VisavisError NOT_FOUND, GONE (token stale), CONFLICT (not accepted yet, or cancelled). */
  async complete(
    region: string,
    advisor: string,
    id: string,
    { token, disposition, note = '' }: Omit<ParamsOf<'callback.complete'>, 'callback'>,
  ): Promise<Callback> {
    const { callbacks, history, open, held, queue, feeds, log, nudge } = queueKeys(region)
    const outcome = await scripts.complete(
      this.#client,
      [callbacks, history, open, held, queue(advisor), feeds, log, nudge],
      [id, advisor, token, statesBefore('done').join(), disposition, note.toWellFormed()],
    )
    return changed(outcome, id, 'done')
  }

  /** @throws VisavisError NOT_FOUND (also for somebody else's), CONFLICT (done). */
  async cancel(region: string, jobseeker: string, id: string): Promise<Callback> {
    const { callbacks, history, open, held, leased, waiting, queue, feeds, log, nudge } = queueKeys(region)
    const [record] = await this.#records(region, [id])
    if (record === undefined) throw missing(id)
    // A callback stays in the queue of one advisor for all its life, so these keys cannot be outdated.
    const { advisor } = record.callback
    const outcome = await scripts.cancel(
      this.#client,
      [callbacks, history, open, held, leased, waiting(advisor), queue(advisor), feeds, log, nudge],
      [id, jobseeker, statesBefore('cancelled').join()],
    )
    return changed(outcome, id, 'cancelled')
  }

  /** Withdraws whatever a jobseeker has open; nothing is left to do when there is none. */
  async withdrawAll(region: string, jobseeker: string): Promise<void> {
    for (const { id, state } of await this.ofJobseeker(region, jobseeker)) {
      if (!mayMove(state, 'cancelled')) continue
      // It may have ended on its own meanwhile.
      await this.cancel(region, jobseeker, id).catch((error: unknown) => {
        if (!(error instanceof VisavisError) || error.code !== 'CONFLICT') throw error
      })
    }
  }

  /** How many requests of a jobseeker are on record. */
  async count(region: string, jobseeker: string): Promise<number> {
    return outageAware(this.#client.zcard(queueKeys(region).own(jobseeker)))
  }

  /**
   * Every request of a jobseeker goes, for good: what was open is withdrawn first, so that whoever holds it is told.
   * Repeating is harmless. @returns how many went.
   */
  async forget(region: string, jobseeker: string): Promise<number> {
    await this.withdrawAll(region, jobseeker)
    const { callbacks, history, open, held, leased, waiting, queue, own } = queueKeys(region)
    let forgotten = 0
    for (const id of await outageAware(this.#client.zrange(own(jobseeker), '0', '-1'))) {
      const [record] = await this.#records(region, [id])
      const advisor = record?.callback.advisor ?? ''
      const keys = [callbacks, history, open, held, leased, waiting(advisor), queue(advisor), own(jobseeker)] as const
      forgotten += Number(await scripts.forget(this.#client, [...keys], [id]))
    }
    return forgotten
  }

  /**
   * The advisor is gone: what was offered to them goes back to its place, not counted as missed. What they have
   * accepted stays theirs. @returns how many went back.
   */
  async release(region: string, advisor: string): Promise<number> {
    const id = await outageAware(this.#client.hget(queueKeys(region).held, advisor))
    return id === null ? 0 : Number(await this.#giveBack(region, advisor, id, 'released'))
  }

  /** Returns offers whose lease is over to their place in the queue. @returns how many went back. */
  async sweep(region: string): Promise<number> {
    // Redis's clock and not this node's; the script asks it once more.
    const [seconds = 0, microseconds = 0] = await outageAware(this.#client.time())
    const now = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
    const due = await outageAware(
      this.#client.zrangebyscore(queueKeys(region).leased, '-inf', now, 'LIMIT', 0, sweepLimit),
    )
    const records = await this.#records(region, due)
    const wentBack = await Promise.all(
      records.map(({ callback: { id, advisor } }) => this.#giveBack(region, advisor, id, 'expired')),
    )
    return wentBack.filter(Boolean).length
  }

  /** A jobseeker's requests, newest first, at most 50. */
  async ofJobseeker(region: string, jobseeker: string): Promise<Callback[]> {
    const ids = await outageAware(this.#client.zrevrange(queueKeys(region).own(jobseeker), 0, ownLimit - 1))
    return (await this.#records(region, ids)).map(({ callback }) => callback)
  }

  /**
   * An advisor's open callbacks, oldest first, at most 500, with the offers behind those they were offered or have
   * accepted: a page that was loaded again finds the token there.
   */
  async ofAdvisor(region: string, advisor: string): Promise<{ callbacks: Callback[]; offers: Offer[] }> {
    const { queue } = queueKeys(region)
    const ids = await outageAware(this.#client.zrangebyscore(queue(advisor), '-inf', '+inf', 'LIMIT', 0, queueLimit))
    const records = await this.#records(region, ids)
    return {
      callbacks: records.map(({ callback }) => callback),
      offers: records.map(toOffer).filter((offer) => offer !== undefined),
    }
  }

  /** Every transition of a callback, oldest first. @throws VisavisError NOT_FOUND. */
  async history(region: string, id: string): Promise<HistoryEntry[]> {
    const [record] = await this.#records(region, [id])
    if (record === undefined) throw missing(id)
    const fields = Array.from({ length: record.steps }, (_, n) => `${id}/${n + 1}`)
    const entries = await outageAware(this.#client.hmget(queueKeys(region).history, ...fields))
    return entries.filter((json) => json !== null).map((json) => JSON.parse(json) as HistoryEntry)
  }

  /** Removes the requests of a jobseeker that ended before a moment (ms). @returns how many went. */
  async expire(region: string, jobseeker: string, before: number): Promise<number> {
    const { callbacks, history, own } = queueKeys(region)
    const ids = await outageAware(
      this.#client.zrangebyscore(own(jobseeker), '-inf', `(${before}`, 'LIMIT', 0, sweepLimit),
    )
    let expired = 0
    for (const id of ids) {
      if (await scripts.expire(this.#client, [callbacks, history, own(jobseeker)], [id, before])) expired += 1
    }
    return expired
  }

  /** Everything there is about the requests of a jobseeker, newest first, for an export. */
  async *everyOf(region: string, jobseeker: string): AsyncGenerator<CallbackWithHistory, void, undefined> {
    const ids = await outageAware(this.#client.zrevrange(queueKeys(region).own(jobseeker), 0, -1))
    for (const id of ids) {
      const [record] = await this.#records(region, [id])
      // Ended long ago, it may have gone meanwhile.
      if (record === undefined) continue
      const { callback, note } = record
      yield { callback, history: await this.history(region, id), ...(note === undefined ? {} : { note }) }
    }
  }

  #giveBack(region: string, advisor: string, id: string, why: 'expired' | 'released'): Promise<boolean> {
    const { callbacks, history, held, leased, waiting, feeds, log, nudge } = queueKeys(region)
    return scripts.giveBack(
      this.#client,
      [callbacks, history, held, leased, waiting(advisor), feeds, log, nudge],
      [id, advisor, why],
    )
  }

  async #records(region: string, ids: readonly string[]): Promise<CallbackRecord[]> {
    if (ids.length === 0) return []
    const stored = await outageAware(this.#client.hmget(queueKeys(region).callbacks, ...ids))
    return stored.filter((json) => json !== null).map((json) => JSON.parse(json) as CallbackRecord)
  }
}

const missing = (id: string) => new VisavisError('NOT_FOUND', `there is no callback ${id}`)

/** @throws VisavisError for every outcome but `ok`. */
function changed(outcome: scripts.Outcome, id: string, to: Callback['state']): Callback {
  if (outcome.is === 'ok') return outcome.record.callback
  if (outcome.is === 'missing') throw missing(id)
  if (outcome.is === 'conflict') throw cannotMove(id, outcome.state, to)
  throw new VisavisError('GONE', `the offer of callback ${id} is over`)
}
