/**
 * Enrols many people at once. Repeating it changes nothing; one bad line keeps no other from being done. A rehearsal tells
 * what would come of each line and changes nothing.
 *
 * The lines go in three passes, so that their order in the file does not matter: advisors come before the jobseekers who
 * name them, and an advisor becomes something else only after their jobseekers have been given to others.
 */
import { VisavisError } from '../protocol/index.ts'
import type { Enrolment } from './enrolment.ts'
import type { Person } from './person.ts'
import type { PutResult } from './put.ts'
import { rehearsal } from './rehearsal.ts'

/** One line of a file: a person, or what is wrong with it. */
export type ImportLine = { readonly line: number; readonly id: string } & (
  | { readonly person: Person }
  | { readonly problem: string }
)

export type ImportOutcome = 'created' | 'changed' | 'unchanged' | 'error'

export interface ImportedLine {
  readonly line: number
  readonly id: string
  readonly outcome: ImportOutcome
  /** What is wrong, for an error. */
  readonly message?: string
}

export interface ImportReport {
  readonly counts: Readonly<Record<ImportOutcome, number>>
  /** In the order of the file: the first of those that are not unchanged. */
  readonly lines: readonly ImportedLine[]
  /** Whether there are more of them. */
  readonly more: boolean
}

export interface ImportOptions {
  readonly enrolment: Enrolment
  readonly region: string
  readonly dryRun: boolean
  /** Lines told of in the report. */
  readonly reported: number
}

/** As many writes wait for the disk together: more gain little and delay everybody else. */
const concurrency = 32
const pageSize = 1_000

/** @throws VisavisError UNAVAILABLE when storage goes away; what was done until then stays, and a repeat does the rest. */
export async function importPeople(
  lines: readonly ImportLine[],
  { enrolment, region, dryRun, reported }: ImportOptions,
): Promise<ImportReport> {
  const outcomes = new Map<number, Omit<ImportedLine, 'line' | 'id'>>()
  const todo: { readonly line: number; readonly person: Person }[] = []
  const firstLine = new Map<string, number>()
  for (const one of lines) {
    const first = firstLine.get(one.id)
    if (first === undefined) firstLine.set(one.id, one.line)
    if ('problem' in one) outcomes.set(one.line, { outcome: 'error', message: one.problem })
    else if (first !== undefined) outcomes.set(one.line, { outcome: 'error', message: `line ${first} has this id too` })
    else todo.push(one)
  }

  const stored = await storedPeople(enrolment, region, todo)
  const put = dryRun ? await rehearsal(enrolment, region, stored) : (person: Person) => enrolment.put(person)
  const work = async ({ line, person }: (typeof todo)[number]) => outcomes.set(line, await outcomeOf(put, person))
  const isAdvisor = ({ role }: Person) => role === 'advisor'
  const stopsAdvising = (person: Person) => stored.get(person.id)?.role === 'advisor' && !isAdvisor(person)
  await each(
    todo.filter(({ person }) => isAdvisor(person)),
    concurrency,
    work,
  )
  await each(
    todo.filter(({ person }) => !isAdvisor(person) && !stopsAdvising(person)),
    concurrency,
    work,
  )
  // One by one: whether one may go can depend on another.
  await each(
    todo.filter(({ person }) => stopsAdvising(person)),
    1,
    work,
  )
  return reportOf(lines, outcomes, reported)
}

async function outcomeOf(
  put: (person: Person) => Promise<PutResult>,
  person: Person,
): Promise<Omit<ImportedLine, 'line' | 'id'>> {
  try {
    const { changed, created } = await put(person)
    if (created) return { outcome: 'created' }
    return { outcome: changed ? 'changed' : 'unchanged' }
  } catch (error) {
    if (!(error instanceof VisavisError) || error.retryable) throw error
    return { outcome: 'error', message: error.message }
  }
}

/** Those of the file and the advisors it names, as they are before. */
async function storedPeople(
  enrolment: Enrolment,
  region: string,
  lines: readonly { readonly person: Person }[],
): Promise<Map<string, Person>> {
  const ids = [
    ...new Set(lines.flatMap(({ person: { id, advisor } }) => (advisor === undefined ? [id] : [id, advisor]))),
  ]
  const found = new Map<string, Person>()
  for (let from = 0; from < ids.length; from += pageSize) {
    for (const person of await enrolment.persons(region, ids.slice(from, from + pageSize))) {
      if (person !== undefined) found.set(person.id, person)
    }
  }
  return found
}

/** Runs at most `most` at a time. After the first failure nothing more is begun; it is thrown when all have ended. */
async function each<T>(items: readonly T[], most: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values()
  let failed: { readonly error: unknown } | undefined
  const worker = async () => {
    for (const item of rest) {
      if (failed !== undefined) return
      try {
        await work(item)
      } catch (error) {
        failed ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: most }, worker))
  if (failed !== undefined) throw failed.error
}

function reportOf(
  lines: readonly ImportLine[],
  outcomes: ReadonlyMap<number, Omit<ImportedLine, 'line' | 'id'>>,
  reported: number,
): ImportReport {
  const counts = { created: 0, changed: 0, unchanged: 0, error: 0 }
  const told: ImportedLine[] = []
  for (const { line, id } of lines) {
    const outcome = outcomes.get(line)
    if (outcome === undefined) continue
    counts[outcome.outcome] += 1
    if (outcome.outcome !== 'unchanged' && told.length <= reported) told.push({ line, id, ...outcome })
  }
  return { counts, lines: told.slice(0, reported), more: told.length > reported }
}
