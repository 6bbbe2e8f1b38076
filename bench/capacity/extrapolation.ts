/**
 * Pure: what more people would take, on paper. Each kind of process has a cost per unit of what it carries, measured in every run
 * that was held, with the fixed cost of a process in it; the demand of more people is that of the model.
 */
import { type Estimate, estimate } from '../statistics.ts'
import { demandOf } from './demand.ts'
import type { Findings } from './findings.ts'
import type { Noted } from './measure.ts'
import type { Parameters } from './parameters.ts'
import { nodesFor, type Verdict } from './verdict.ts'
import { webrtcCost } from './webrtc-cost.ts'

export const unitNames = ['worker core per room', 'node core per session', 'Redis core per session'] as const
export type UnitName = (typeof unitNames)[number]

/** What the cost of a unit is multiplied by. */
const carriedBy: Readonly<Record<UnitName, 'rooms' | 'sessions'>> = {
  'worker core per room': 'rooms',
  'node core per session': 'sessions',
  'Redis core per session': 'sessions',
}

export interface Unit {
  readonly name: UnitName
  /** Median over the runs that were held, with its 95 % bootstrap interval. */
  readonly cost: Estimate
  readonly runs: number
}

export interface OnPaper {
  readonly volunteers: number
  readonly rooms: number
  readonly sessions: number
  /** Cores at most `cpuShare` full, with the margin, from both ends of the interval. */
  readonly cores: Readonly<Partial<Record<UnitName, { readonly low: number; readonly high: number }>>>
}

/** The target that was published, and everybody in guided follow-up (parameters.ts says where). */
const nations = [30_000, 100_000, 1_483_000]

export const formula = 'cores = ⌈units × (1 + margin) × cost of a unit ÷ share of a core that may be used⌉'

export const nodesFormula =
  'nodes = ⌈volunteers × (1 + margin) ÷ volunteers carried by a node, of several by those left when one is lost⌉ + 1'

/** @param webrtcCost what a room of browsers costs against one of the measurement. */
export function unitsOf(steps: readonly Noted[], webrtcCost: number): Unit[] {
  const held = steps.filter(({ outcome }) => outcome === 'held')
  return unitNames.flatMap((name) => {
    const costs = held.map((step) => costOf(step, name, webrtcCost)).filter(Number.isFinite)
    return costs.length === 0 ? [] : [{ name, cost: estimate(costs), runs: costs.length }]
  })
}

function costOf({ watched: { cores, nodes }, load, sessions }: Noted, name: UnitName, webrtcCost: number): number {
  const sum = (of: readonly number[]) => (of.length === 0 ? Number.NaN : of.reduce((total, one) => total + one, 0))
  if (name === 'worker core per room') {
    const workers = Object.entries(cores).flatMap(([part, share]) => (part.startsWith('worker') ? [share] : []))
    return (sum(workers) * webrtcCost) / load.rooms
  }
  if (name === 'Redis core per session') return (cores.redis ?? Number.NaN) / sessions
  return sum(nodes.map(({ cores }) => cores)) / sessions
}

export interface Extrapolation {
  readonly units: readonly Unit[]
  readonly parameters: Parameters
  readonly margin: number
  /** Of a core that may be used: the objective. */
  readonly cpuShare: number
}

/** For so many volunteers, who do as those of the measurement. */
export function onPaper(volunteers: number, { units, parameters, margin, cpuShare }: Extrapolation): OnPaper {
  const registered = Math.max(parameters.registered, volunteers)
  const demand = demandOf({ ...parameters, registered, volunteers })
  const amounts = { rooms: demand.concurrentRooms, sessions: demand.sockets + 2 * demand.concurrentRooms }
  const cores = units.map(({ name, cost }) => {
    const of = (each: number) => Math.ceil((amounts[carriedBy[name]] * (1 + margin) * each) / cpuShare)
    return [name, { low: of(cost.low), high: of(cost.high) }]
  })
  return { volunteers, ...amounts, cores: Object.fromEntries(cores) }
}

export interface OnNodes extends OnPaper {
  /** Like those that were measured, from both ends of the interval of the capacity; undefined: none was found. */
  readonly nodes: { readonly low: number; readonly high: number } | undefined
}

/** For those who were asked about, and for the nation. */
export function nationOnPaper(
  extrapolation: Extrapolation,
  { capacity }: Pick<Verdict, 'capacity'>,
  nodes: number,
): OnNodes[] {
  const { parameters, margin } = extrapolation
  return [...new Set([parameters.volunteers, ...nations])].map((volunteers) => {
    const needed = (carried: number) => nodesFor(volunteers * (1 + margin), carried, nodes)
    const isKnown = capacity !== undefined && capacity.low > 0
    return {
      ...onPaper(volunteers, extrapolation),
      nodes: isKnown ? { low: needed(capacity.high), high: needed(capacity.low) } : undefined,
    }
  })
}

/** What follows from one measurement, for the report and the certificate alike; nobody where nothing was carried. */
export function nationOf({ options, measurement, verdict }: Pick<Findings, 'options' | 'measurement' | 'verdict'>) {
  const { parameters, margin, limits } = options
  const units = unitsOf(measurement.steps, webrtcCost)
  const extrapolation = { units, parameters, margin, cpuShare: limits.cpuShare }
  const people = units.length === 0 ? [] : nationOnPaper(extrapolation, verdict, Math.max(1, options.nodes.length))
  return { units, people }
}
