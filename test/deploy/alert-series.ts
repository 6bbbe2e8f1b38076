/**
 * What a deployment tells Prometheus when all is well, and how each alert's own trouble shows in it. One value a minute, as promtool
 * writes them: `a+bxn` begins at a and grows by b.
 */

type Series = Readonly<Record<string, string>>

export const minutes = 90
const where = 'node="a",instance="a:3000",job="visavis"'
const still = (value: number) => `${value}x${minutes}`
/** A counter that grows by so much a second. */
const rising = (perSecond: number) => `0+${perSecond * 60}x${minutes}`

const well: Series = {
  'up{job="visavis",instance="a:3000"}': still(1),
  [`visavis_connections{${where}}`]: still(40),
  [`visavis_redis_available{${where}}`]: still(1),
  [`visavis_media_workers{${where}}`]: still(2),
  [`visavis_request_seconds_bucket{method="chat.publish",outcome="ok",le="0.1",${where}}`]: rising(5),
  [`visavis_request_seconds_bucket{method="chat.publish",outcome="ok",le="0.5",${where}}`]: rising(5),
  [`visavis_request_seconds_bucket{method="chat.publish",outcome="ok",le="+Inf",${where}}`]: rising(5),
  [`visavis_request_seconds_count{method="chat.publish",outcome="ok",${where}}`]: rising(5),
  [`visavis_request_seconds_count{method="chat.publish",outcome="INTERNAL",${where}}`]: still(3),
  [`nodejs_eventloop_lag_p99_seconds{${where}}`]: still(0.02),
  [`process_cpu_seconds_total{${where}}`]: rising(0.3),
  [`visavis_media_worker_cpu_seconds_total{worker="17",${where}}`]: rising(0.5),
  [`visavis_redis_cpu_seconds_total{mode="user",${where}}`]: rising(0.2),
  [`visavis_redis_cpu_seconds_total{mode="system",${where}}`]: rising(0.2),
  [`visavis_redis_memory_bytes{${where}}`]: still(5e8),
  [`visavis_redis_memory_limit_bytes{${where}}`]: still(1e9),
  [`visavis_region_enrolled{region="bretagne",${where}}`]: still(500),
  [`visavis_region_capacity{region="bretagne",${where}}`]: still(1_000),
  // Promtool's clock begins at the epoch.
  [`visavis_region_capacity_expires_seconds{region="bretagne",${where}}`]: still(30 * 86_400),
  [`process_open_fds{${where}}`]: still(100),
  [`process_max_fds{${where}}`]: still(1_000),
  [`visavis_chat_answers_overdue{${where}}`]: still(0),
  [`visavis_audit_dropped{${where}}`]: still(0),
}

/** A program that has nothing to do with Visavis, on the same Prometheus and not well at all. */
const stranger = 'instance="b:9100",job="other"'
const others: Series = {
  [`nodejs_eventloop_lag_p99_seconds{${stranger}}`]: still(3),
  [`process_cpu_seconds_total{${stranger}}`]: rising(1),
  [`process_open_fds{${stranger}}`]: still(99),
  [`process_max_fds{${stranger}}`]: still(100),
}

const but = (changed: Series): Series => ({ ...well, ...changed })
const node = { node: 'a', instance: 'a:3000', job: 'visavis' }

export interface Trouble {
  readonly alert: string
  readonly series: Series
  /** Of the alert, without its name and severity. */
  readonly labels: Readonly<Record<string, string>>
  /** That people read. */
  readonly summary: string
  readonly severity: 'page' | 'ticket'
}

