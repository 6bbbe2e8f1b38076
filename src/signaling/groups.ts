/**
 * Sets by name. Most of those here have one member (a person's only device, a channel that one of its members is in), and a
 * set of one, 200 bytes, for everybody who is connected is what a node can do without: a single member stands for itself.
 */
export class Groups<V extends object> {
  readonly #groups = new Map<string, V | Set<V>>()

  has(name: string): boolean {
    return this.#groups.has(name)
  }

  /** @returns whether it is the first of its group. */
  add(name: string, member: V): boolean {
    const group = this.#groups.get(name)
    if (group === undefined) this.#groups.set(name, member)
    else if (group instanceof Set) group.add(member)
    else if (group !== member) this.#groups.set(name, new Set([group, member]))
    return group === undefined
  }

  /** @returns whether the group has no member any more, and had this one. */
  delete(name: string, member: V): boolean {
    const group = this.#groups.get(name)
    if (group === member) return this.#groups.delete(name)
    if (!(group instanceof Set) || !group.delete(member)) return false
    const [last] = group
    if (last === undefined) return this.#groups.delete(name)
    if (group.size === 1) this.#groups.set(name, last)
    return false
  }

  /** The members at the moment, in the order in which they came; whoever leaves meanwhile may still be among them. */
  of(name: string): Iterable<V> {
    const group = this.#groups.get(name)
    if (group === undefined) return []
    return group instanceof Set ? group : [group]
  }

  /** One member of each group. */
  *firsts(): Iterable<V> {
    for (const group of this.#groups.values()) {
      const [first] = group instanceof Set ? group : [group]
      if (first !== undefined) yield first
    }
  }
}
