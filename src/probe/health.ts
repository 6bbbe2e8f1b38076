/** How the service was, as the logs of probes in a folder say. What cannot be read counts as not looked at, never as healthy. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import { hashOf, type Line } from './line.ts'
import { filesIn, readLines } from './log-file.ts'
import { covers, type Failure, failuresIn, isWhole, type Span } from './periods.ts'

export interface ServiceHealth extends Span {
  /** Whether a probe has looked the whole time. */
  readonly covered: boolean
  readonly incidents: Failure[]
  /** Up to where each log was read. */
  readonly probes: { probe: string; n: number; hash: string }[]
}

const dayMs = 24 * 60 * 60 * 1_000
/** As many as the fact of a record may have; the rest is within the last one. */
const mostIncidents = 100
const mostProbes = 16

/** Reads the files of the days in question: some 400 kB a day and probe. */
export async function healthOf(
  folder: string,
  { from, until }: Span,
  log: Pick<Logger, 'warn'>,
): Promise<ServiceHealth> {
  const logs = await logsOf(folder, { from, until }).catch((err: unknown) => {
    log.warn({ err, folder }, 'the logs of probes cannot be read: the health of the service counts as unknown')
    return []
  })
  for (const lines of logs)
    if (!isWhole(lines)) log.warn({ probe: lines[0]?.probe }, 'the log of a probe is not whole, and counts for nothing')
  const known = logs.filter((lines) => lines.length > 0).slice(0, mostProbes)
  return {
    ...{ from, until },
    covered: logs.some((lines) => covers(lines, { from, until })),
    incidents: atMost(mostIncidents, failuresIn(logs.flat(), { from, until })),
    probes: known.flatMap((lines) => {
      const last = lines.at(-1)
      return last === undefined ? [] : [{ probe: last.probe, n: last.n, hash: hashOf(last) }]
    }),
  }
}

/** The lines of each probe that may tell of a span, up to its end: what comes later is of no interest. */
async function logsOf(folder: string, { from, until }: Span): Promise<Line[][]> {
  // A line that crosses midnight lies in the file of the day on which it began.
  const first = new Date(from - dayMs).toISOString().slice(0, 10)
  const last = new Date(until).toISOString().slice(0, 10)
  const files = await filesIn(folder)
  return Promise.all(
    [...files.values()].map(async (days) => {
      const wanted = days.filter(({ day }) => day >= first && day <= last)
      const lines = await Promise.all(wanted.map(({ name }) => readLines(join(folder, name))))
      return lines.flat().filter((line) => line.until > from && line.from < until)
    }),
  )
}

function atMost(most: number, failures: readonly Failure[]): Failure[] {
  const kept = failures.slice(0, most)
  const last = failures.at(-1)
  const end = kept.at(-1)
  if (failures.length > most && last !== undefined && end !== undefined) kept[most - 1] = { ...end, until: last.until }
  return kept
}
