/** Pure: the figures of each scenario that a reader looks for first; the others are in its file. */
import type { Report } from '../report.ts'
import type { Metric } from '../scenario.ts'

/** *Pure.* By scenario. */
export const chosen: Readonly<Record<string, readonly string[]>> = {
  chat: [
    ...['max_rate_per_s', 'p50_ms_half_load', 'p99_ms_half_load', 'closed_loop_per_s', 'server_cpu_us_per_message'],
    ...['redis_cpu_us_per_message', 'bytes_per_message', 'search_p99_ms', 'generator_cores'],
  ],
  connect: [
    'bytes_per_idle_session',
    'connect_p50_ms',
    'connect_p99_ms',
    'storm_recovered_s',
    'storm_p99_s',
    'generator_cores',
  ],
  fanout: ['visavis_per_s', 'visavis_p50_ms', 'visavis_p99_ms', 'visavis_cpu_us_per_event', 'generator_cores'],
  http: [
    ...['sign_in_per_s', 'sign_in_p99_ms_half_load', 'person_per_s', 'person_p99_ms_half_load', 'portfolio_per_s'],
    ...['page_per_s', 'page_p99_ms_half_load', 'person_generator_cores'],
  ],
  rooms: [
    ...['cpu_us_per_packet', 'join_p50_ms', 'join_p95_ms', 'rooms_per_core', 'packets_per_s', 'memory_per_room_kb'],
    'generator_cores',
  ],
  callbacks: [
    ...['cycles_per_s', 'beside_per_s', 'offer_p99_ms_half_load', 'node_cycles_per_s_1m_10', 'place_redis_us_1m'],
    ...['redis_us_per_cycle_1m_1000', 'generator_cores'],
  ],
}
/** Of a scenario that nobody has chosen for. */
const first = 8

export function headlines({ scenario, metrics }: Report): [string, Metric][] {
  const names = chosen[scenario]
  const found = Object.entries(metrics)
  return names === undefined ? found.slice(0, first) : found.filter(([name]) => names.includes(name))
}
