/**
 * Pure: what a callback queue should do, in the plainest way: a list that is searched from end to end, the table of
 * src/queue/callback.ts, and tokens. The clock is an argument. Every act gives the state the callback has then, or the code
 * of the error.
 */
import type { AttemptOutcome, Window } from '../../src/protocol/callback.ts'
import type { RegionSettings } from '../../src/protocol/callback-settings.ts'
import type { CallbackState, ErrorCode } from '../../src/protocol/index.ts'
import { isOpen, mayMove } from '../../src/queue/callback.ts'
import { lineOf, scopesOf, teamKey } from '../../src/queue/matching.ts'
import { type ModelAdvisor, ModelDesks } from './model-desks.ts'

const minuteMs = 60_000

export type { ModelAdvisor } from './model-desks.ts'

export interface ModelCallback {
  readonly id: string
  readonly jobseeker: string
  advisor: string
  team: string | undefined
  readonly topic: string
  readonly language: string
  readonly requestedAt: number
  state: CallbackState
  readyAt: number
  window: Window | undefined
  windowMissed: boolean
  needsNumber: boolean
  priority: number
  /** From when on the cover, the team and the region may take it. */
  at: readonly [cover: number, team: number, region: number]
  /** In how many lines it stands while it waits. */
  entered: number
  answerBy: number
  token: number
  leasedTo: string | undefined
  holder: string | undefined
  leaseUntil: number
  /** Whoever declined it, and with which token. */
  declined: Map<string, number>
  /** When it is looked at them next, and when they fall away: if everybody has declined, and in any case. */
  again: { lookAt: number; until: number; latest: number }
  attempts: AttemptOutcome[]
  /** The token of whoever reached the jobseeker. */
  reachedWith: number
  missedOffers: number
  steps: number
}

type Made = Pick<ModelCallback, 'id' | 'jobseeker' | 'advisor' | 'topic' | 'requestedAt' | 'readyAt'> & {
  readonly team?: string | undefined
  readonly language?: string
  readonly window?: Window | undefined
}
/** What Redis told of its own decision: another time, which schedule.test.ts looks at. */
type Told = Pick<ModelCallback, 'readyAt'> & { readonly window?: Window | undefined }

export type Outcome = CallbackState | ErrorCode

export class Model {
  callbacks: ModelCallback[] = []
  readonly settings: RegionSettings
  readonly desks: ModelDesks
  /** How often one was open again to those who declined. */
  reopened = 0
  /** Calls taken, by day and advisor, and of these in time. */
  readonly #taken = new Map<string, { taken: number; inTime: number }>()

  constructor(settings: RegionSettings, advisors: readonly ModelAdvisor[]) {
    this.settings = settings
    this.desks = new ModelDesks(advisors)
  }

  get advisors(): ReadonlyMap<string, ModelAdvisor> {
    return this.desks.advisors
  }

  openOf(jobseeker: string, topic: string): ModelCallback | undefined {
    return this.callbacks.find((one) => one.jobseeker === jobseeker && one.topic === topic && isOpen(one.state))
  }

  /** How many have asked for a window of an advisor. */
  booked(advisor: string, { from, until }: Window): number {
    return this.callbacks.filter(
      ({ state, advisor: of, window }) =>
        isOpen(state) && of === advisor && window !== undefined && from <= window.from && window.from < until,
    ).length
  }

  requested(made: Made): ModelCallback {
    const callback: ModelCallback = {
      ...{ language: 'fr', window: undefined, ...made, team: made.team },
      ...{ state: 'waiting', priority: 0, token: 0, leasedTo: undefined, holder: undefined, leaseUntil: 0 },
      ...{ windowMissed: false, needsNumber: false, missedOffers: 0, steps: 1, entered: 0, reachedWith: 0 },
      ...{ at: this.#at(made.readyAt, made.advisor, made.team), answerBy: made.readyAt + this.settings.serviceLevelMs },
      ...{ declined: new Map(), again: { lookAt: 0, until: 0, latest: 0 }, attempts: [] },
    }
    if (callback.readyAt > callback.requestedAt) callback.state = 'scheduled'
    else this.#enter(callback, made.requestedAt)
    this.callbacks.push(callback)
    return callback
  }

  /** Open ones of an advisor's queue, the oldest first. */
  queueOf(advisor: string): ModelCallback[] {
    return this.callbacks
      .filter((callback) => callback.advisor === advisor && isOpen(callback.state))
      .sort((a, b) => a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : 1))
  }

