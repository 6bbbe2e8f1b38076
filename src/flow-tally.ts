/** Sums up what workers count of one visit into spans in which media came. *Pure.* */
import type { StreamFlow } from './media/flow.ts'

/** Media came from somebody throughout. */
export interface FlowSpan {
  readonly since: number
  readonly until: number
  readonly kinds: readonly ('audio' | 'video')[]
  readonly packetsFrom: number
  readonly packetsTo: number
  /** The worst of the span. */
  readonly score: number
  readonly lost: number
  readonly roundTripMs: number
}

export class FlowTally {
  readonly #spanMs: number
  #counted = new Map<string, StreamFlow>()
  #countedAt: number
  #span: FlowSpan | undefined
  #told = false

  /** @param spanMs how long a span may grow before it is told; the very first is told at once. */
  constructor(begunAt: number, spanMs: number) {
    this.#countedAt = begunAt
    this.#spanMs = spanMs
  }

  /** @returns the span that is to be told now, if one is. */
  count(streams: readonly StreamFlow[], at: number): FlowSpan | undefined {
    const step = stepOf(this.#counted, streams)
    const since = this.#countedAt
    this.#counted = new Map(streams.map((stream) => [stream.id, stream]))
    this.#countedAt = at
    // Nothing came: what came before is a span of its own.
    if (step === undefined) return this.end()
    this.#span = joined(this.#span, { ...step, since, until: at })
    const isLong = at - this.#span.since >= this.#spanMs
    return isLong || !this.#told ? this.end() : undefined
  }

  /** @returns what is not told yet. */
  end(): FlowSpan | undefined {
    const span = this.#span
    this.#span = undefined
    if (span !== undefined) this.#told = true
    return span
  }
}

/** What moved between two counts; undefined when nothing came from them. */
function stepOf(before: ReadonlyMap<string, StreamFlow>, streams: readonly StreamFlow[]) {
  const moved = streams
    .map((stream) => {
      const { packets = 0, lost = 0 } = before.get(stream.id) ?? {}
      return { ...stream, packets: stream.packets - packets, lost: Math.max(0, stream.lost - lost) }
    })
    .filter(({ packets }) => packets > 0)
  const from = moved.filter(({ way }) => way === 'from')
  if (from.length === 0) return undefined
  return {
    kinds: [...new Set(from.map(({ kind }) => kind))].sort(),
    packetsFrom: from.reduce((sum, { packets }) => sum + packets, 0),
    packetsTo: moved.reduce((sum, { way, packets }) => sum + (way === 'to' ? packets : 0), 0),
    score: Math.min(...moved.map(({ score }) => score)),
    lost: moved.reduce((sum, { lost }) => sum + lost, 0),
    roundTripMs: Math.max(...moved.map(({ roundTripMs }) => roundTripMs)),
  }
}

const joined = (span: FlowSpan | undefined, step: FlowSpan): FlowSpan =>
  span === undefined
    ? step
    : {
        since: span.since,
        until: step.until,
        kinds: [...new Set([...span.kinds, ...step.kinds])].sort(),
        packetsFrom: span.packetsFrom + step.packetsFrom,
        packetsTo: span.packetsTo + step.packetsTo,
        score: Math.min(span.score, step.score),
        lost: span.lost + step.lost,
        roundTripMs: Math.max(span.roundTripMs, step.roundTripMs),
      }
