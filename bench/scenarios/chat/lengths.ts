/** Does a channel become dearer as it grows? Appending to it and reading it at three lengths, in turn. */

import { openStorage } from '../../chat-storage.ts'
import type { Compare, LengthOrders } from '../../generator/lengths.ts'
import {
  type Act,
  type Cost,
  type Length,
  lengths,
  type PerLength,
  perLength,
  type Times,
  type Way,
  ways,
} from '../../lengths.ts'
import { Crew } from '../../orders.ts'
import { metric, type Result, type RunOptions, ratio } from '../../scenario.ts'
import type { Portfolio } from '../../visavis.ts'
import type { ArchiveNode } from './archive.ts'
import type { LengthsSize } from './size.ts'

type Comparison = Readonly<Record<Act, PerLength<Cost>>>
type History = Readonly<Record<Way, Times>>

/** Of a page at random places, as a client asks for it. */
const pageSize = 50

/** @param portfolio whose channels are empty. */
export async function growChannels(
  { url, folder }: ArchiveNode,
  portfolio: Portfolio,
  size: LengthsSize,
  { repeats, sabotage, say }: RunOptions,
): Promise<Result> {
  const [longest = '', second = '', ...short] = portfolio.channels.map(({ channel }) => channel)
  const channels: PerLength<readonly string[]> = { '10': short, '10k': [second], '1m': [longest] }
  await using crew = new Crew<LengthOrders>('generator/lengths.ts', 1)
  await using storage = openStorage(folder)
  const { maxInFlight, blocks, perBlock } = size
  await crew.order('open', [{ url, portfolio, maxInFlight }])
  for (const length of lengths) {
    const messages = size.messages[length]
    const startedAt = performance.now()
    await crew.order('fill', [{ channels: channels[length], messages }])
    const seconds = (performance.now() - startedAt) / 1_000
    const rate = Math.round((messages * channels[length].length) / seconds)
    say(`${channels[length].length} × ${messages} messages were sent in ${seconds.toFixed(1)} s (${rate}/s)`)
  }
  const compare: Compare = { channels, blocks, perBlock, limit: size.messages['10'], folder }
  const comparisons: Comparison[] = []
  const histories: History[] = []
  // A rewriting of so large an append-only file would fall on one length more than on the others.
  await storage.settled()
  await crew.order('compare', [{ ...compare, blocks: 1 }])
  for (let n = 0; n < repeats; n += 1) {
    const [comparison] = await crew.order('compare', [compare])
    const [history] = await crew.order('pages', [{ channel: longest, count: size.pages, limit: pageSize }])
    if (comparison === undefined || history === undefined) throw new Error('nothing was compared')
    comparisons.push(comparison)
    histories.push(history)
    say(`${describe('append', comparison)}; ${describe('page', comparison)}`)
  }
  const [read] = await crew.order('readBack', [{ backwards: size.backwards, sabotage }])
  if (read === undefined) throw new Error('nothing was read back')
  return {
    metrics: {
      ...costs('append', comparisons),
      ...costs('page', comparisons),
      ...historyTimes(histories),
      history_messages_per_s: metric([read.messages / read.seconds], 'messages/s', 'higher'),
    },
    ratios: { ...growth('append', comparisons), ...growth('page', comparisons) },
    checks: {
      every_message_once_in_order: read.outOfOrder.length === 0,
      every_page_whole: read.badPages.length === 0 && read.messages > 0,
    },
    notes: [
      `lengths: ${lengths.map((length) => `"${length}" is ${size.messages[length]} messages`).join(', ')}`,
      ...[...read.outOfOrder, ...read.badPages].slice(0, 10),
    ],
  }
}

const describe = (act: Act, comparison: Comparison): string =>
  `${act} ${lengths.map((length) => `${length}: ${Math.round(comparison[act][length].us)} µs (redis ${Math.round(comparison[act][length].redisUs)})`).join(', ')}`

function costs(act: Act, comparisons: readonly Comparison[]): Result['metrics'] {
  const of = (figure: keyof Cost) =>
    perLength((length) =>
      metric(
        comparisons.map((comparison) => comparison[act][length][figure]),
        'µs',
        'lower',
      ),
    )
  const named = (name: string, values: ReturnType<typeof of>) =>
    lengths.map((length) => [`${name}_us_${length}`, values[length]] as const)
  return Object.fromEntries([...named(act, of('us')), ...named(`${act}_redis`, of('redisUs'))])
}

/** Of the longer against the shortest, both in the same comparison. */
function growth(act: Act, comparisons: readonly Comparison[]): Result['ratios'] {
  const of = (length: Length, figure: keyof Cost) => comparisons.map((comparison) => comparison[act][length][figure])
  const against = (length: Length, figure: keyof Cost) => ratio(of(length, figure), of('10', figure), 'lower')
  return {
    [`${act}_10k_vs_10`]: against('10k', 'us'),
    [`${act}_1m_vs_10`]: against('1m', 'us'),
    [`${act}_redis_1m_vs_10`]: against('1m', 'redisUs'),
  }
}

const historyTimes = (histories: readonly History[]): Result['metrics'] => {
  const of = (way: Way, figure: keyof Times) =>
    metric(
      histories.map((history) => history[way][figure]),
      'ms',
      'lower',
    )
  return Object.fromEntries(
    ways.flatMap((way) => [
      [`history_${way}_p50_ms`, of(way, 'p50Ms')],
      [`history_${way}_p99_ms`, of(way, 'p99Ms')],
    ]),
  )
}