  heldBy(advisor: string): ModelCallback[] {
    return this.callbacks.filter(({ holder }) => holder === advisor)
  }

  /** The lines in which it stands at a moment. */
  linesOf({ advisor, team, at }: ModelCallback, now: number): string[] {
    const lines = [lineOf.own(advisor), lineOf.cover(advisor), lineOf.team(teamKey(team)), lineOf.region('')]
    return lines.slice(0, 1 + at.filter((time) => time <= now).length)
  }

  /** Whether an advisor may take it: the step includes them and their skills fit. */
  mayTake(advisor: ModelAdvisor, callback: ModelCallback, now: number): boolean {
    const { topics, languages } = advisor
    if (callback.state !== 'waiting' || topics?.includes(callback.topic) === false) return false
    if (languages?.includes(callback.language) === false) return false
    return this.#headStart(advisor, callback, now) !== undefined
  }

  /** And they have not declined it. */
  isEligible(advisor: ModelAdvisor, callback: ModelCallback, now: number): boolean {
    return this.mayTake(advisor, callback, now) && !callback.declined.has(advisor.advisor)
  }

  isFree(advisor: ModelAdvisor, now: number): boolean {
    const held = this.heldBy(advisor.advisor)
    if (held.some(({ state }) => state === 'offered') || held.length >= this.desks.limitOf(advisor)) return false
    return this.desks.stateOf(advisor, now) === 'ready' && !this.desks.isPaused(advisor)
  }

  /** The one that comes first for an advisor. */
  first(advisor: ModelAdvisor, now: number): ModelCallback | undefined {
    const rank = (callback: ModelCallback) => this.place(callback) - (this.#headStart(advisor, callback, now) ?? 0)
    return this.callbacks
      .filter((callback) => this.isEligible(advisor, callback, now))
      .sort((a, b) => rank(a) - rank(b) || (this.#tie(advisor, a, now) < this.#tie(advisor, b, now) ? -1 : 1))[0]
  }

  /** What an advisor may pick, best first. */
  choices(advisor: ModelAdvisor, now: number): ModelCallback[] {
    const rank = (callback: ModelCallback) => this.place(callback) - (this.#headStart(advisor, callback, now) ?? 0)
    return this.callbacks
      .filter((callback) => this.mayTake(advisor, callback, now))
      .sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))
  }

  offer(id: string, now: number, leaseMs = Number.POSITIVE_INFINITY): ModelCallback | undefined {
    const advisor = this.advisors.get(id)
    const first = advisor !== undefined && this.isFree(advisor, now) ? this.first(advisor, now) : undefined
    if (first === undefined) return undefined
    this.#lease(first, id, now + leaseMs)
    this.#move(first, 'offered')
    return first
  }

  pick(id: string, callback: ModelCallback, now: number): Outcome {
    const advisor = this.advisors.get(id)
    if (callback.state !== 'waiting') return 'CONFLICT'
    if (advisor === undefined || this.#headStart(advisor, callback, now) === undefined) return 'NOT_FOUND'
    if (this.heldBy(id).length >= this.desks.limitOf(advisor)) return 'CONFLICT'
    this.#lease(callback, id, now + this.settings.longestCallMs)
    this.#count(callback, id, now)
    return this.#move(callback, 'active')
  }

  accept(advisor: string, callback: ModelCallback, token: number, now: number): Outcome {
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state === 'active') return 'active'
    if (!mayMove(callback.state, 'active')) return 'CONFLICT'
    if (callback.leaseUntil <= now) return 'GONE'
    callback.leaseUntil = now + this.settings.longestCallMs
    this.#count(callback, advisor, now)
    return this.#move(callback, 'active')
  }

  decline(advisor: string, callback: ModelCallback, token: number, now: number): Outcome {
    const mine = token === callback.token && callback.leasedTo === advisor
    if (mine && callback.declined.get(advisor) === token) return callback.state
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state !== 'offered') return 'CONFLICT'
    if (callback.leaseUntil <= now) return 'GONE'
    callback.declined.set(advisor, token)
    const latest = Math.max(callback.readyAt + this.settings.maxWaitMs, now + minuteMs)
    callback.again = { lookAt: now, until: Math.min(now + this.settings.declineMs, latest), latest }
    this.#lookAgain(callback, now)
    return this.#lineUp(callback, now)
  }

  /** What came of a try. @param told when it goes on, if it does. */
  attempt(
    advisor: string,
    callback: ModelCallback,
    { token, outcome, told, now }: { token: number; outcome: AttemptOutcome; told: Told | undefined; now: number },
  ): Outcome {
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state !== 'active') return 'CONFLICT'
    callback.attempts.push(outcome)
    if (outcome === 'reached') {
      callback.reachedWith = token
      return this.#move(callback, 'active')
    }
    const vain = callback.attempts.filter((one) => one === 'no-answer' || one === 'busy').length
    if ((outcome === 'no-answer' || outcome === 'busy') && vain >= this.settings.attempts) {
      return this.#close(callback, 'unreachable')
    }
    if (told === undefined) throw new Error('the model says that it goes on')
    this.#plan(callback, told)
    callback.needsNumber = outcome === 'wrong-number'
    return this.#lineUp(callback, now)
  }

