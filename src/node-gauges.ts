/** What else of a node its metrics show, read when somebody asks for them. */
import type { Audit } from './audit/audit.ts'
import type { Rooms } from './media/rooms.ts'
import type { Metrics } from './ops/metrics.ts'
import type { Recording } from './recording.ts'
import type { RetentionLoop } from './retention/retention-loop.ts'
import type { Search } from './search/search.ts'
import type { Store } from './store/store.ts'
import type { Visits } from './visits.ts'

export interface NodeGaugesOptions {
  readonly rooms: Rooms
  readonly store: Store
  readonly search: Search
  readonly visits: Visits
  readonly recording: Recording
  readonly audit: Audit
  readonly retention: RetentionLoop
}

export function observeNode(metrics: Metrics, parts: NodeGaugesOptions): void {
  const { rooms, store, search, visits, recording, audit, retention } = parts
  metrics.observe('visavis_rooms', 'Open rooms', () => rooms.stats().rooms)
  metrics.observe('visavis_participants', 'Participants in rooms', () => rooms.stats().participants)
  metrics.observe('visavis_media_workers', 'Live mediasoup workers', () => rooms.stats().workers.length)
  metrics.observe('visavis_redis_available', '1 while Redis answers', () => Number(store.available))
  metrics.observe('visavis_search_behind', 'Conversations the search index has not caught up with', () => search.behind)
  metrics.observe('visavis_attendance_visits', 'People in rooms of this node whose media is counted', () => visits.size)
  metrics.observe('visavis_attendance_facts_lost', 'Facts of rooms that are on no record', () => recording.lost)
  metrics.observe('visavis_audit_waiting', 'Entries of the audit log not yet stored', () => audit.waiting)
  metrics.observe('visavis_audit_dropped', 'Entries of the audit log that were lost', () => audit.dropped)
  for (const kind of ['messages', 'notes', 'callbacks', 'appointments'] as const) {
    const help = `${kind} that this node removed because they were kept long enough`
    metrics.observe(`visavis_retention_${kind}_removed`, help, () => retention.removed[kind])
  }
}
