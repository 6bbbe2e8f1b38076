/** The transition of a person as a typed function. */
import { script } from '../store/script.ts'

export type PutOutcome = 'stored' | 'unchanged' | 'noAdvisor' | 'followed'

export const put = script<
  [people: string, ids: string, portfolios: string, log: string],
  [person: string, logLength: number],
  PutOutcome
>(new URL('./lua/put.lua', import.meta.url), (reply) => reply as PutOutcome)
