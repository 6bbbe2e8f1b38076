/** The transitions of an appointment as typed functions. */
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'
import { type AppointmentRecord, decodeRecord } from './appointment.ts'
import type { AppointmentKeys } from './keys.ts'

/** Who is not free. */
export type Whose = 'advisor' | 'jobseeker'

/** What came of an act on one appointment. */
export type Outcome =
  | { readonly is: 'ok'; readonly record: AppointmentRecord }
  | { readonly is: 'taken'; readonly whose: Whose }
  /** There is none of that id. */
  | { readonly is: 'missing' }
  /** It was cancelled or is over; the time asked for is past. */
  | { readonly is: 'ended' | 'past' }

export type Booked =
  | { readonly is: 'booked'; readonly created: boolean; readonly record: AppointmentRecord }
  | { readonly is: 'taken'; readonly whose: Whose }
  /** As many as there may be lie ahead; the jobseeker is erased. */
  | { readonly is: 'past' | 'many' | 'erased' }

function outcome(reply: unknown): Outcome {
  const [is, value] = reply as [Outcome['is'], string]
  if (is === 'ok') return { is, record: decodeRecord(value) }
  return is === 'taken' ? { is, whose: value as Whose } : { is }
}

function booked(reply: unknown): Booked {
  const [is, value] = reply as ['created' | 'existing' | 'taken' | 'past' | 'many' | 'erased', string]
  if (is === 'created' || is === 'existing') {
    return { is: 'booked', created: is === 'created', record: decodeRecord(value) }
  }
  return is === 'taken' ? { is, whose: value as Whose } : { is }
}

const preludes = [eventsPrelude, new URL('./lua/appointment.lua', import.meta.url)]
const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const yes = (reply: unknown) => reply === 1

/** Of several people: their ids, separated by commas. */
type People = string

export const book = script<
  [...AppointmentKeys, acted: string, erased: string],
  [appointment: string, hosts: People, busyUntil: number, most: number, also: People, rememberMs: number],
  Booked
>(file('book'), booked, preludes)

export const move = script<
  [...AppointmentKeys, acted: string],
  [
    id: string,
    by: string,
    from: number,
    until: number,
    modality: string,
    reason: string,
    hosts: People,
    busyUntil: number,
    also: People,
    rememberMs: number,
  ],
  Outcome
>(file('move'), outcome, preludes)

export const cancel = script<
  [...AppointmentKeys, acted: string],
  [id: string, by: string, reason: string, also: People, rememberMs: number],
  Outcome
>(file('cancel'), outcome, preludes)

export const turn = script<AppointmentKeys, [id: string, by: string, to: string, why: string, also: People], Outcome>(
  file('turn'),
  outcome,
  preludes,
)

export const carry = script<
  AppointmentKeys,
  [id: string, by: string, to: string, hosts: People, also: People],
  Outcome
>(file('carry'), outcome, preludes)

export const note = script<AppointmentKeys, [id: string, entry: string, most: number], Outcome>(
  file('note'),
  outcome,
  preludes,
)

export interface Taken {
  /** Redis's clock (ms). */
  readonly now: number
  /** By which the lease is known: its end (ms). */
  readonly lease: number
  readonly records: readonly AppointmentRecord[]
}

export const take = script<AppointmentKeys, [most: number, leaseMs: number], Taken>(
  file('take'),
  (reply) => {
    const [now, lease, ...records] = reply as [number, number, ...string[]]
    return { now, lease, records: records.map(decodeRecord) }
  },
  preludes,
)

export const settle = script<AppointmentKeys, [id: string, lease: number, look: string], boolean>(
  file('settle'),
  yes,
  preludes,
)

export const forget = script<AppointmentKeys, [id: string, jobseeker: string], boolean>(file('forget'), yes, preludes)

export const expire = script<AppointmentKeys, [id: string, before: number], boolean>(file('expire'), yes, preludes)
