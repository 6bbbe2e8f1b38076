/** What would come of enrolling people, without enrolling them: the rules of lua/put.lua on a copy in memory. */
import type { Enrolment } from './enrolment.ts'
import { canonical, isEnrolled, type Person } from './person.ts'
import { checkPerson, type PutResult, refusals } from './put.ts'

/**
 * @param stored everybody who will be put and every advisor named, as they are now.
 * @returns what stands in for `Enrolment.put`, and remembers what it was given.
 */
export async function rehearsal(
  enrolment: Enrolment,
  region: string,
  stored: ReadonlyMap<string, Person>,
): Promise<(person: Person) => Promise<PutResult>> {
  const people = new Map(stored)
  /** The followers of those whom the rehearsal has asked for, as they are now. */
  const portfolios = new Map<string, readonly string[]>()
  const changedBy = new Map<string, Set<string>>()

  const isFollowed = async (advisor: string): Promise<boolean> => {
    const known = portfolios.get(advisor) ?? (await enrolment.portfolio(region, advisor)).map(({ id }) => id)
    portfolios.set(advisor, known)
    const follows = (id: string) => {
      const person = people.get(id)
      // Whoever is not known here is not in the file, and stays.
      return person === undefined || (person.role === 'jobseeker' && person.advisor === advisor && isEnrolled(person))
    }
    return known.some(follows) || [...(changedBy.get(advisor) ?? [])].some(follows)
  }

  return async (given) => {
    checkPerson(given)
    const person = canonical(given)
    const { id, advisor } = person
    const before = people.get(id)
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(person))
      return { changed: false, created: false }
    if (before?.erasure !== undefined) throw refusals.erasing(person)
    if (before?.leftAt !== undefined) throw refusals.left(person)
    if (advisor !== undefined && people.get(advisor)?.role !== 'advisor') throw refusals.noAdvisor(person)
    if (before?.role === 'advisor' && person.role !== 'advisor' && (await isFollowed(id)))
      throw refusals.followed(person)
    people.set(id, person)
    if (advisor !== undefined) changedBy.set(advisor, (changedBy.get(advisor) ?? new Set()).add(id))
    return { changed: true, created: before === undefined }
  }
}
