/** What is compared between queues of different sizes; known to the scenario and to its generators. */

/** Names of sizes; how many callbacks wait in them is the scenario's to say. */
export const sizes = ['1k', '100k', '1m'] as const
export type Size = (typeof sizes)[number]
export type PerSize<T> = Readonly<Record<Size, T>>

/** Names of pools of advisors; how many are at work in them is the scenario's to say. */
export const pools = ['10', '1000'] as const
export type Pool = (typeof pools)[number]

export const perSize = <T>(of: (size: Size) => T): PerSize<T> => ({
  '1k': of('1k'),
  '100k': of('100k'),
  '1m': of('1m'),
})
