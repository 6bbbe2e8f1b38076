/** Changes of a list that are heard of while the list is asked for: the answer may be older than they are. */
export class Meanwhile<L> {
  readonly #asking = new Set<((list: L) => L)[]>()

  /** To be called for every change that is heard of. */
  heard(change: (list: L) => L): void {
    for (const changes of this.#asking) changes.push(change)
  }

  /** @returns the answer, and what makes the changes that were heard of before it came on the list made of it. */
  async ask<T>(question: () => Promise<T>): Promise<readonly [answer: T, again: (list: L) => L]> {
    const changes: ((list: L) => L)[] = []
    this.#asking.add(changes)
    try {
      return [await question(), (list) => changes.reduce((sofar, change) => change(sofar), list)]
    } finally {
      this.#asking.delete(changes)
    }
  }
}
