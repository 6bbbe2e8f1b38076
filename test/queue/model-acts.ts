/** What may happen to a queue, at random, done to the scripts and to the model alike. */
import fc from 'fast-check'
import type { AttemptOutcome } from '../../src/protocol/callback.ts'
import { VisavisError } from '../../src/protocol/index.ts'
import type { Taken } from '../../src/queue/offers.ts'
import type { ShiftedClock } from '../support/shifted-clock.ts'
import { Model, type ModelAdvisor, type ModelCallback } from './model.ts'
import { longLeaseMs, type TestQueue, testQueue } from './test-queue.ts'

export const minute = 60_000
export const hour = 60 * minute
/** As wide as two calls. */
export const windowMs = hour
export const mostInWindow = 2
export const graceMs = 20_000

/** Of two teams, one with a cover, one with few skills, one without a team. */
export const advisors: readonly ModelAdvisor[] = [
  { advisor: 'anne', name: 'Anne', team: 'a|b/c', state: 'ready' },
  { advisor: 'bruno', name: 'Bruno', team: 'a|b/c', covers: ['anne', 'chloe'], state: 'ready' },
  { advisor: 'chloe', name: 'Chloé', team: 'south', topics: ['training'], languages: ['fr'], state: 'ready' },
  { advisor: 'denis', name: 'Denis', state: 'ready' },
]
export const jobseekers = ['anne', 'anne', 'chloe', 'denis'].map((owner, n) => `${owner}-${n}`)
const ownerOf = (jobseeker: string) => advisors.find(({ advisor }) => jobseeker.startsWith(advisor)) ?? advisors[0]

const jobseeker = fc.constantFrom(...jobseekers)
const topic = fc.constantFrom('general', 'training')
const language = fc.constantFrom('fr', 'fr', 'ar')
const advisor = fc.constantFrom(...advisors.map(({ advisor }) => advisor))
/** From so many windows ahead. */
const ahead = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
)
/** Mostly the holder and the newest token: acts that are refused at the door would try little. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, ...others.map((other) => fc.constant(other)))
const often = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true))
const which = fc.record({
  recent: fc.nat(4),
  /** Mostly one with which something can be done, where there is any. */
  fitting: mostly(true, false),
  own: mostly(true, false),
  tokenStep: mostly(0, -1, 1),
  /** It is sent once more, as after an answer that was lost. */
  again: often,
})
const of = <const N extends string>(name: N) => fc.record({ do: fc.constant(name), which })
const outcome = fc.constantFrom<AttemptOutcome>(
  'no-answer',
  'no-answer',
  'busy',
  'wrong-number',
  'postponed',
  'reached',
)

export const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('request' as const), jobseeker, topic, language, ahead, again: often }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('offer' as const), advisor, lapsed: often, busy: often }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('together' as const),
      what: fc.constantFrom('offer', 'accept', 'complete'),
    }),
  },
  { weight: 8, arbitrary: of('accept') },
  { weight: 3, arbitrary: of('decline') },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('attempt' as const), which, outcome }) },
  { weight: 5, arbitrary: of('complete') },
  { weight: 2, arbitrary: of('cancel') },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reschedule' as const), which, ahead }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('raise' as const), which, priority: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reassign' as const), which, advisor, take: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pick' as const), which, advisor }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), advisor }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('vacate' as const), advisor }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('follow' as const), jobseeker, advisor }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), jobseeker, all: fc.boolean() }) },
  { weight: 3, arbitrary: fc.constant({ do: 'sweep' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(10 * minute, 10 * minute, 3 * hour, 25 * hour),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('desk' as const),
      advisor,
      state: mostly('ready' as const, 'busy' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leaves' as const), advisor }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('comes' as const), advisor }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('bar' as const), advisor, barred: mostly(false, true) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('pause' as const),
      team: fc.constantFrom('', 'a|b/c'),
      paused: mostly(false, true),
    }),
  },
)
export type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

/** A queue and its model, with a clock that both go by. */
export class Pair {
  readonly model: Model
  readonly #clock: ShiftedClock
  readonly #make: (region?: string) => TestQueue
  readonly #beganAt: number
  #test: TestQueue
  #keys = 0

  constructor(client: Parameters<typeof testQueue>[0], clock: ShiftedClock, settings: Model['settings']) {
    this.model = new Model(settings, advisors)
    const { here, barred } = this.model.desks
    this.#clock = clock
    this.#make = (region) =>
      testQueue(client, {
        ...(region === undefined ? {} : { region }),
        graceMs,
        isHere: async (_, advisor) => here.has(advisor),
        mayReturn: async (_, advisor) => !barred.has(advisor),
        isCovered: async (_, advisor) => this.model.desks.isCovered(advisor),
      })
    this.#test = this.#make()
    this.#beganAt = clock.now()
  }

