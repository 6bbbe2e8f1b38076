/** How long regions keep what, read at start, and what takes the rest away. */
import type { Logger } from 'pino'
import { ConfigError } from '../config/load.ts'
import { type RetainOptions, retainedPeople } from './retain.ts'
import { type RetentionPolicy, readPolicy } from './retention/policy.ts'
import { type RetentionLoop, startRetention } from './retention/retention-loop.ts'
import type { Store } from './store/store.ts'

export type Policies = ReadonlyMap<string, RetentionPolicy>

export interface RetainingOptions extends RetainOptions {
  readonly store: Pick<Store, 'client' | 'rewriteLog'>
  readonly policies: Policies
  readonly log: Logger
}

/** Runs until disposed. */
export const startRetaining = ({ store, policies, log, ...retained }: RetainingOptions): RetentionLoop =>
  startRetention({
    ...retainedPeople(retained),
    client: store.client,
    policies,
    ...(store.rewriteLog === undefined ? {} : { rewriteLog: store.rewriteLog }),
    log,
  })

/** @throws ConfigError. */
export function policiesOf(places: readonly { readonly id: string; readonly retention?: unknown }[]): Policies {
  const read = places.map((place) => [place.id, readPolicy(place.id, place)] as const)
  const mistakes = read.flatMap(([, policy]) => ('mistakes' in policy ? policy.mistakes : []))
  if (mistakes.length > 0) throw new ConfigError(mistakes.map((mistake) => `config/regions.json: ${mistake}`))
  return new Map(read.flatMap(([id, policy]) => ('mistakes' in policy ? [] : [[id, policy] as const])))
}
