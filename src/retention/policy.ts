/** How long a region keeps what, as config/regions.json says. Pure. */

/** Days after which something goes; `forever` where it never does. */
export type Days = number | 'forever'

export interface RetentionPolicy {
  /** Messages after they were written, with attachments, earlier texts and pins. */
  readonly messagesDays: Days
  /** Notes about a jobseeker after they were last changed. */
  readonly notesDays: Days
  /** Requests to be called back after they ended, with every attempt. */
  readonly callbacksDays: Days
  /** Appointments after they were over, with their history. */
  readonly appointmentsDays: Days
}

/** Where a region says nothing: as long as a claim about the support usually may be made, and a year of requests. */
export const defaultPolicy: RetentionPolicy = {
  messagesDays: 1_096,
  notesDays: 1_096,
  callbacksDays: 400,
  appointmentsDays: 1_096,
}

/** Idempotency keys live for six days: what they stand for must not go before them. */
const fewestDays = 30
const mostDays = 36_500
const dayMs = 24 * 60 * 60 * 1_000

/** @returns the policy, or every mistake in the words of an operator who reads the file. */
export function readPolicy(
  region: string,
  { retention = {} }: { readonly retention?: unknown },
): RetentionPolicy | { readonly mistakes: readonly string[] } {
  if (typeof retention !== 'object' || retention === null || Array.isArray(retention)) {
    return { mistakes: [`${region}.retention: ${shown(retention)}, expected an object`] }
  }
  const mistakes = Object.entries(retention).flatMap(([name, value]) => {
    const path = `${region}.retention.${name}`
    if (!Object.hasOwn(defaultPolicy, name)) {
      return [`${path}: there is no such rule, expected one of ${Object.keys(defaultPolicy).join(', ')}`]
    }
    if (isDays(value)) return []
    return [`${path}: ${shown(value)}, expected a whole number of days from ${fewestDays} to ${mostDays}, or "forever"`]
  })
  return mistakes.length > 0 ? { mistakes } : { ...defaultPolicy, ...retention }
}

/** What was there before this moment goes; undefined when nothing does. */
export const edgeOf = (days: Days, now: number): number | undefined =>
  days === 'forever' ? undefined : now - days * dayMs

const isDays = (value: unknown): value is Days =>
  value === 'forever' || (Number.isInteger(value) && Number(value) >= fewestDays && Number(value) <= mostDays)

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 60)
