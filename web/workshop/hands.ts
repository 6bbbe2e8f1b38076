import { w } from './words.ts'

/** How many hands are raised, in words. */
export function handsText(count: number): string {
  if (count === 0) return w('handsNone')
  return count === 1 ? w('handsOne') : w('handsMany', { count })
}
