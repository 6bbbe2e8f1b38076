/** How each region stands by what Redis knows of it, counted now and then, so that neither pages nor scrapes cost Redis anything. */
import type { Logger } from 'pino'
import type { Certified } from './capacity/certified.ts'
import type { SchemeRules } from './enrolment/scheme-rules.ts'
import type { Metrics } from './ops/metrics.ts'
import type { Presence } from './presence/presence.ts'
import type { RegionLoad } from './protocol/operator.ts'
import type { QueueWatch } from './queue/watch.ts'
import { startLooks } from './store/rounds.ts'

export interface RegionWatchOptions {
  readonly regions: readonly string[]
  readonly rules: Pick<SchemeRules, 'settings' | 'capacity' | 'followed'>
  readonly certified: Certified
  readonly presence: Pick<Presence, 'connected'>
  readonly callbacks: Pick<QueueWatch, 'waitingIn'>
  readonly metrics: Metrics
  readonly log: Logger
  readonly everyMs?: number
}

/** What Redis knows; nothing while it is away. */
export type RegionFacts = Omit<RegionLoad, 'region' | 'name' | 'rooms' | 'participants' | 'messagesPerSecond'>

export interface RegionWatch extends AsyncDisposable {
  of(region: string): RegionFacts
  /** Counts again, for whoever has just changed something. */
  look(): Promise<void>
}

/** Runs until disposed. One round trip each time: five reads for each region. */
export function watchRegions(options: RegionWatchOptions): RegionWatch {
  const { regions, rules, certified, presence, callbacks, metrics, log, everyMs = 5_000 } = options
  let facts: ReadonlyMap<string, RegionFacts> = new Map()
  const read = async (region: string): Promise<RegionFacts> => {
    const [{ status }, cap, enrolled, certificate, sockets] = await Promise.all([
      rules.settings(region),
      rules.capacity(region),
      rules.followed(region),
      certified.of(region),
      presence.connected(region),
    ])
    const callbacksWaiting = callbacks.waitingIn(region)
    return {
      ...{ status, enrolled, sockets },
      ...(callbacksWaiting === undefined ? {} : { callbacksWaiting }),
      ...(cap === undefined ? {} : { cap }),
      ...(certificate === undefined || certificate.id !== cap?.certificate ? {} : { certificate }),
    }
  }
  const count = async () => {
    const found = await Promise.all(regions.map(async (region) => [region, await read(region)] as const))
    facts = new Map(found)
  }
  const failed = 'the regions could not be counted; trying again'
  const forgetting = (error: unknown): never => {
    facts = new Map()
    throw error
  }
  const looks = startLooks(() => count().catch(forgetting), { everyMs, log, failed })
  tellMetrics(metrics, () => facts)
  return {
    of: (region) => facts.get(region) ?? {},
    // Not the round in hand, which may have read before the change.
    look: () => count().catch((err) => log.debug({ err }, failed)),
    [Symbol.asyncDispose]: () => looks[Symbol.asyncDispose](),
  }
}

function tellMetrics(metrics: Metrics, facts: () => ReadonlyMap<string, RegionFacts>): void {
  const each = (name: string, help: string, value: (facts: RegionFacts) => number | undefined) =>
    metrics.observeEach({
      ...{ kind: 'gauge', label: 'region', name, help },
      read: () =>
        [...facts()].flatMap(([region, found]) => {
          const told = value(found)
          return told === undefined ? [] : [[region, told] as const]
        }),
    })
  each(
    'visavis_region_enrolled',
    'Jobseekers in portfolios, on all nodes, counted every 5 s',
    ({ enrolled }) => enrolled,
  )
  each(
    'visavis_region_capacity',
    'How many a region is certified for; nothing for one without a certificate',
    ({ cap }) => cap?.capacity,
  )
  each(
    'visavis_region_capacity_expires_seconds',
    'When that ends, in seconds since the Unix epoch',
    ({ cap }) => cap && cap.expiresAt / 1_000,
  )
}
