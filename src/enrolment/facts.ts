/** What this domain tells the nodes, and to whom it matters. Pure. */
import type { Role } from '../protocol/index.ts'
import type { Cover } from './cover.ts'
import type { Person } from './person.ts'
import type { EndedProcess } from './process.ts'

/** As JSON, the text of the facts `enrolment.<type>` in the log of a region's shard. */
export type EnrolmentFact =
  | {
      readonly type: 'personChanged'
      readonly person: Person
      /** Absent for somebody new. */
      readonly before?: Person
    }
  | { readonly type: 'coverChanged'; readonly cover: Cover; readonly before?: Cover }
  | { readonly type: 'processEnded'; readonly process: EndedProcess }

/**
 * Whether a fact may change whose conversations somebody takes part in: then they are to be asked for anew. It may say
 * yes in vain, never no.
 * @param related of the answer known so far. Without it, while that is still being asked for, it says yes more often.
 */
export function concerns(
  fact: EnrolmentFact,
  { region, person: self, role }: { readonly region: string; readonly person: string; readonly role: Role },
  related?: readonly string[],
): boolean {
  const isRelated = (id: string | undefined) =>
    id !== undefined && (id === self || related === undefined || related.includes(id))
  if (fact.type === 'processEnded') return false
  if (fact.type === 'coverChanged') {
    const { cover } = fact
    return cover.region === region && (isRelated(cover.advisor) || isRelated(cover.cover))
  }
  const { person, before } = fact
  if (person.region !== region) return false
  if (isRelated(person.id)) return true
  // What becomes of other jobseekers of their advisor matters to no jobseeker.
  return role === 'advisor' && (isRelated(person.advisor) || isRelated(before?.advisor))
}