  get test(): TestQueue {
    return this.#test
  }

  get now(): number {
    return this.#clock.now()
  }

  async open(): Promise<void> {
    const { region, queue } = this.#test
    const { desks } = this.model
    await this.#test.set(this.model.settings)
    desks.teams.set('a|b/c', { limit: 2, wrapUpMs: 0 })
    desks.teams.set('south', { limit: 1, wrapUpMs: 25 * minute })
    for (const [team, settings] of desks.teams) await queue.policies.setTeam(region, team, settings)
    for (const { advisor, name, team, topics, languages } of advisors) {
      await queue.desks.arrived(region, { advisor, name, team })
      desks.comes(advisor, this.now)
      const skills = {
        ...(topics === undefined ? {} : { topics: [...topics] }),
        ...(languages === undefined ? {} : { languages: [...languages] }),
      }
      await queue.desks.setSkills(region, advisor, skills)
    }
    // With the settings of the teams.
    this.#test = this.#make(region)
  }

  async perform(act: Act): Promise<void> {
    const { model, now } = this
    const { region, queue, callbacks, lapsing } = this.#test
    switch (act.do) {
      case 'request':
        return this.#request(act)
      case 'offer': {
        // Mostly whoever is offered something has said before that they are ready.
        if (!act.busy) await this.perform({ do: 'desk', advisor: act.advisor, state: 'ready' })
        const taken = await (act.lapsed ? lapsing : callbacks).offer(region, taker(act.advisor))
        const expected = model.offer(act.advisor, now, act.lapsed ? 0 : longLeaseMs)
        return equal([taken?.callback.id, taken?.offer.token], [expected?.id, expected?.token], 'the offer')
      }
      case 'together':
        return act.what === 'offer' ? this.#offerTogether() : this.#moveTogether(act.what)
      case 'release':
        equal(await callbacks.release(region, act.advisor), model.release(act.advisor, now), 'released')
        return model.desks.released(act.advisor)
      case 'vacate':
        await queue.supervision.vacate(region, act.advisor)
        return model.vacate(act.advisor, now)
      case 'follow': {
        const { advisor, team } = taker(act.advisor)
        await queue.supervision.follow(region, act.jobseeker, { advisor, team })
        return model.follow(act.jobseeker, advisor, now)
      }
      case 'remove':
        await (act.all
          ? queue.callbacks.forget(region, act.jobseeker)
          : queue.callbacks.expire(region, act.jobseeker, now + hour))
        return model.remove(act.jobseeker, act.all ? 'all' : 'ended')
      case 'sweep':
        return this.#sweep()
      case 'advance':
        await this.#clock.advance(act.ms)
        // Whoever has read the clock a moment ago reads it again.
        this.#test = this.#make(region)
        return this.#sweep()
      case 'desk':
        await queue.desks.set(region, act.advisor, act.state)
        return model.desks.set(act.advisor, act.state)
      case 'comes': {
        const { advisor, name, team } = taker(act.advisor)
        await queue.desks.arrived(region, { advisor, name, team })
        return model.desks.comes(advisor, now)
      }
      case 'leaves':
        await queue.desks.leaving(region, act.advisor)
        return model.desks.leaves(act.advisor, now, graceMs)
      case 'bar':
        if (act.barred) model.desks.barred.add(act.advisor)
        else model.desks.barred.delete(act.advisor)
        return
      case 'pause':
        await queue.supervision.pause(region, {
          by: 'sue',
          team: act.team === '' ? undefined : act.team,
          message: act.paused ? 'a storm' : undefined,
        })
        return model.desks.pause(act.team, act.paused)
      default:
        return this.#performOnOne(act)
    }
  }

