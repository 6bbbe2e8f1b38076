/** What jobseekers ask for in the benchmark of callbacks: the same of everybody's queue. */

/** Of usual length. */
export const asked = {
  medium: 'phone',
  phone: '06 12 34 56 78',
  reason: 'Mon actualisation a été refusée, je ne sais pas quel document il faut envoyer avant lundi.',
} as const

/** What one closed loop came to. */
export interface Worked {
  /** Requested, offered, accepted and completed. */
  readonly cycles: number
  /** From the start until the last was done. */
  readonly seconds: number
}

/** Whether it kept what it promises. */
export interface Judged {
  readonly shared: readonly string[]
  readonly lost: readonly string[]
  readonly late: readonly string[]
}