  complete(advisor: string, callback: ModelCallback, token: number, now: number): Outcome {
    const refused = this.#refused(advisor, callback, token)
    if (refused !== undefined) return refused
    if (callback.state === 'done') return 'done'
    if (!mayMove(callback.state, 'done')) return 'CONFLICT'
    if (callback.reachedWith !== token) callback.attempts.push('reached')
    this.desks.wrapsUp(advisor, now)
    return this.#close(callback, 'done')
  }

  cancel(jobseeker: string, callback: ModelCallback): Outcome {
    if (callback.jobseeker !== jobseeker) return 'NOT_FOUND'
    if (callback.state === 'cancelled') return 'cancelled'
    if (!mayMove(callback.state, 'cancelled')) return 'CONFLICT'
    return this.#close(callback, 'cancelled')
  }

  /** @param told what it was answered with. @param wanted the window asked for, and how many it takes. */
  reschedule(
    jobseeker: string,
    callback: ModelCallback,
    { told, wanted, now }: { told: Told | undefined; wanted?: (Window & { most: number }) | undefined; now: number },
  ): Outcome {
    if (callback.jobseeker !== jobseeker) return 'NOT_FOUND'
    if (!isOpen(callback.state)) return 'CONFLICT'
    const isNew = wanted !== undefined && wanted.from !== callback.window?.from
    if (isNew && this.booked(callback.advisor, wanted) >= wanted.most) return 'CONFLICT'
    if (told === undefined) throw new Error('the model says that it is put off')
    this.#plan(callback, told)
    callback.needsNumber = false
    return this.#lineUp(callback, now)
  }

  raise(callback: ModelCallback, priority: number, now: number): Outcome {
    if (!isOpen(callback.state)) return 'CONFLICT'
    if (callback.priority === priority) return callback.state
    callback.priority = priority
    if (callback.state === 'waiting') this.#enter(callback, now)
    callback.steps += 1
    return callback.state
  }

  /** @param to an advisor. @param take also from who is in a call. */
  reassign(callback: ModelCallback, { to, take, now }: { to: string; take: boolean; now: number }): Outcome {
    if (!isOpen(callback.state)) return 'CONFLICT'
    const stays = callback.state === 'active' && !take
    const idle = callback.holder === undefined && callback.declined.size === 0
    if (callback.advisor === to && (idle || (stays && callback.declined.size === 0))) return callback.state
    callback.declined.clear()
    if (callback.advisor !== to) callback.team = this.advisors.get(to)?.team
    callback.advisor = to
    callback.at = this.#at(Math.max(callback.readyAt, now), to, callback.team)
    return stays ? this.#move(callback, 'active') : this.#lineUp(callback, now)
  }