export const troubles: readonly Trouble[] = [
  {
    alert: 'VisavisNodeAway',
    series: but({ 'up{job="visavis",instance="a:3000"}': still(0) }),
    labels: { instance: 'a:3000', job: 'visavis' },
    summary: 'a:3000 does not answer Prometheus: whoever was there comes back at another node',
    severity: 'page',
  },
  {
    alert: 'VisavisStorageAway',
    series: but({ [`visavis_redis_available{${where}}`]: still(0) }),
    labels: node,
    summary: 'Redis does not answer a: nothing can be written',
    severity: 'page',
  },
  {
    alert: 'VisavisNoMediaWorker',
    series: but({ [`visavis_media_workers{${where}}`]: still(0) }),
    labels: node,
    summary: 'a has no media worker: nobody can enter a room there',
    severity: 'page',
  },
  {
    alert: 'VisavisSlowMessages',
    series: but({
      [`visavis_request_seconds_bucket{method="chat.publish",outcome="ok",le="0.1",${where}}`]: rising(4.8),
    }),
    labels: {},
    summary: 'One message of a hundred takes longer than 200 ms to be stored',
    severity: 'page',
  },
  {
    alert: 'VisavisEventLoopLate',
    series: but({ [`nodejs_eventloop_lag_p99_seconds{${where}}`]: still(0.2) }),
    labels: node,
    summary: 'The event loop of a is late: it has more than it carries',
    severity: 'ticket',
  },
  {
    alert: 'VisavisNodeFull',
    series: but({ [`process_cpu_seconds_total{${where}}`]: rising(0.95) }),
    labels: node,
    summary: 'a uses all of its core: add a node',
    severity: 'ticket',
  },
  {
    alert: 'VisavisMediaWorkerFull',
    series: but({ [`visavis_media_worker_cpu_seconds_total{worker="17",${where}}`]: rising(0.95) }),
    labels: { ...node, worker: '17' },
    summary: 'Media worker 17 of a uses all of its core: add a node',
    severity: 'ticket',
  },
  {
    alert: 'VisavisRedisFull',
    series: but({ [`visavis_redis_cpu_seconds_total{mode="system",${where}}`]: rising(0.75) }),
    labels: {},
    summary: 'Redis uses all of its core: everything waits for it',
    severity: 'page',
  },
  {
    alert: 'VisavisRedisMemory',
    series: but({ [`visavis_redis_memory_bytes{${where}}`]: still(9e8) }),
    labels: {},
    summary: 'Redis has used four fifths of its memory: when it is full, nothing can be written',
    severity: 'page',
  },
  {
    alert: 'VisavisPlacesNearlyTaken',
    series: but({ [`visavis_region_enrolled{region="bretagne",${where}}`]: still(900) }),
    labels: { region: 'bretagne' },
    summary: 'bretagne has four fifths of its certified places taken: measure again with more nodes',
    severity: 'ticket',
  },
  {
    alert: 'VisavisCertificateEnds',
    series: but({
      [`visavis_region_capacity_expires_seconds{region="bretagne",${where}}`]: still(6 * 86_400),
    }),
    labels: { region: 'bretagne' },
    summary: 'The certificate of capacity of bretagne ends within a week, or has: nobody new comes in then',
    severity: 'ticket',
  },
  {
    alert: 'VisavisFewFilesLeft',
    series: but({ [`process_open_fds{${where}}`]: still(900) }),
    labels: node,
    summary: 'a has used four fifths of the files it may open: sessions will be refused',
    severity: 'ticket',
  },
  {
    alert: 'VisavisErrors',
    series: but({
      [`visavis_request_seconds_count{method="chat.publish",outcome="INTERNAL",${where}}`]: rising(0.1),
    }),
    labels: {},
    summary: 'One request of a hundred fails by a fault of the service',
    severity: 'page',
  },
  {
    alert: 'VisavisAnswersOverdue',
    series: but({ [`visavis_chat_answers_overdue{${where}}`]: still(2) }),
    labels: {},
    summary: 'Jobseekers have waited for an answer for longer than is promised',
    severity: 'ticket',
  },
  {
    alert: 'VisavisAuditLost',
    series: but({ [`visavis_audit_dropped{${where}}`]: rising(0.1) }),
    labels: node,
    summary: 'Entries of the audit log of a were lost',
    severity: 'page',
  },
]

/** In which nothing may be told. */
export const calm: readonly Series[] = [
  { ...well, ...others },
  // A Redis without a limit has no share of it.
  but({
    [`visavis_redis_memory_limit_bytes{${where}}`]: still(0),
    [`visavis_redis_memory_bytes{${where}}`]: still(9e9),
  }),
]
