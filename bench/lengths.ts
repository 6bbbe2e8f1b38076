/** What is compared between channels of different lengths; known to the scenario and to its generator. */

/** Names of lengths; how many messages they stand for is the scenario's to say. */
export const lengths = ['10', '10k', '1m'] as const
export type Length = (typeof lengths)[number]
export type PerLength<T> = Readonly<Record<Length, T>>

export const acts = ['append', 'page'] as const
export type Act = (typeof acts)[number]

/** In which a page can be asked for. */
export const ways = ['newest', 'before', 'after'] as const
export type Way = (typeof ways)[number]

export interface Cost {
  /** From the request to its answer, one at a time, median. */
  readonly us: number
  /** CPU time of Redis' main thread for each. */
  readonly redisUs: number
}

export interface Times {
  readonly p50Ms: number
  readonly p99Ms: number
}

export const perLength = <T>(of: (length: Length) => T): PerLength<T> => ({
  '10': of('10'),
  '10k': of('10k'),
  '1m': of('1m'),
})
