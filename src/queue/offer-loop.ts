/** Hands waiting callbacks to advisors who are there. Safe on every node at once: each step is one atomic script. */
import type { Logger } from 'pino'
import { type Rounds, startRounds } from '../store/rounds.ts'
import { together } from './acts.ts'
import type { Taker } from './matching.ts'
import type { Taken } from './offers.ts'

export interface OfferLoopOptions {
  readonly offers: { offer(region: string, taker: Taker): Promise<Taken | undefined> }
  readonly desks: { sweep(region: string): Promise<number> }
  readonly regions: readonly string[]
  /** Advisors who are connected to this node. */
  readonly ready: () => Iterable<ReadyAdvisor>
  /** One of them. */
  readonly find: (advisor: string) => ReadyAdvisor | undefined
  /** What was offered, and where, for whoever counts. */
  readonly onOffer?: (taken: Taken, region: string) => void
  readonly log: Logger
  readonly everyMs: number
}

export interface ReadyAdvisor extends Taker {
  readonly region: string
}

export interface OfferLoop extends AsyncDisposable {
  /** Something changed: look now. @param advisor for one advisor only, which costs as much as one offer. */
  wake(advisor?: string): void
}

/** States of a callback that bring nobody an offer: see `wakingBy`. */
const idle = ['offered', 'active', 'done']

/**
 * Hears what people are told of callbacks, and wakes for those whom it may bring an offer: once for all that is told in one
 * turn, and not for whoever was offered something in it. Nor when it was accepted, for whom one at a time is the most; nor when it
 * was done, for the same step offered the next one (complete.lua).
 * @returns takes the text of `callback.changed` and `callback.offered`, as clients get it.
 */
export function wakingBy(wake: (person: string) => void): (person: string, name: string, text: string) => void {
  const due = new Set<string>()
  const wakeAll = () => {
    const people = [...due]
    due.clear()
    for (const person of people) wake(person)
  }
  return (person, name, text) => {
    if (name === 'callback.offered') due.delete(person)
    else if (!idle.includes(/"state":"([a-z]+)"/.exec(text)?.[1] ?? '')) {
      if (due.size === 0) queueMicrotask(wakeAll)
      due.add(person)
    }
  }
}

/**
 * Runs until disposed. Rounds over all advisors never overlap, nor do offers to the same advisor; what fails is logged, and
 * the next round tries again.
 */
export function startOfferLoop(options: OfferLoopOptions): OfferLoop {
  const { offers, desks, regions, ready, find, onOffer = () => {}, log, everyMs } = options
  /** Advisors who are being looked at, and whether that is to be done once more. */
  const looking = new Map<string, { again: boolean; done: Promise<void> }>()

  // All are waited for, so that nothing of a round runs on behind it; and one failure does not keep the others from it.
  const failuresOf = async (work: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(work)).filter((result) => result.status === 'rejected')
  const warn = (failures: readonly PromiseRejectedResult[]) => {
    const [first] = failures
    if (first === undefined) return
    log.warn({ err: first.reason, failures: failures.length }, 'callbacks could not be offered; trying again')
  }
  const offer = async (advisor: ReadyAdvisor) => {
    const taken = await offers.offer(advisor.region, advisor)
    if (taken !== undefined) onOffer(taken, advisor.region)
  }
  const offerAll = async () => {
    const all = [...ready()]
    const failures: PromiseRejectedResult[] = []
    // One run of the script at a time: all of a thousand at once would keep whatever people ask for meanwhile from Redis
    // until the last of them has been looked at, each second anew.
    for (let n = 0; n < all.length && !rounds.closed; n += together) {
      // As they are by then: whoever has gone since the round began is offered nothing.
      const here = all.slice(n, n + together).flatMap(({ advisor }) => find(advisor) ?? [])
      failures.push(...(await failuresOf(here.map(offer))))
    }
    warn(failures)
  }
  const rounds: Rounds = startRounds(async () => {
    warn(await failuresOf(regions.map((region) => desks.sweep(region))))
    await offerAll()
  }, everyMs)
  const look = async (advisor: string, state: { again: boolean }) => {
    do {
      state.again = false
      const found = find(advisor)
      if (found !== undefined) warn(await failuresOf([offer(found)]))
    } while (state.again && !rounds.closed)
    looking.delete(advisor)
  }
  const wakeOne = (advisor: string) => {
    const known = looking.get(advisor)
    if (known !== undefined) known.again = true
    else if (find(advisor) !== undefined) {
      const state = { again: false, done: Promise.resolve() }
      looking.set(advisor, state)
      state.done = look(advisor, state)
    }
  }
  const wake = (advisor?: string) => {
    if (rounds.closed) return
    if (advisor === undefined) rounds.wake()
    else wakeOne(advisor)
  }

  return {
    wake,
    async [Symbol.asyncDispose]() {
      await rounds[Symbol.asyncDispose]()
      await Promise.all([...looking.values()].map(({ done }) => done))
    },
  }
}
