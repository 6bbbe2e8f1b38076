/** Seeded choices: the same seed makes the same frames. */
import { randomIntegers } from '../faults/random.ts'

export interface Random {
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number
  /** True in `percent` of 100 cases; fractions count. */
  chance(percent: number): boolean
  /** @throws for an empty list. */
  pick<T>(list: readonly T[]): T
}

export function seeded(seed: number): Random {
  const integer = randomIntegers(seed)
  return {
    integer,
    chance: (percent) => integer(1, 10_000) <= percent * 100,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new Error('nothing to choose from')
      return list[integer(0, list.length - 1)] as T
    },
  }
}