  /** Windows lie on a grid that no jump of the clock meets. */
  #window(ahead: number | undefined) {
    if (ahead === undefined) return undefined
    const grid = this.#beganAt + 33 * minute
    const from = grid + (Math.floor((this.now - grid) / windowMs) + ahead) * windowMs
    return { from, until: from + windowMs }
  }

  async #sweep(): Promise<void> {
    const { region, callbacks } = this.#test
    while ((await callbacks.sweep(region)) > 0);
    this.model.sweep(this.now)
  }

  async #request({ jobseeker, topic, language, ahead, again }: Extract<Act, { do: 'request' }>): Promise<void> {
    const { model } = this
    const { advisor = '', team } = ownerOf(jobseeker) ?? {}
    const standing = model.openOf(jobseeker, topic)
    const window = this.#window(ahead)
    const isFull = standing === undefined && window !== undefined && model.booked(advisor, window) >= mostInWindow
    const wanted = window === undefined ? {} : { window }
    const asked = { advisor, team, topic, language, ...wanted, key: this.#key() }
    const made = await this.#test.request(jobseeker, asked).catch(codeOf)
    if (typeof made === 'string') return equal(made, isFull ? 'CONFLICT' : 'a request', 'request')
    equal([made.created, isFull], [standing === undefined, false], 'created')
    if (standing === undefined) model.requested({ ...made.callback, team })
    else equal(made.callback.id, standing.id, 'the open request')
    if (again) equal(await this.#test.request(jobseeker, asked), made, 'a repeated request')
  }

  /** What all advisors ask for in one turn of the loop is done together: the log tells in which order. */
  async #offerTogether(): Promise<void> {
    const { model, now } = this
    const { region, callbacks, events } = this.#test
    const before = (await events()).length
    const taken = await Promise.all(
      advisors.map(async (one) => [one.advisor, await callbacks.offer(region, one)] as const),
    )
    const found = new Map(taken)
    const told = (await events()).slice(before).map(({ callback }) => callback.holder?.id ?? '')
    for (const advisor of new Set([...told, ...found.keys()])) {
      const expected = model.offer(advisor, now, longLeaseMs)
      const offered = found.get(advisor)
      equal([offered?.callback.id, offered?.offer.token], [expected?.id, expected?.token], 'offers at once')
    }
  }

  /** All that is offered is accepted in one turn, or all calls are ended, each with the offer of the next. */
  async #moveTogether(what: 'accept' | 'complete'): Promise<void> {
    const { model, now } = this
    const { region, queue, callbacks, events } = this.#test
    const held = model.callbacks.filter(({ state }) => state === (what === 'accept' ? 'offered' : 'active'))
    const before = (await events()).length
    const found = new Map<string, readonly unknown[]>()
    await Promise.all(
      held.map(async ({ id, token, leasedTo = '' }) => {
        if (what === 'accept') {
          const { outcome } = await outcomeOf(callbacks.accept(region, leasedTo, id, token))
          return found.set(id, [outcome])
        }
        const outcome = { callback: id, token, disposition: 'answered' } as const
        const { callback, next } = await queue.offers.completeAndOffer(region, taker(leasedTo), outcome)
        return found.set(id, [callback.state, next?.callback.id, next?.offer.token])
      }),
    )
    const told = (await events()).slice(before).map(({ callback }) => callback.id)
    for (const id of new Set([...told, ...found.keys()])) {
      const one = held.find((callback) => callback.id === id)
      // Offered with the end of another one.
      if (one === undefined) continue
      const { token, leasedTo = '' } = one
      const became =
        what === 'accept' ? model.accept(leasedTo, one, token, now) : model.complete(leasedTo, one, token, now)
      const next = what === 'accept' ? undefined : model.offer(leasedTo, now, longLeaseMs)
      equal(found.get(id), what === 'accept' ? [became] : [became, next?.id, next?.token], `${what} at once`)
    }
  }

  async #performOnOne(act: ActOnOne): Promise<void> {
    const { recent, own } = act.which
    const { callbacks } = this.model
    const suits = statesFor[act.do] ?? []
    const fit = callbacks.filter(({ state }) => suits.includes(state))
    const callback = act.which.fitting && fit.length > 0 ? fit[recent % fit.length] : callbacks.at(-1 - recent)
    if (callback === undefined) return
    const holder = callback.leasedTo ?? callback.advisor
    const by = own ? holder : (advisors.find(({ advisor }) => advisor !== holder)?.advisor ?? '')
    const { work, expected } = this.#actOn(act, callback, by)
    const { outcome, told } = await outcomeOf(work())
    equal(outcome, expected(told), act.do)
    if (told !== undefined && act.which.again && repeatable.has(act.do)) {
      equal((await outcomeOf(work())).told, told, `a repeated ${act.do}`)
    }
  }

  /** The act on the scripts, and what the model makes of it. */
  #actOn(act: ActOnOne, callback: ModelCallback, by: string): { work: () => Promise<Told>; expected: Expected } {
    const { model, now } = this
    const { region, queue, callbacks } = this.#test
    const { id } = callback
    const token = callback.token + act.which.tokenStep
    const jobseeker = act.which.own ? callback.jobseeker : 'stranger'
    const key = this.#key()
    switch (act.do) {
      case 'accept':
        return {
          work: () => callbacks.accept(region, by, id, token),
          expected: () => model.accept(by, callback, token, now),
        }
      case 'decline':
        return {
          work: () => callbacks.decline(region, by, id, token),
          expected: () => model.decline(by, callback, token, now),
        }
      case 'attempt': {
        const { outcome } = act
        return {
          work: () => callbacks.attempt(region, by, id, { token, outcome, key }),
          expected: (told) => model.attempt(by, callback, { token, outcome, told, now }),
        }
      }
      case 'complete': {
        const outcome = { callback: id, token, disposition: 'answered' } as const
        const [goesOn, isNew] = [act.which.recent % 2 === 0, callback.state === 'active']
        let next: Taken | undefined
        return {
          work: async () => {
            if (!goesOn) return queue.offers.complete(region, by, outcome, taker(by).team)
            const done = await queue.offers.completeAndOffer(region, taker(by), outcome)
            next = done.next
            return done.callback
          },
          expected: () => {
            const became = model.complete(by, callback, token, now)
            const first = goesOn && isNew && became === 'done' ? model.offer(by, now, longLeaseMs) : undefined
            equal([next?.callback.id, next?.offer.token], [first?.id, first?.token], 'what comes with the end')
            return became
          },
        }
      }
      case 'cancel':
        return {
          work: () => callbacks.cancel(region, jobseeker, id),
          expected: () => model.cancel(jobseeker, callback),
        }
      case 'reschedule': {
        const window = this.#window(act.ahead)
        const wanted = window === undefined ? undefined : { ...window, most: mostInWindow }
        const asked = { callback: id, key, ...(window === undefined ? {} : { window }) }
        return {
          work: () => queue.callbacks.reschedule(region, jobseeker, asked),
          expected: (told) => model.reschedule(jobseeker, callback, { told, wanted, now: this.now }),
        }
      }
      case 'raise':
        return {
          work: () => queue.supervision.raise(region, { id, by: 'sue', priority: act.priority, reason: 'urgent' }),
          expected: () => model.raise(callback, act.priority, now),
        }
      case 'reassign': {
        const { advisor: to, team } = taker(act.advisor)
        const { take } = act
        const given = { id, by: 'sue', to: { advisor: to, team }, reason: 'Anne is ill', take }
        return {
          work: () => queue.supervision.reassign(region, given),
          expected: () => model.reassign(callback, { to, take, now }),
        }
      }
      case 'pick':
        return {
          work: () => callbacks.pick(region, taker(act.advisor), id).then(({ callback }) => callback),
          expected: () => model.pick(act.advisor, callback, now),
        }
    }
  }

  #key(): string {
    this.#keys += 1
    return `${this.#test.region}-key-${this.#keys}`
  }
}

