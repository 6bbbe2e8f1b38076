/** The callback queue of all regions, put together. */
import { Base, type BaseOptions } from './base.ts'
import { Callbacks } from './callbacks.ts'
import { Desks, type DesksOptions } from './desks.ts'
import { Offers } from './offers.ts'
import { linkedCalls, type OutgoingCalls } from './outgoing-call.ts'
import { Supervision } from './supervision.ts'

export interface QueueOptions extends BaseOptions, DesksOptions {
  /** How long an offer waits for its advisor. */
  readonly leaseMs: number
  /** Default: a link that the advisor's own telephone program follows. */
  readonly calls?: OutgoingCalls
}

export type Queue = ReturnType<typeof createQueue>

export function createQueue({ leaseMs, calls = linkedCalls, ...options }: QueueOptions) {
  const base = new Base(options)
  const callbacks = new Callbacks(base)
  return {
    callbacks,
    offers: new Offers(base, { leaseMs }),
    desks: new Desks(base, options),
    supervision: new Supervision(base, callbacks),
    policies: base.policies,
    availability: base.availability,
    timeZone: (region: string) => base.calendars(region).of().timeZone,
    calls,
  }
}
