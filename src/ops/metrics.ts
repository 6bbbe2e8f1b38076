/** Prometheus metrics of one node. Names are documented in docs/operations.md; every figure of a benchmark is among them. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Seconds; from a local Redis round trip to a request nobody would wait for. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** A counter that somebody else counts, or a gauge. */
export interface ObservedEach {
  readonly kind: 'counter' | 'gauge'
  readonly name: string
  readonly help: string
  readonly label: string
  readonly read: () => Iterable<readonly [of: string, value: number]>
}

export type Metrics = ReturnType<typeof createMetrics>

/** A registry of its own, so that two nodes in one process (tests) do not mix. */
export function createMetrics(node: string) {
  const registry = new Registry()
  registry.setDefaultLabels({ node })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    connections: new Gauge({ name: 'visavis_connections', help: 'Open WebSocket connections', registers }),
    sessions: new Gauge({
      name: 'visavis_sessions',
      help: 'Authenticated connections, by role',
      labelNames: ['role'] as const,
      registers,
    }),
    requests: new Histogram({
      name: 'visavis_request_seconds',
      help: 'Time from a request to its answer, by method and outcome (ok or error code)',
      labelNames: ['method', 'outcome'] as const,
      buckets: seconds,
      registers,
    }),
    closes: new Counter({
      name: 'visavis_connections_closed_total',
      help: 'Connections closed by the server, by reason',
      labelNames: ['reason'] as const,
      registers,
    }),
    events: new Counter({
      name: 'visavis_events_sent_total',
      help: 'Event frames written to clients, by event',
      labelNames: ['event'] as const,
      registers,
    }),
    limits: new Counter({
      name: 'visavis_limits_reached_total',
      help: 'Times a client reached a limit, by limit (requests, inFlight, frameBytes, fragments, outbox, sessionsPerPerson, connectionsPerAddress, arrivals, messagesPerMinute, attachmentsPerHour, attachmentBytes)',
      labelNames: ['limit'] as const,
      registers,
    }),
    notices: new Counter({
      name: 'visavis_notices_total',
      help: 'Notices by kind and what became of them on this node: sent, again (tried in vain), or why they ended otherwise',
      labelNames: ['kind', 'outcome'] as const,
      registers,
    }),
    verdicts: new Counter({
      name: 'visavis_attendance_verdicts_total',
      help: 'Verdicts that this node proposed, by verdict',
      labelNames: ['verdict'] as const,
      registers,
    }),
    messages: new Counter({
      name: 'visavis_messages_total',
      help: 'Messages published through this node, by region',
      labelNames: ['region'] as const,
      registers,
    }),
    callbackWaits: new Histogram({
      name: 'visavis_callback_wait_seconds',
      help: 'Time from when a callback was due until it was offered by this node, nights included',
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 1, 10, 60, 300, 900, 1_800, 3_600, 7_200, 14_400],
      registers,
    }),
    /** A gauge whose value is asked for at each scrape. */
    observe(name: string, help: string, read: () => number): void {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read())
        },
      })
    },
    /** One value for each of something, asked for at each scrape. Of what is gone nothing is told. */
    observeEach({ kind, name, help, label, read }: ObservedEach): void {
      const Kind = kind === 'counter' ? Counter : Gauge
      new Kind({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          this.reset()
          for (const [of, value] of read()) this.inc({ [label]: of }, value)
        },
      })
    },
    /** The sum of all values of a metric as they stand; undefined when there is none of that name. */
    async sum(name: string): Promise<number | undefined> {
      const found = await registry.getSingleMetric(name)?.get()
      return found?.values.reduce((sum, { value }) => sum + value, 0)
    },
  }
}
