/**
 * "Call me back": what jobseekers ask for and see. A request stays in the queue, at its place, until it is answered,
 * withdrawn, or its policy of attempts is used up.
 */
import { hash } from 'node:crypto'
import {
  type Callback,
  type Offer,
  type ParamsOf,
  type ResultOf,
  VisavisError,
  type Window,
} from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { ownLimit } from './acts.ts'
import { type Base, changed, full, ignoreConflict, missing, type Owner } from './base.ts'
import { mayMove, statesBefore, toOffer } from './callback.ts'
import { estimateWait } from './estimate.ts'
import { idOf, padded, queueKeys, startingWith } from './keys.ts'
import { teamKey, teamName } from './matching.ts'
import { planNow, planWindow } from './schedule.ts'
import * as scripts from './scripts.ts'
import { capacityOf, windowsAhead } from './windows.ts'

export type CallbackRequest = Omit<ParamsOf<'callback.request'>, 'key'> &
  Owner & {
    readonly key: string
    readonly jobseeker: string
    readonly jobseekerName: string
  }

/** One transition of a callback. */
export interface HistoryEntry {
  readonly state: Callback['state']
  /** ms, Redis's clock. */
  readonly at: number
  /** Who acted, or whose offer ended. */
  readonly by: string
  /** Fencing token of the newest offer. */
  readonly token?: number
  /** `requested`, `expired`, `released`, `no-answer`, the disposition … */
  readonly why?: string
  readonly note?: string
}

/** A request with all that became of it. */
export interface CallbackWithHistory {
  readonly callback: Callback
  readonly history: readonly HistoryEntry[]
  /** For colleagues. */
  readonly note?: string
}

const queueLimit = 500
/** Requests looked at by one call of `expire`. */
const expireLimit = 100

