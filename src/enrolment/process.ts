/**
 * An act that reaches beyond this domain, as it is stored. Its first part is done with it, in one transition; each
 * further step is confirmed one by one. Pure.
 */

/**
 * `left`: a jobseeker has left the scheme. `joined`: they have come in, or come back, by their own act. `advisorChanged`: they are followed by somebody else, by somebody after nobody, or by nobody. `erased`:
 * everything of a person is erased; its steps are done in their order, none before the one before it.
 */
export const processKinds = ['left', 'joined', 'advisorChanged', 'erased'] as const
export type ProcessKind = (typeof processKinds)[number]

export interface Process {
  /** `<kind>/<person>`: the same act again, before the first has ended, begins it anew. */
  readonly id: string
  readonly kind: ProcessKind
  readonly region: string
  readonly person: string
  /** The advisor before, if there was one. */
  readonly from?: string
  /** The advisor now. */
  readonly to?: string
  /** The number of the act (SchemeAct). */
  readonly act?: number
  /** The id of the erasure. */
  readonly erasure?: string
  /** When it began (ms). */
  readonly at: number
  /** Names of the steps that are not confirmed yet, in their order. */
  readonly pending: readonly string[]
  /** Rounds in which a step has failed. */
  readonly attempts: number
  /** Of whoever works on it; only the newest one can confirm a step. */
  readonly token: number
}

/** How a process that has ended is told to the nodes; of an erasure without the person. */
export type EndedProcess = Omit<Process, 'pending'>

/** The names of the steps that follow each act: what a process is stored with. After an act that is not named nothing does. */
export type StepNames = Readonly<Partial<Record<ProcessKind, readonly string[]>>>

/** Whether a step that has failed holds up those after it. */
export const isInOrder = (kind: ProcessKind): boolean => kind === 'erased'

const firstWaitMs = 250
const longestWaitMs = 60_000

/** How long to wait before the next round after so many that have failed. */
export const waitAfter = (attempts: number): number => Math.min(firstWaitMs * 2 ** attempts, longestWaitMs)
