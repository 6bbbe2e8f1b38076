/** *Pure.* Whom an advisor should look at first, of those who have yet to join and those who have left. */
import type { AwaitedPerson } from '../../client/awaited.ts'

/** They have asked, and are not in yet. */
export const wantsIn = ({ asked }: AwaitedPerson): boolean => asked !== undefined

/** They have asked, and lack nothing but a device check: somebody can answer for them. */
const isHeldUp = (person: AwaitedPerson): boolean => wantsIn(person) && person.obstacle === 'check'

/** Whom one can help first, then whoever has asked, then the one who left last, then by name. */
export const inOrder = (people: readonly AwaitedPerson[]): AwaitedPerson[] =>
  people.toSorted(
    (a, b) =>
      Number(isHeldUp(b)) - Number(isHeldUp(a)) ||
      Number(wantsIn(b)) - Number(wantsIn(a)) ||
      (b.leftAt ?? 0) - (a.leftAt ?? 0) ||
      a.name.localeCompare(b.name) ||
      (a.id < b.id ? -1 : 1),
  )
