/** What operators see of a node, built of its parts: its own load, the regions, the certificates in force. */
import type { Logger } from 'pino'
import type { Certificate } from './capacity/certificate.ts'
import { Certified } from './capacity/certified.ts'
import { summaryOf } from './capacity/summary.ts'
import type { SchemeRules } from './enrolment/scheme-rules.ts'
import type { Places } from './lone-places.ts'
import type { Rooms } from './media/rooms.ts'
import { operatorLoad } from './operator-load.ts'
import { startLoadSampler } from './ops/load-sampler.ts'
import type { Metrics } from './ops/metrics.ts'
import type { Presence } from './presence/presence.ts'
import type { NodeLoad, OperatorLoad } from './protocol/operator.ts'
import type { QueueWatch } from './queue/watch.ts'
import { watchRegions } from './region-watch.ts'
import { readRedisUsage } from './store/redis-usage.ts'
import type { Store } from './store/store.ts'

export interface LoadOptions {
  readonly store: Store
  readonly metrics: Metrics
  readonly rooms: Rooms
  readonly places: readonly { readonly id: string; readonly name: string }[]
  readonly rules: SchemeRules
  readonly presence: Presence
  readonly callbacks: QueueWatch
  readonly log: Logger
  /** Of a session that has a connection to this node. */
  readonly regionOf: (session: string) => string | undefined
}

export interface Load extends AsyncDisposable {
  readonly node: NodeLoad | undefined
  of(places: Pick<Places, 'nodes'>): Promise<OperatorLoad>
  /** A certificate has come into force. */
  keep(certificate: Certificate): Promise<void>
}

/** Runs until disposed. */
export function startLoad(options: LoadOptions): Load {
  const { store, metrics, rooms, places: regions, rules, presence, callbacks, log, regionOf } = options
  const certified = new Certified(store.client)
  const sampler = startLoadSampler({
    ...{ metrics, log },
    workers: () => rooms.usage(),
    redis: () => readRedisUsage(store.client),
    *present() {
      for (const { room, session } of rooms.present()) yield { room, region: regionOf(session) }
    },
  })
  const watch = watchRegions({
    ...{ rules, certified, presence, callbacks, metrics, log },
    regions: regions.map(({ id }) => id),
  })
  return {
    get node() {
      return sampler.node
    },
    of: (places) => operatorLoad({ places, sampler, watch, regions, available: () => store.available }),
    async keep(certificate) {
      await certified.keep(certificate.region, summaryOf(certificate))
      await watch.look()
    },
    async [Symbol.asyncDispose]() {
      await sampler[Symbol.asyncDispose]()
      await watch[Symbol.asyncDispose]()
    },
  }
}