/** Expected failures are VisavisErrors; with Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Callbacks {
  readonly #base: Base

  constructor(base: Base) {
    this.#base = base
  }

  /** What a jobseeker of this advisor may ask for now. */
  async options(region: string, owner: Owner) {
    const { planning, settings, now } = await this.#base.planning(region, owner)
    const { calendar } = planning
    const theirs = await this.#base.availability.calendar(region, owner.advisor, calendar)
    const ahead = windowsAhead(theirs, settings, now)
    const [booked, paused] = await Promise.all([
      Promise.all(ahead.map((window) => this.#booked(region, owner.advisor, window))),
      this.#base.paused(region, teamKey(owner.team)),
    ])
    const open = calendar.isOpen(now)
    const opensAt = open ? undefined : calendar.nextOpening(now)
    return {
      topics: settings.topics,
      languages: settings.languages,
      windows: ahead.filter((window, n) => (booked[n] ?? 0) < capacityOf(window, settings.handlingMs)),
      open,
      ...(opensAt === undefined ? {} : { opensAt }),
      ...(paused === undefined ? {} : { paused }),
    }
  }

  /**
   * Adds a request to its advisor's queue; `created` is false when the jobseeker's open one of that topic is returned.
   * @throws VisavisError BAD_REQUEST for an unknown topic or language or a window that is none; CONFLICT when the window
   * is full.
   */
  async request(region: string, asked: CallbackRequest): Promise<{ callback: Callback; created: boolean }> {
    const { key, jobseeker, jobseekerName, advisor, medium, phone, reason, window } = asked
    const { planning, settings, now } = await this.#base.planning(region, asked)
    const topic = oneOf('topic', asked.topic, settings.topics)
    const language = oneOf('language', asked.language, settings.languages)
    const plan = window === undefined ? planNow(planning, now) : planWindow(planning, now, window)
    const knownAs = queueKeys(region).requested(jobseeker, key)
    const id = idOfRequest(knownAs)
    // Scripts read this JSON, and a lone surrogate has no UTF-8.
    const callback = JSON.stringify({
      ...{ id, jobseeker, advisor, topic, language },
      ...{ jobseekerName: jobseekerName.toWellFormed(), medium, phone, reason: reason.toWellFormed() },
      ...{ priority: 0, missedOffers: 0, declines: 0 },
    })
    const { at, answerBy } = plan
    const outcome = await this.#base.acts.request(region, knownAs, [
      ...([id, jobseeker, advisor, topic, language, callback] as const),
      ...([window === undefined ? '' : JSON.stringify(window), plan.readyAt <= now ? '' : plan.readyAt] as const),
      window === undefined ? 0 : capacityOf(window, settings.handlingMs),
      ...([teamKey(asked.team), answerBy, at.cover, at.team, at.region] as const),
    ])
    if (!('record' in outcome)) {
      throw outcome.is === 'full' ? full() : new VisavisError('GONE', 'the jobseeker was erased')
    }
    return { callback: outcome.record.callback, created: outcome.is === 'created' }
  }

  /**
   * Another time or number, as soon as possible when no window is named. Whoever held it holds it no more.
   * @throws VisavisError NOT_FOUND (also for somebody else's), CONFLICT (ended, or the window is full), BAD_REQUEST.
   */
  async reschedule(
    region: string,
    jobseeker: string,
    { callback: id, key, phone = '', window }: ParamsOf<'callback.reschedule'>,
  ): Promise<Callback> {
    const { callback, inner } = await this.#base.record(region, id)
    const team = inner.team === '' ? undefined : teamName(inner.team)
    const { planning, settings, now } = await this.#base.planning(region, { advisor: callback.advisor, team })
    const plan = window === undefined ? planNow(planning, now) : planWindow(planning, now, window)
    const outcome = await scripts.reschedule(this.#base.client, queueKeys(region).all, [
      ...([id, jobseeker, key, statesBefore('scheduled').join(), phone, JSON.stringify(plan)] as const),
      plan.readyAt <= now ? 'now' : '',
      window === undefined ? 0 : capacityOf(window, settings.handlingMs),
    ])
    return changed(outcome, id, 'scheduled').callback
  }

  /** @throws VisavisError NOT_FOUND (also for somebody else's), CONFLICT (done). */
  async cancel(region: string, jobseeker: string, id: string): Promise<Callback> {
    const args = [id, jobseeker, statesBefore('cancelled').join()] as const
    const outcome = await scripts.cancel(this.#base.client, queueKeys(region).all, [...args])
    return changed(outcome, id, 'cancelled').callback
  }

  /** Withdraws whatever a jobseeker has open; nothing is left to do when there is none. */
  async withdrawAll(region: string, jobseeker: string): Promise<void> {
    for (const { id, state } of await this.ofJobseeker(region, jobseeker)) {
      if (mayMove(state, 'cancelled')) await this.cancel(region, jobseeker, id).catch(ignoreConflict)
    }
  }

  /**
   * Where a callback stands, and when its call may be expected.
   * @param covers who stands in for its advisor.
   * @throws VisavisError NOT_FOUND.
   */
  async place(region: string, id: string, covers: readonly string[] = []): Promise<ResultOf<'callback.place'>> {
    const found = await scripts.place(this.#base.client, queueKeys(region).all, [id, ...covers])
    if (found === undefined) throw missing(id)
    const { record, ahead, staff, handlingMs, pause } = found
    const { state, step } = record.callback
    const told = {
      state,
      ...(step === undefined ? {} : { step }),
      ...(ahead === undefined ? {} : { ahead }),
      ...(pause === undefined ? {} : { paused: pause }),
    }
    const { calendar, settings, now } = await this.#calendarOf(region, record.inner.team)
    const wait = ahead === undefined ? undefined : estimateWait(ahead, staff, handlingMs ?? settings.handlingMs)
    if (wait === undefined || pause !== undefined) return told
    // Calls are made in opening time only.
    const after = (ms: number) => calendar.afterOpenMs(now, ms) ?? now + ms
    const { expectedMs, earliestMs, latestMs } = wait
    const estimate = { expectedAt: after(expectedMs), earliestAt: after(earliestMs), latestAt: after(latestMs) }
    return { ...told, estimate }
  }

  /** A jobseeker's requests, newest first, at most 50. */
  async ofJobseeker(region: string, jobseeker: string): Promise<Callback[]> {
    const [from, to] = startingWith('j', jobseeker)
    const { lists } = queueKeys(region)
    const members = await outageAware(this.#base.client.zrevrangebylex(lists, to, from, 'LIMIT', 0, ownLimit))
    return (await this.#base.records(region, members.map(idOf))).map(({ callback }) => callback)
  }

  /**
   * The open callbacks of an advisor's queue, oldest first, at most 500 that wait and 500 that do not, and what they hold of
   * others, with the offers behind those they were offered or have accepted: a page that was loaded again finds the token there.
   */
  async ofAdvisor(region: string, advisor: string): Promise<{ callbacks: Callback[]; offers: Offer[] }> {
    const { lists, desks } = queueKeys(region)
    const { ids, held } = await scripts.ofAdvisor(this.#base.client, [lists, desks], [advisor, queueLimit])
    const records = await this.#base.records(region, [...new Set([...ids, ...held])])
    const theirs = records.filter(({ callback }) => callback.holder?.id === advisor)
    return {
      callbacks: records.map(({ callback }) => callback).toSorted((a, b) => a.requestedAt - b.requestedAt),
      offers: theirs.map(toOffer).filter((offer) => offer !== undefined),
    }
  }

  /** Every transition of a callback, oldest first. @throws VisavisError NOT_FOUND. */
  async history(region: string, id: string): Promise<HistoryEntry[]> {
    const { inner } = await this.#base.record(region, id)
    const fields = Array.from({ length: inner.steps }, (_, n) => `${id}/${n + 1}`)
    const entries = await outageAware(this.#base.client.hmget(queueKeys(region).records, ...fields))
    // What was told of it stands behind a line break.
    return entries.flatMap((text) => (text === null ? [] : (JSON.parse(text.split('\n', 1)[0] ?? '') as HistoryEntry)))
  }

  /** How many requests of a jobseeker are on record. */
  async count(region: string, jobseeker: string): Promise<number> {
    return outageAware(this.#base.client.zlexcount(queueKeys(region).lists, ...startingWith('j', jobseeker)))
  }

  /**
   * Every request of a jobseeker goes, for good: what was open is withdrawn first, so that whoever holds it is told.
   * Repeating is harmless. @returns how many went.
   */
  async forget(region: string, jobseeker: string): Promise<number> {
    await this.withdrawAll(region, jobseeker)
    const { all, lists } = queueKeys(region)
    const members = await outageAware(this.#base.client.zrangebylex(lists, ...startingWith('j', jobseeker)))
    let forgotten = 0
    for (const member of members) {
      forgotten += Number(await scripts.forget(this.#base.client, all, [idOf(member), jobseeker]))
    }
    return forgotten
  }

  /** Removes the requests of a jobseeker that ended before a moment (ms). @returns how many went. */
  async expire(region: string, jobseeker: string, before: number): Promise<number> {
    const { all, lists } = queueKeys(region)
    const range = [`[j|${jobseeker}|`, `(j|${jobseeker}|${padded(Math.max(0, Math.ceil(before)))}`] as const
    const members = await outageAware(this.#base.client.zrangebylex(lists, ...range, 'LIMIT', 0, expireLimit))
    const gone = await Promise.all(
      members.map((member) => scripts.expire(this.#base.client, all, [idOf(member), before])),
    )
    return gone.filter(Boolean).length
  }

  /** Everything there is about the requests of a jobseeker, newest first, for an export. */
  async *everyOf(region: string, jobseeker: string): AsyncGenerator<CallbackWithHistory, void, undefined> {
    const [from, to] = startingWith('j', jobseeker)
    const members = await outageAware(this.#base.client.zrevrangebylex(queueKeys(region).lists, to, from))
    for (const id of members.map(idOf)) {
      const [record] = await this.#base.records(region, [id])
      // Ended long ago, it may have gone meanwhile.
      if (record === undefined) continue
      const { callback, inner } = record
      const { note } = inner
      yield { callback, history: await this.history(region, id), ...(note === undefined ? {} : { note }) }
    }
  }

  /** @throws VisavisError NOT_FOUND. */
  async get(region: string, id: string): Promise<Callback> {
    return (await this.#base.record(region, id)).callback
  }

  async #calendarOf(region: string, team: string) {
    const { clock, policies, calendars } = this.#base
    const [now, settings] = await Promise.all([clock.now(), policies.region(region)])
    return { calendar: calendars(region).of(team === '' ? undefined : teamName(team)), settings, now }
  }

  /** How many have asked for a window of this advisor. */
  #booked(region: string, advisor: string, { from, until }: Window): Promise<number> {
    const [first, last] = [`[s|${advisor}|${padded(from)}`, `(s|${advisor}|${padded(until)}`]
    return outageAware(this.#base.client.zlexcount(queueKeys(region).lists, first, last))
  }
}

function oneOf(what: string, asked: string | undefined, known: readonly string[]): string {
  const [first = ''] = known
  if (asked === undefined || known.includes(asked)) return asked ?? first
  throw new VisavisError('BAD_REQUEST', `there is no ${what} ${asked} here`, {
    details: { path: `/${what}`, known: [...known] },
  })
}

/** A repeat has the same, so that what it made the first time is found. */
function idOfRequest(knownAs: string): string {
  const hex = hash('sha256', knownAs)
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(12, 15)}`, `a${hex.slice(15, 18)}`, hex.slice(18, 30)]
  return parts.join('-')
}
