/** The limits of a region, by the rules of lua/places.lua, for whoever asks without changing anything. Pure. */
import { isEnrolled, type Person } from './person.ts'
import type { Limits } from './scheme-rules.ts'
import type { Bar } from './scripts.ts'

/** Who they are in whose portfolio; undefined for who is in none. */
const followedBy = (person: Person | undefined): string | undefined =>
  person?.role === 'jobseeker' && isEnrolled(person) ? person.advisor : undefined

/** Has yet to join, or has left. */
export const isOutside = ({ awaiting, leftAt }: Person): boolean => awaiting === true || leftAt !== undefined

/** How many are followed, as it changes. */
export class Places {
  readonly #each: Map<string, number>
  #all: number

  constructor({ each, all }: { readonly each: ReadonlyMap<string, number>; readonly all: number }) {
    this.#each = new Map(each)
    this.#all = all
  }

  get all(): number {
    return this.#all
  }

  of(advisor: string): number {
    return this.#each.get(advisor) ?? 0
  }

  move(before: Person | undefined, person: Person): void {
    for (const [one, by] of [[before, -1] as const, [person, 1] as const]) {
      const advisor = followedBy(one)
      if (advisor === undefined) continue
      this.#each.set(advisor, this.of(advisor) + by)
      this.#all += by
    }
  }
}

export interface Coming {
  readonly person: Person
  /** As they are now; undefined for somebody new. */
  readonly before: Person | undefined
  /** Theirs, or that of their advisor. */
  readonly team: string | undefined
}

/** Why somebody may not come in, or not to this advisor; undefined when they may. */
export function barOf({ person, before, team }: Coming, limits: Limits, places: Places, now: number): Bar | undefined {
  if (person.role !== 'jobseeker' || !isEnrolled(person)) return undefined
  const was = before?.role === 'jobseeker' && isEnrolled(before)
  const { status, pilotTeams, ceiling, capacity, expiresAt = 0 } = limits
  if (!was) {
    if (person.followUp === 'reinforced') return 'reinforced'
    if (status === 'closed') return 'closed'
    const isPilot = status === 'pilot' && pilotTeams.length > 0
    if (isPilot && (team === undefined || !pilotTeams.includes(team))) return 'pilot'
  } else if (person.followUp === 'reinforced' && before.followUp !== 'reinforced') return 'reinforced'
  const advisor = followedBy(person)
  const former = followedBy(before)
  if (advisor === undefined || advisor === former) return undefined
  if (capacity !== undefined && former === undefined) {
    if (expiresAt <= now) return 'certificate'
    if (places.all >= capacity) return 'capacity'
  }
  return places.of(advisor) >= ceiling ? 'ceiling' : undefined
}
