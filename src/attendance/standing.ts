/** What stands of a record, without reading it all. *Pure.* */
import type {
  AttendanceContent,
  AttendanceEntry,
  AttendanceRecord,
  AttendanceState,
  Fact,
  FactType,
  Party,
} from '../protocol/index.ts'
import { headsOf } from './chain.ts'
import { windowOf } from './evidence.ts'
import { isEvidence } from './given.ts'

export interface Standing extends Omit<AttendanceRecord, 'state' | 'verdict' | 'because' | 'cannotBeAbsent'> {
  /** The newest entry that is no verdict. */
  readonly evidence: number
  readonly proposed?: Newest<'verdictProposed'>
  readonly confirmed?: Newest<'verdictConfirmed'>
  readonly contested?: Newest<'contested'>
}

export interface Newest<T extends FactType> {
  readonly n: number
  readonly at: number
  readonly fact: Extract<Fact, { type: T }>
}

/** Fields of the hash of a record, in the order in which `standingOf` takes them. */
export const standingFields = [
  ...['jobseeker', 'advisor', 'from', 'until', 'n', 'hash', 'evidence'],
  ...['last/verdictProposed', 'last/verdictConfirmed', 'last/contested'],
]

/** @returns undefined where there is no record. */
export function standingOf(
  region: string,
  appointment: string,
  fields: readonly (string | null)[],
): Standing | undefined {
  const [jobseeker, advisor, from, until, n, hash, evidence, ...newest] = fields.map((field) => field ?? undefined)
  if (n === undefined || hash === undefined) return undefined
  const [proposed, confirmed, contested] = newest
  return {
    ...{ region, appointment, head: { n: Number(n), hash }, evidence: Number(evidence ?? 1) },
    window: { from: Number(from), until: Number(until) },
    ...(jobseeker === undefined ? {} : { jobseeker }),
    ...(advisor === undefined ? {} : { advisor }),
    ...(proposed === undefined ? {} : { proposed: newestOf<'verdictProposed'>(proposed) }),
    ...(confirmed === undefined ? {} : { confirmed: newestOf<'verdictConfirmed'>(confirmed) }),
    ...(contested === undefined ? {} : { contested: newestOf<'contested'>(contested) }),
  }
}

/** The same, of a record that was taken away: by its entries alone, and what they committed to. @throws Error for one without a beginning. */
export function standingIn(
  region: string,
  entries: readonly AttendanceEntry[],
  contents: readonly AttendanceContent[],
): Standing {
  const newest = <T extends FactType>(type: T): Newest<T> | undefined => {
    const entry = entries.findLast(({ fact }) => fact.type === type)
    return entry && { n: entry.n, at: entry.at, fact: entry.fact as Extract<Fact, { type: T }> }
  }
  /** Whom the newest entry names that names one; nobody once they are erased. */
  const named = (party: Party) => {
    const n = entries.findLast(({ personal = {} }) => party in personal)?.n
    return contents.find((content) => content.n === n && content.name === party)?.value
  }
  const [jobseeker, advisor] = [named('jobseeker'), named('advisor')]
  const [proposed, confirmed, contested] = [newest('verdictProposed'), newest('verdictConfirmed'), newest('contested')]
  const window = windowOf(entries)
  const head = headsOf(entries).heads.at(-1)
  const appointment = entries[0]?.appointment
  if (window === undefined || head === undefined || appointment === undefined)
    throw new Error('a record without a beginning')
  return {
    ...{ region, appointment, head, window, evidence: entries.findLast(({ fact }) => isEvidence(fact))?.n ?? 1 },
    ...(jobseeker === undefined ? {} : { jobseeker }),
    ...(advisor === undefined ? {} : { advisor }),
    ...(proposed === undefined ? {} : { proposed }),
    ...(confirmed === undefined ? {} : { confirmed }),
    ...(contested === undefined ? {} : { contested }),
  }
}

/** Only our own scripts write there, under the name of the type. */
function newestOf<T extends FactType>(text: string): Newest<T> {
  const { n, at, fact } = JSON.parse(text) as AttendanceEntry
  return { n, at, fact: fact as Extract<Fact, { type: T }> }
}

/**
 * | state | enters | leaves |
 * | --- | --- | --- |
 * | open | the record is opened | with the first proposal |
 * | proposed | the window is over, or evidence came later that changes the verdict | confirmed, contested |
 * | confirmed | a person confirms: official from now on | contested; proposed by later evidence that changes it |
 * | contested | the jobseeker does not agree: not official any more | confirmed again; proposed by later evidence |
 */
export function stateOf({ proposed, confirmed, contested }: Standing): AttendanceState {
  const all = [
    { state: 'open', n: 0 },
    { state: 'proposed', n: proposed?.n ?? -1 },
    { state: 'confirmed', n: confirmed?.n ?? -1 },
    { state: 'contested', n: contested?.n ?? -1 },
  ] as const
  return all.reduce((newest, one) => (one.n > newest.n ? one : newest)).state
}

/** What both parties are told. @param cannotBeAbsent undefined where the entries were not read. */
export function recordOf(standing: Standing, cannotBeAbsent?: boolean): AttendanceRecord {
  const { evidence: _evidence, proposed, confirmed, contested, ...told } = standing
  const state = stateOf(standing)
  const newest = { open: undefined, proposed, confirmed, contested }[state]
  const verdict = newest?.fact.verdict
  // The reasons are those of the rule, whatever a person has made of them.
  const because = proposed?.fact.because
  return {
    ...told,
    state,
    ...(verdict === undefined ? {} : { verdict }),
    ...(because === undefined ? {} : { because }),
    ...(cannotBeAbsent === undefined ? {} : { cannotBeAbsent }),
  }
}
