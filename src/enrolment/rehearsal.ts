/** What would come of enrolling people, without enrolling them: the rules of lua/put.lua on a copy in memory. */
import type { Enrolment } from './enrolment.ts'
import { canonical, isEnrolled, type Person } from './person.ts'
import { barOf, isOutside, Places } from './places.ts'
import { bars, checkPerson, type PutResult, refusals } from './put.ts'

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
  const limits = await enrolment.limits(region)
  const advisors = [...stored.values()].filter(({ role }) => role === 'advisor')
  const places = new Places(
    await enrolment.sizes(
      region,
      advisors.map(({ id }) => id),
    ),
  )
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
    const before = people.get(given.id)
    const awaiting = given.role === 'jobseeker' && limits.joinFirst && (before === undefined || isOutside(before))
    const person: Person = { ...canonical(given), ...(awaiting ? { awaiting } : {}) }
    const { id, advisor } = person
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(person))
      return { changed: false, created: false }
    if (before?.erasure !== undefined) throw refusals.erasing(person)
    if (before?.leftAt !== undefined) {
      if (before.followUp === person.followUp) throw refusals.left(person)
      const { followUp: _followUp, ...rest } = before
      people.set(id, person.followUp === undefined ? rest : { ...rest, followUp: person.followUp })
      return { changed: true, created: false }
    }
    if (advisor !== undefined && people.get(advisor)?.role !== 'advisor') throw refusals.noAdvisor(person)
    if (before?.role === 'advisor' && person.role !== 'advisor' && (await isFollowed(id)))
      throw refusals.followed(person)
    const team = person.team ?? people.get(advisor ?? '')?.team
    const bar = barOf({ person, before, team }, limits, places, Date.now())
    if (bar !== undefined) throw bars[bar](person)
    places.move(before, person)
    people.set(id, person)
    if (advisor !== undefined) changedBy.set(advisor, (changedBy.get(advisor) ?? new Set()).add(id))
    return { changed: true, created: before === undefined }
  }
}
