/**
 * Pure: what one run at one load proves.
 *
 * | outcome  | what it says                                                                                     |
 * |----------|--------------------------------------------------------------------------------------------------|
 * | held     | the load was made, every objective held, everything arrived                                      |
 * | broken   | the load was made and the server did not carry it, also without whatever the generator added     |
 * | unproven | the generator did not make the load, or was itself so late that a break may be its own           |
 */
import { type Break, seenObjectives } from './objectives.ts'

export type Outcome = 'held' | 'broken' | 'unproven'

export interface Generator {
  /** Share of the acts and packets due that were really made. */
  readonly made: number
  /** Share of the packets sent that reached the generator, and were lost because it did not read them in time. */
  readonly dropped: number
  /** By how much acts were late when they began, ms, 99 of 100. */
  readonly lateP99Ms: number
  /** By how much its event loops were late, ms, 99 of 100: once when something leaves and once when it arrives. */
  readonly loopP99Ms: number
  /** Share of a core of the busiest of its processes. */
  readonly core: number
}

export interface Judged {
  readonly breaks: readonly Break[]
  /** Lost, doubled, out of order: a sentence each. */
  readonly faults: readonly string[]
  readonly generator: Generator
  /** Of all acts, those to which the server itself has said no. */
  readonly refusedShare?: number
  /** That generator and server share; undefined when the generator has one of its own. */
  readonly machine: Machine | undefined
}

export interface Machine {
  /** Share of all cores in use. */
  readonly busy: number
  /** By programs that are no part of this. */
  readonly others: number
  /** By the generator, with its media and its browser. */
  readonly generator: number
}

/** Below it the load is another one than was asked for. */
const made = 0.98
/** From here on a process waits for its core, and measures itself. */
const fullCore = 0.9
const fullMachine = 0.95
/** Of a full machine: from here on it matters that others use it. */
const crowd = 0.1
/** The same of the generator: whatever the server did not carry, it would have had that much more for it. */
const ownCrowd = 0.25
/** Of all packets. */
const worthTelling = 0.001
/** A generator that is late by more cannot tell lost pictures and packets from its own. */
const witnessMs = 100

/** A picture is late by what the browser itself waits for, which nobody can take off: it counts when nothing was full. */
const isTime = (objective: Break['objective']): boolean =>
  objective.endsWith('Ms') && objective !== 'eventLoopP99Ms' && !seenObjectives.includes(objective)

export function outcomeOf(judged: Judged): Outcome {
  const { breaks, faults, generator } = judged
  // Lost is lost, however slow whoever counts is.
  if (faults.length > 0) return generator.made >= made ? 'broken' : 'unproven'
  if (generator.made < made) return 'unproven'
  if (breaks.length === 0) return 'held'
  return breaks.some((one) => isServers(one, judged)) ? 'broken' : 'unproven'
}

/** Whether a break stands when all that the generator may have added is taken off. */
function isServers({ objective, value, limit }: Break, { generator, machine, refusedShare = 0 }: Judged): boolean {
  // What neighbours have taken, the server did not have.
  if (isCrowded(machine)) return false
  // What the server says of itself needs no witness.
  if (objective === 'cpuShare' || (objective === 'errorShare' && refusedShare > limit)) return true
  if (isOwnCrowd(machine)) return false
  if (objective === 'lossShare' && value - generator.dropped <= limit) return false
  const own = generator.lateP99Ms + 2 * generator.loopP99Ms
  if (isTime(objective)) return !(value - own <= limit)
  const starved = generator.core >= fullCore || (machine?.busy ?? 0) >= fullMachine
  return !starved && own <= witnessMs
}

const isCrowded = (machine: Machine | undefined): boolean =>
  machine !== undefined && machine.busy >= fullMachine && machine.others >= crowd

/** Beside a generator of its own the server would have had the whole machine. */
const isOwnCrowd = (machine: Machine | undefined): boolean =>
  machine !== undefined && machine.busy >= fullMachine && machine.generator >= ownCrowd

/** Why a run proves nothing, for people. */
export function doubtsOf({ generator, machine }: Pick<Judged, 'generator' | 'machine'>): string[] {
  const { made: share, dropped, lateP99Ms, loopP99Ms, core } = generator
  const own = lateP99Ms + 2 * loopP99Ms
  return [
    ...(share < made ? [`the generator made only ${(share * 100).toFixed(1)} % of the load`] : []),
    ...(dropped > worthTelling
      ? [`the generator lost ${(dropped * 100).toFixed(1)} % of the packets itself: it did not read them in time`]
      : []),
    ...(core >= fullCore
      ? [`a process of the generator or of its browser used ${(core * 100).toFixed(0)} % of a core`]
      : []),
    ...(own > witnessMs ? [`the generator may itself have added ${Math.round(own)} ms`] : []),
    ...(machine !== undefined && machine.busy >= fullMachine ? [fullSaid(machine)] : []),
    ...(isCrowded(machine) ? ['other programs used much of the machine'] : []),
  ]
}

const fullSaid = (machine: Machine): string =>
  `the machine that generator and server share was full${isOwnCrowd(machine) ? `, ${Math.round(machine.generator * 100)} % of it by the generator` : ''}`
