/**
 * What most callbacks go through: requested, offered, accepted, completed. Whatever of it is asked for at the same time is one
 * run of a script (lua/acts.lua), which costs Redis a fraction of as many.
 */
import { fenceKey } from '../store/fence.ts'
import { Gathered } from '../store/gathered.ts'
import type { RedisClient } from '../store/redis.ts'
import { type CallbackRecord, statesBefore } from './callback.ts'
import { queueKeys } from './keys.ts'
import * as scripts from './scripts.ts'

export interface ActsOptions {
  /** For the next run. */
  readonly client: () => RedisClient
  /** The local day of a region (2026-05-08). */
  readonly dateOf: (region: string) => Promise<string>
}

/** Keys are remembered for longer than any client retries. */
const rememberMs = 48 * 60 * 60 * 1_000
/** Requests of one jobseeker that are kept and shown. */
export const ownLimit = 50
/** Acts of one run: a millisecond of Redis, about. */
export const together = 16

export class Acts {
  readonly #options: ActsOptions
  readonly #regions = new Map<string, Gathered<scripts.Act, unknown>>()

  constructor(options: ActsOptions) {
    this.#options = options
  }

  /** @param requested the key of the answer. */
  async request(region: string, requested: string, args: scripts.RequestArgs): Promise<scripts.Requested> {
    return scripts.requestedBy(await this.#do(region, { kind: 'request', requested, args }))
  }

  async offer(region: string, advisor: string, offering: scripts.Offering): Promise<CallbackRecord | undefined> {
    return scripts.offeredBy(await this.#do(region, { kind: 'offer', args: [advisor, ...offering] }))
  }

  async accept(region: string, args: scripts.AcceptArgs): Promise<scripts.Outcome> {
    return scripts.outcome(await this.#do(region, { kind: 'accept', args }))
  }

  async complete(region: string, args: scripts.CompleteArgs): Promise<scripts.Completed> {
    return scripts.completedBy(await this.#do(region, { kind: 'complete', args }))
  }

  #do(region: string, act: scripts.Act): Promise<unknown> {
    let gathered = this.#regions.get(region)
    if (gathered === undefined) {
      gathered = new Gathered(together, (acts) => this.#together(region, acts))
      this.#regions.set(region, gathered)
    }
    return gathered.do(act)
  }

  /** Offers come last: what is asked for, or given back, in the same turn may be theirs. */
  async #together(region: string, asked: readonly scripts.Act[]): Promise<readonly unknown[]> {
    const acts = asked.toSorted((one, other) => Number(one.kind === 'offer') - Number(other.kind === 'offer'))
    const answers = new Map<scripts.Act, unknown>()
    for (const [n, answer] of (await this.#run(region, acts)).entries()) answers.set(acts[n] as scripts.Act, answer)
    return asked.map((act) => answers.get(act))
  }

  async #run(region: string, acts: readonly scripts.Act[]): Promise<readonly unknown[]> {
    const { all, day } = queueKeys(region)
    const { client, dateOf } = this.#options
    const requested = acts.flatMap((act) => (act.kind === 'request' ? [act.requested] : []))
    const known = [statesBefore('active').join(), statesBefore('done').join(), rememberMs, ownLimit] as const
    return scripts.acts(
      client(),
      [...all, day(await dateOf(region)), fenceKey(region), ...requested],
      [...known, ...acts.flatMap(({ kind, args }) => [args.length, kind, ...args])],
    )
  }
}
