/** Pure: the axis that charts by load have in common, with what is asked about and what was found. */
import type { Capacity } from '../knee.ts'

export const load = 'load, times the demand'

export function marksOf(capacity: Capacity | undefined): { readonly x: number; readonly name: string }[] {
  const demand = { x: 1, name: 'demand' }
  if (capacity === undefined) return [demand]
  const { low, high } = capacity.factor
  return [demand, { x: low, name: 'low end' }, ...(high > low ? [{ x: high, name: 'high end' }] : [])]
}
