/** Pure: can this deployment serve these people? From the interval of what it carries, and never from one run. */
import type { Capacity } from './knee.ts'
import type { Use } from './limits.ts'
import type { Outcome } from './outcome.ts'
import { limitSentence, type Reached } from './reached.ts'

export type Word = 'LAUNCH' | 'DO NOT LAUNCH' | 'NOT PROVEN'

/** For pipelines: 2 is also what a failure to measure gives. */
export const exitCodes: Readonly<Record<Word, number>> = { LAUNCH: 0, 'DO NOT LAUNCH': 1, 'NOT PROVEN': 2 }

export const leastRepeats = 5

export interface Evidence {
  /** Undefined: nothing could be measured. */
  readonly capacity: Capacity | undefined
  readonly volunteers: number
  /** On top of the demand, to be carried as well: 0.2 is a fifth. */
  readonly margin: number
  readonly nodes: number
  /** What ran out first, if anything did. */
  readonly reached: Reached
  /** Fresh runs beside the interval that contradicted it, a sentence each. */
  readonly contradictions: readonly string[]
  readonly doubts: readonly string[]
  /** Everybody was cut at once, at this load; the last one decides. */
  readonly storms: readonly Stormed[]
  /** What this measurement did not look at. */
  readonly unmeasured: readonly string[]
  /** A month, of one node. */
  readonly nodeCost: number
}

export interface Stormed {
  readonly factor: number
  readonly outcome: Outcome
  readonly severed: number
  readonly recoveryP99Ms: number
}

export interface Verdict {
  readonly word: Word
  readonly why: readonly string[]
  readonly unmeasured: readonly string[]
  /** Volunteers that the deployment carries. */
  readonly capacity:
    | { readonly value: number; readonly low: number; readonly high: number; readonly atLeast: boolean }
    | undefined
  /** Of the low end over the demand; negative: so much is missing. */
  readonly margin: number | undefined
  /** Undefined: nothing that was looked at ran out. */
  readonly limit: Use | undefined
  /** The same in words, and when it is none, why. */
  readonly limitedBy: string
  readonly nodesToAdd: number | undefined
  /** A month, with the nodes that it takes. */
  readonly costPer1000: number | undefined
}

export function verdictOf(evidence: Evidence): Verdict {
  const { capacity, volunteers, margin, reached, nodes } = evidence
  const [word, reason] = judge(evidence)
  const low = capacity?.factor.low ?? 0
  const needed = low > 0 ? nodesFor(1 + margin, low, nodes) : undefined
  const scaled = (factor: number) => Math.floor(factor * volunteers)
  const carried = scaled(capacity?.factor.value ?? 0)
  return {
    word,
    why: [
      reason,
      ...(nodes === 1 ? ['this is a single node: when it is lost, nobody is served until it is back'] : []),
      ...evidence.contradictions,
      ...evidence.storms.map(told),
      ...(word === 'NOT PROVEN' ? evidence.doubts : []),
      ...evidence.unmeasured.map((what) => `not measured: ${what}`),
    ],
    unmeasured: evidence.unmeasured,
    capacity:
      capacity === undefined
        ? undefined
        : {
            value: scaled(capacity.factor.value),
            low: scaled(low),
            high: scaled(capacity.factor.high),
            atLeast: !capacity.limited,
          },
    margin: capacity === undefined ? undefined : low - 1,
    limit: reached.use,
    limitedBy: limitSentence(reached, carried > 0 ? carried.toLocaleString('en') : undefined),
    nodesToAdd: needed === undefined ? undefined : Math.max(0, needed - nodes),
    costPer1000:
      needed === undefined ? undefined : (Math.max(needed, nodes) * evidence.nodeCost) / (volunteers / 1_000),
  }
}

const told = ({ factor, outcome, severed, recoveryP99Ms }: Stormed): string => {
  const how = `all ${severed} sessions were cut at once at × ${factor.toFixed(2)} of the demand`
  const soon = Number.isNaN(recoveryP99Ms) ? '' : `, 99 of 100 were back after ${(recoveryP99Ms / 1_000).toFixed(1)} s`
  if (outcome === 'held') return `${how}: nothing was lost${soon}`
  return outcome === 'broken' ? `${how}, which was not carried${soon}` : `${how}, which proved nothing${soon}`
}

function judge({ capacity, margin, contradictions, storms }: Evidence): readonly [Word, string] {
  if (capacity === undefined) return ['NOT PROVEN', 'no load could be measured']
  const { factor, limited, repeats } = capacity
  const required = 1 + margin
  const asked = margin === 0 ? 'the demand' : `the demand and ${percent(margin)} more`
  if (repeats < leastRepeats) return ['NOT PROVEN', `only ${repeats} of ${leastRepeats} repeats were made`]
  if (contradictions.length > 0) return ['NOT PROVEN', 'fresh runs contradict the interval']
  const storm = storms.at(-1)?.outcome ?? 'held'
  if (factor.low >= required && storm === 'broken')
    return ['DO NOT LAUNCH', `${asked} is carried, but not everybody coming back at once`]
  if (factor.low >= required && storm === 'unproven')
    return ['NOT PROVEN', `${asked} is carried, but everybody coming back at once proved nothing`]
  if (factor.low >= required) return ['LAUNCH', `the low end of the interval carries ${asked}`]
  if (factor.high <= required && limited)
    return ['DO NOT LAUNCH', `even the high end of the interval does not carry ${asked}`]
  if (!limited) return ['NOT PROVEN', 'the load generator gave out before the server did']
  return ['NOT PROVEN', `${asked} lies within the interval`]
}

/**
 * With one more than it takes, so that one may be lost. What several nodes carried they carry with one of them lost already: that is
 * an objective. Assumes that nodes share the load evenly, as they do.
 * @param carried by `nodes` nodes, in the unit of `asked`.
 */
export const nodesFor = (asked: number, carried: number, nodes: number): number =>
  Math.ceil(asked / (carried / Math.max(1, nodes - 1)) - rounding) + 1
/** A sixth and its sixfold are no whole number. */
const rounding = 1e-9

const percent = (share: number): string => `${Math.round(share * 100)} %`