type ActOnOne = Extract<Act, { which: unknown }>
type Told = Awaited<ReturnType<TestQueue['queue']['callbacks']['get']>>
type Expected = (told: Told | undefined) => string

/** In which states an act is likely to do something. */
const statesFor: Readonly<Partial<Record<Act['do'], readonly string[]>>> = {
  accept: ['offered'],
  decline: ['offered'],
  attempt: ['active'],
  complete: ['active'],
  pick: ['waiting'],
  reschedule: ['active', 'offered', 'scheduled'],
  reassign: ['active', 'offered', 'waiting'],
  cancel: ['active', 'offered', 'waiting', 'scheduled'],
}
/** Of the others a repeat is another act. */
const repeatable = new Set<Act['do']>(['accept', 'decline', 'attempt', 'complete', 'cancel', 'reschedule', 'raise'])

const taker = (advisor: string): ModelAdvisor => {
  const known = advisors.find((one) => one.advisor === advisor)
  if (known === undefined) throw new Error(`there is no advisor ${advisor}`)
  return known
}

/** The code of the error that clients see. */
const codeOf = (error: unknown): string => {
  if (error instanceof VisavisError) return error.code
  throw error
}

/** State or error code, and the callback. */
const outcomeOf = (work: Promise<Told>): Promise<{ outcome: string; told?: Told }> =>
  work.then(
    (told) => ({ outcome: told.state, told }),
    (error: unknown) => ({ outcome: codeOf(error) }),
  )

export function equal(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: Redis says ${a}, the model ${b}`)
}
