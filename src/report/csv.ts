/** A pilot report as CSV (RFC 4180): one line per period and measure, so that a reader needs no other knowledge of it. Pure. */
import type { PilotReport } from './report.ts'

/** `hidden`: fewer than five, or what would tell of such a number. */
export function reportCsv({ region, weeks, quarters }: PilotReport): string {
  const lines = [...weeks, ...quarters].flatMap(({ period, from, counts }) =>
    Object.entries(counts).map(([measure, count]) => [region, period, from, measure, count ?? 'hidden'].join(',')),
  )
  return ['region,period,from,measure,count', ...lines, ''].join('\r\n')
}