  /** Whatever somebody holds goes back into the queue it is of. */
  vacate(advisor: string, now: number): void {
    for (const callback of this.heldBy(advisor)) {
      this.reassign(callback, { to: callback.advisor, take: true, now })
    }
  }

  /** What a jobseeker has open goes to another advisor, but for a call that is under way. */
  follow(jobseeker: string, to: string, now: number): void {
    for (const callback of this.callbacks.filter((one) => one.jobseeker === jobseeker && one.advisor !== to)) {
      this.reassign(callback, { to, take: false, now })
    }
  }

  /** Nothing of a jobseeker, or nothing of theirs that has ended, is left. */
  remove(jobseeker: string, which: 'all' | 'ended'): void {
    this.callbacks = this.callbacks.filter(
      (one) => one.jobseeker !== jobseeker || (which === 'ended' && isOpen(one.state)),
    )
  }

  /** What is offered to somebody goes back. @returns how many. */
  release(advisor: string, now: number): number {
    const held = this.heldBy(advisor).filter(({ state }) => state === 'offered')
    for (const callback of held) this.#lineUp(callback, now)
    return held.length
  }

  /** Everything that is due, as often as it takes. Of an advisor who is gone it is asked first whether they are. */
  sweep(now: number): void {
    const over = this.callbacks.filter(({ holder, leaseUntil }) => holder !== undefined && leaseUntil <= now)
    for (const callback of over) this.#expire(callback, now)
    for (const advisor of this.desks.over(now)) this.#depart(advisor, now)
    for (const callback of this.callbacks) this.#widen(callback, now)
    for (const callback of this.callbacks) this.#reopen(callback, now)
  }

  /** Whether everybody at work who may ever take it has declined it. */
  isDeclinedByAll(callback: ModelCallback, now: number): boolean {
    if (callback.state !== 'waiting' || callback.declined.size === 0 || callback.entered < 4) return false
    const atWork = [...this.advisors.values()].filter(({ state }) => state === 'ready' || state === 'wrap-up')
    return !atWork.some((advisor) => this.isEligible(advisor, callback, now))
  }

  /** How many calls somebody has taken on the day of a moment, and of these in time. */
  takenOn(now: number, advisor: string): { taken: number; inTime: number } {
    return this.#taken.get(dayOf(now, advisor)) ?? { taken: 0, inTime: 0 }
  }

  place({ readyAt, priority }: ModelCallback): number {
    return readyAt - priority * this.settings.priorityMs
  }

