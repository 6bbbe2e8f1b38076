/**
 * What advisors are offered and do with it. An offer is a lease with a fencing token on Redis's own clock: at any time a
 * callback is held by at most one advisor, and whoever lost the lease can change nothing.
 */
import { maxAttempts } from '../protocol/callback.ts'
import type { Callback, Offer, ParamsOf } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { type Base, changed } from './base.ts'
import type { CallbackRecord } from './callback.ts'
import { declineTimes } from './decline.ts'
import { workOf } from './desk.ts'
import { queueKeys } from './keys.ts'
import { scopesOf, type Taker, teamKey, teamName } from './matching.ts'
import { afterAttempt } from './schedule.ts'
import * as scripts from './scripts.ts'

/** What an advisor may do now, as an offer. */
export interface Taken {
  readonly callback: Callback
  readonly offer: Offer
}

const choiceLimit = 50

/** Expected failures are VisavisErrors; with Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Offers {
  readonly #base: Base
  readonly #leaseMs: number

  constructor(base: Base, { leaseMs }: { leaseMs: number }) {
    this.#base = base
    this.#leaseMs = leaseMs
  }

  /**
   * Leases to an advisor who is free what comes first for them; undefined when there is nothing, the region is closed, it
   * is not in their hours, or their team picks from the list.
   */
  async offer(region: string, taker: Taker): Promise<Taken | undefined> {
    const offering = await this.#offering(region, taker)
    if (offering === undefined) return undefined
    const record = await this.#base.acts.offer(region, taker.advisor, offering)
    return record === undefined ? undefined : taken(record)
  }

  /** What an offer needs to know; undefined while there is to be none. */
  async #offering(region: string, taker: Taker): Promise<scripts.Offering | undefined> {
    const { name, team } = taker
    const { policies } = this.#base
    const [settings, { mode, limit }] = await Promise.all([policies.region(region), policies.team(region, team)])
    if (mode !== 'auto' || !(await this.#takesCallbacks(region, taker))) return undefined
    const scopes = scopesOf(taker, settings).flatMap(({ line, headStartMs }) => [line, headStartMs])
    return [name.toWellFormed(), teamKey(team), this.#leaseMs, limit, ...scopes]
  }

  /** What an advisor may pick, best first, at most 50. */
  async choices(region: string, taker: Taker): Promise<Callback[]> {
    const scopes = scopesOf(taker, await this.#base.policies.region(region))
    const records = await scripts.choices(this.#base.client, queueKeys(region).all, [
      ...([taker.advisor, choiceLimit] as const),
      ...scopes.flatMap(({ line, headStartMs }) => [line, headStartMs]),
    ])
    return records.map(({ callback }) => callback)
  }

  /**
   * Takes a waiting callback from the list.
   * @throws VisavisError NOT_FOUND (also when it is not open to this advisor), CONFLICT (somebody else was first, or they
   * hold as many as they may).
   */
  async pick(region: string, taker: Taker, id: string): Promise<Taken> {
    const { advisor, name, team } = taker
    const { policies } = this.#base
    const [settings, { limit }] = await Promise.all([policies.region(region), policies.team(region, team)])
    const outcome = await scripts.pick(
      this.#base.client,
      [...queueKeys(region).all, await this.#day(region)],
      [
        ...([id, advisor, name.toWellFormed(), limit, settings.longestCallMs] as const),
        ...scopesOf(taker, settings).map(({ line }) => line),
      ],
    )
    return taken(changed(outcome, id, 'active'))
  }

  /** @throws VisavisError NOT_FOUND, GONE (lease over or token stale), CONFLICT (done or cancelled). */
  async accept(region: string, advisor: string, id: string, token: number): Promise<Callback> {
    const { longestCallMs } = await this.#base.policies.region(region)
    const outcome = await this.#base.acts.accept(region, [id, advisor, token, longestCallMs])
    return changed(outcome, id, 'active').callback
  }

  /**
   * It keeps its place, and is not offered to this advisor again while others may take it (decline.ts).
   * @throws VisavisError as `accept` does.
   */
  async decline(
    region: string,
    advisor: string,
    { callback: id, token, reason }: ParamsOf<'callback.decline'>,
  ): Promise<Callback> {
    const { clock, policies, calendars } = this.#base
    const [{ callback, inner }, now, settings] = await Promise.all([
      this.#base.record(region, id),
      clock.now(),
      policies.region(region),
    ])
    const calendar = calendars(region).of(inner.team === '' ? undefined : teamName(inner.team))
    const { until, latest } = declineTimes({ calendar, settings }, callback.readyAt, now)
    const outcome = await scripts.decline(this.#base.client, queueKeys(region).all, [
      ...([id, advisor, token, reason, until, latest] as const),
    ])
    return changed(outcome, id, 'waiting').callback
  }

  /**
   * What came of a try to reach the jobseeker; the policy of the region decides what follows.
   * @throws VisavisError NOT_FOUND, GONE (token stale), CONFLICT (not accepted yet, or ended), BAD_REQUEST for a window.
   */
  async attempt(
    region: string,
    advisor: string,
    { callback: id, token, key, outcome, note = '', window: wanted }: ParamsOf<'callback.attempt'>,
  ): Promise<Callback> {
    const { callback, inner } = await this.#base.record(region, id)
    const owner = { advisor: callback.advisor, team: inner.team === '' ? undefined : teamName(inner.team) }
    const { planning, now } = await this.#base.planning(region, owner)
    const { attempts = [], window } = callback
    const verdict = afterAttempt({ ...planning, attempts, window, wanted }, outcome, now)
    // Nobody without the newest token adds an attempt: if this one does, what was read still holds.
    const result = await scripts.attempt(this.#base.client, queueKeys(region).all, [
      ...([id, advisor, token, key, outcome, note.toWellFormed(), maxAttempts, verdict.is] as const),
      'plan' in verdict ? JSON.stringify(verdict.plan) : '',
    ])
    return changed(result, id, 'active').callback
  }

  /**
   * @param team of the advisor, whose wrap-up begins.
   * @throws VisavisError NOT_FOUND, GONE (token stale), CONFLICT (not accepted yet, or cancelled).
   */
  async complete(
    region: string,
    advisor: string,
    outcome: ParamsOf<'callback.complete'>,
    team?: string,
  ): Promise<Callback> {
    const { wrapUpMs } = await this.#base.policies.team(region, team)
    return (await this.#complete(region, advisor, outcome, wrapUpMs)).callback
  }

  /** As `complete`, and leases to them what comes next in the same step, as `offer` would: a repeat does not tell it again. */
  async completeAndOffer(
    region: string,
    taker: Taker,
    outcome: ParamsOf<'callback.complete'>,
  ): Promise<{ callback: Callback; next?: Taken }> {
    const [{ wrapUpMs }, offering] = await Promise.all([
      this.#base.policies.team(region, taker.team),
      this.#offering(region, taker),
    ])
    return this.#complete(region, taker.advisor, outcome, wrapUpMs, offering)
  }

  async #complete(
    region: string,
    advisor: string,
    { callback: id, token, disposition, note = '', followUp = false }: ParamsOf<'callback.complete'>,
    wrapUpMs: number,
    offering: scripts.Offering | [] = [],
  ): Promise<{ callback: Callback; next?: Taken }> {
    const { outcome, next } = await this.#base.acts.complete(region, [
      ...([id, advisor, token, disposition, note.toWellFormed(), followUp ? '1' : '', wrapUpMs] as const),
      ...offering,
    ])
    const { callback } = changed(outcome, id, 'done')
    return next === undefined ? { callback } : { callback, next: taken(next) }
  }

  /** The jobseekers whose callbacks an advisor has accepted and not ended. */
  async calls(region: string, advisor: string): Promise<string[]> {
    const stored = await outageAware(this.#base.client.hget(queueKeys(region).desks, advisor))
    const records = await this.#base.records(region, Object.keys(workOf(stored)))
    const theirs = records.filter(({ callback }) => callback.state === 'active' && callback.holder?.id === advisor)
    return theirs.map(({ callback }) => callback.jobseeker)
  }

  async #takesCallbacks(region: string, { advisor, team }: Taker): Promise<boolean> {
    const calendar = this.#base.calendars(region).of(team)
    const [now, theirs] = await Promise.all([
      this.#base.clock.now(),
      this.#base.availability.calendar(region, advisor, calendar),
    ])
    return theirs.isOpen(now)
  }

  /** The key of the local day. */
  async #day(region: string): Promise<string> {
    return queueKeys(region).day(
      this.#base
        .calendars(region)
        .of()
        .dateOf(await this.#base.clock.now()),
    )
  }
}

const taken = ({ callback, inner: { token, leaseUntil } }: CallbackRecord): Taken => ({
  callback,
  offer: { callback: callback.id, token, leaseUntil },
})
