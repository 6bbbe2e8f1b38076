/** What a stored message takes in Redis, with receipts and idempotency, and how soon a portfolio is searched. */
import { openStorage } from '../../chat-storage.ts'
import type { ArchiveOrders, Search } from '../../generator/archive.ts'
import { Crew } from '../../orders.ts'
import { metric, type Result, type RunOptions } from '../../scenario.ts'
import { messageBytes } from '../../texts.ts'
import type { Portfolio } from '../../visavis.ts'
import type { ArchiveSize } from './size.ts'

export interface ArchiveNode {
  readonly url: string
  /** Its data folder. */
  readonly folder: string
}

/** Of hits asked for. */
const limit = 20

/** @param portfolios whose channels are empty. */
export async function fillArchive(
  { url, folder }: ArchiveNode,
  portfolios: readonly Portfolio[],
  { messages, readEvery, stillMs, queries }: ArchiveSize,
  { repeats, sabotage, say }: RunOptions,
): Promise<Result> {
  await using crew = new Crew<ArchiveOrders>('generator/archive.ts', 1)
  await using storage = openStorage(folder)
  await crew.order('open', [{ url, portfolios }])
  const before = await storage.settled()
  const startedAt = performance.now()
  await crew.order('converse', [{ messages, readEvery }])
  const seconds = (performance.now() - startedAt) / 1_000
  const after = await storage.settled(stillMs)

  const channels = portfolios.reduce((sum, { channels }) => sum + channels.length, 0)
  const total = channels * messages
  const logs = after.eventLogBytes - before.eventLogBytes
  const perMessage = (after.usedBytes - before.usedBytes - logs) / total
  const workload = `${total} messages of ${messageBytes} bytes in ${channels} channels`
  say(`${workload} in ${seconds.toFixed(1)} s: ${Math.round(perMessage)} bytes each`)
  const searches: Search[] = []
  for (let n = 0; n < repeats; n += 1) {
    const [search] = await crew.order('search', [{ queries, limit }])
    if (search === undefined) break
    searches.push(search)
    say(`search: p50 ${search.p50Ms.toFixed(1)} ms, p99 ${search.p99Ms.toFixed(1)} ms`)
  }
  const [verdict = { order: ['nothing was judged'], durability: [] }] = await crew.order('judge', [{ sabotage }])
  return {
    metrics: { bytes_per_message: metric([perMessage], 'bytes', 'lower'), ...searchMetrics(searches) },
    ratios: {},
    checks: {
      every_message_once_in_order: verdict.order.length === 0,
      acknowledged_equals_stored: verdict.durability.length === 0,
      ...(searches.length > 0 && { search_finds_what_was_sent: searches.every(({ inVain }) => inVain === 0) }),
    },
    notes: [
      `${workload}, by both members in turn, receipts moved every ${readEvery}; event logs, of bounded length, grew by ${(logs / 1e6).toFixed(1)} MB besides`,
      ...searchNotes(searches),
      ...[...verdict.order, ...verdict.durability].slice(0, 10),
    ],
  }
}

const searchMetrics = (searches: readonly Search[]): Result['metrics'] =>
  searches.length === 0
    ? {}
    : {
        search_p50_ms: metric(
          searches.map(({ p50Ms }) => p50Ms),
          'ms',
          'lower',
        ),
        search_p99_ms: metric(
          searches.map(({ p99Ms }) => p99Ms),
          'ms',
          'lower',
        ),
      }

function searchNotes(searches: readonly Search[]): string[] {
  if (searches.length === 0) return ['search was not measured: this node has no method chat.search']
  const incomplete = searches.reduce((sum, search) => sum + search.incomplete, 0)
  return incomplete === 0 ? [] : [`${incomplete} answers of search said that they were not complete`]
}