  #expire(callback: ModelCallback, now: number): void {
    const { holder } = callback
    if (holder === undefined) return
    this.desks.missed(holder, now)
    if (callback.state === 'offered') callback.missedOffers += 1
    this.#giveBack(callback, now)
  }

  #depart(advisor: string, now: number): void {
    if (!this.desks.departs(advisor, now)) return
    const forGood = this.desks.barred.has(advisor)
    for (const callback of this.heldBy(advisor)) {
      if (forGood || callback.state === 'offered') this.#giveBack(callback, now)
    }
  }

  /** Whoever was reached is not called again. */
  #giveBack(callback: ModelCallback, now: number): void {
    if (callback.state !== 'active' || callback.reachedWith !== callback.token) {
      this.#lineUp(callback, now)
      return
    }
    callback.leasedTo = undefined
    this.#close(callback, 'done')
  }

  #widen(callback: ModelCallback, now: number): void {
    if (callback.state === 'scheduled' && callback.readyAt <= now) {
      if (callback.needsNumber) this.#close(callback, 'unreachable')
      else this.#lineUp(callback, now)
    }
    if (callback.state !== 'waiting') return
    const { window, windowMissed, entered } = callback
    const missed = window !== undefined && !windowMissed && window.until <= now
    this.#enter(callback, now)
    if (!missed && callback.entered === entered) return
    callback.windowMissed ||= missed
    this.#move(callback, 'waiting')
  }

  #reopen(callback: ModelCallback, now: number): void {
    const { lookAt, until, latest } = callback.again
    if (callback.declined.size === 0 || lookAt > now) return
    this.#lookAgain(callback, now)
    if (callback.state !== 'waiting') return
    if (now < latest && (now < until || !this.isDeclinedByAll(callback, now))) return
    callback.declined.clear()
    this.reopened += 1
    this.#move(callback, 'waiting')
  }

  #lookAgain({ again }: ModelCallback, now: number): void {
    again.lookAt = Math.min(now + minuteMs, ...[again.until, again.latest].filter((at) => at > now))
  }

  #lease(callback: ModelCallback, advisor: string, until: number): void {
    callback.token += 1
    callback.holder = advisor
    callback.leasedTo = advisor
    callback.leaseUntil = until
  }

  #lineUp(callback: ModelCallback, now: number): CallbackState {
    callback.holder = undefined
    callback.entered = 0
    if (callback.readyAt > now) return this.#move(callback, 'scheduled')
    this.#enter(callback, now)
    return this.#move(callback, 'waiting')
  }

  #enter(callback: ModelCallback, now: number): void {
    callback.entered = this.linesOf(callback, now).length
  }

  #plan(callback: ModelCallback, { readyAt, window }: Told): void {
    Object.assign(callback, { readyAt, window, windowMissed: false })
    callback.declined.clear()
    callback.at = this.#at(readyAt, callback.advisor, callback.team)
    callback.answerBy = readyAt + this.settings.serviceLevelMs
  }

  #close(callback: ModelCallback, to: CallbackState): CallbackState {
    callback.holder = undefined
    callback.declined.clear()
    return this.#move(callback, to)
  }

  #count(callback: ModelCallback, advisor: string, now: number): void {
    const { taken, inTime } = this.takenOn(now, advisor)
    const counted = { taken: taken + 1, inTime: inTime + (now <= callback.answerBy ? 1 : 0) }
    this.#taken.set(dayOf(now, advisor), counted)
  }

  #at(readyAt: number, advisor: string, ofTeam: string | undefined): [cover: number, team: number, region: number] {
    const { ownWaitMs, coverWaitMs, teamWaitMs } = this.settings
    const cover = readyAt + ownWaitMs
    const team = this.desks.isCovered(advisor) ? cover + coverWaitMs : cover
    return [cover, team, ofTeam === undefined ? team : team + teamWaitMs]
  }

  /** By the first line in which both are; undefined when there is none. */
  #headStart(advisor: ModelAdvisor, callback: ModelCallback, now: number): number | undefined {
    const lines = this.linesOf(callback, now)
    const starts = scopesOf(advisor, this.settings).filter(({ line }) => lines.includes(line))
    return starts.length === 0 ? undefined : Math.max(...starts.map(({ headStartMs }) => headStartMs))
  }

  /** Of two with the same rank: the order of the lines by which they have it, of topics, languages and ids. */
  #tie(advisor: ModelAdvisor, callback: ModelCallback, now: number): string {
    const lines = this.linesOf(callback, now)
    const most = this.#headStart(advisor, callback, now)
    const scope = scopesOf(advisor, this.settings).findIndex(
      ({ line, headStartMs }) => lines.includes(line) && headStartMs === most,
    )
    const place = String(this.place(callback)).padStart(15, '0')
    return `${scope}|${callback.topic}|${callback.language}|${place}|${callback.id}`
  }

  #refused(advisor: string, callback: ModelCallback, token: number): ErrorCode | undefined {
    if (token !== callback.token || callback.leasedTo !== advisor) return 'GONE'
    return callback.state === 'waiting' || callback.state === 'scheduled' ? 'GONE' : undefined
  }

  #move(callback: ModelCallback, to: CallbackState): CallbackState {
    if (!mayMove(callback.state, to)) throw new Error(`the model itself moved from ${callback.state} to ${to}`)
    callback.state = to
    callback.steps += 1
    return to
  }
}

const dayOf = (now: number, advisor: string) => `${new Date(now).toISOString().slice(0, 10)} ${advisor}`
