/** Taking part in the scheme: what a region has decided, what a jobseeker is asked, and what was done about it. REST only. */
import { Language } from './notice.ts'
import { list, object, oneOf, optional, PersonId, type Static, Text, Timestamp } from './schema.ts'
import { Type } from './type.ts'

/** `closed`: nobody new comes in. `pilot`: those of the named teams do. Whoever takes part stays, whatever is set. */
export const SchemeStatus = oneOf('closed', 'pilot', 'open')
export type SchemeStatus = Static<typeof SchemeStatus>

const Size = Type.Integer({ minimum: 1, maximum: 10_000, description: 'jobseekers' })

/** What a jobseeker reads before they join: the version is on record with their decision. */
export const JoinText = object({ version: Text(32), fr: Text(4_000), en: Text(4_000) })
export type JoinText = Static<typeof JoinText>

export const SchemeSettings = object({
  status: SchemeStatus,
  /** In a pilot: whose newcomers are let in. None named: every team’s. */
  pilotTeams: list(Text(64), 100),
  /** A portfolio beyond it is told to the supervisors. */
  target: Size,
  /** A portfolio never grows beyond it. */
  ceiling: Size,
  /** Whether nobody takes part before they have joined on record. Otherwise the agency enrols them. */
  joinFirst: Type.Boolean(),
  /** Whether joining needs a device check that was passed, or an advisor who says why not. */
  checkRequired: Type.Boolean(),
})
export type SchemeSettings = Static<typeof SchemeSettings>

/** How many a region is certified for, and where that comes from. */
export const Capacity = object({
  capacity: Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'jobseekers in portfolios' }),
  certificate: Text(128),
  /** After that nobody new comes in until there is another one. */
  expiresAt: Timestamp,
})
export type Capacity = Static<typeof Capacity>
export const StoredCapacity = object({ ...Capacity.properties, setAt: Timestamp, setBy: PersonId })
export type StoredCapacity = Static<typeof StoredCapacity>

export const LeaveReason = oneOf('agency', 'technology', 'privacy', 'work', 'other')
export type LeaveReason = Static<typeof LeaveReason>

/** Why somebody cannot join now. */
export const JoinObstacle = oneOf(
  ...(['closed', 'pilot', 'capacity', 'certificate', 'ceiling', 'reinforced', 'check', 'leaving'] as const),
)
export type JoinObstacle = Static<typeof JoinObstacle>

/** Something that was decided about one person’s taking part. Only added to; goes when they are erased. */
export const SchemeAct = object({
  n: Type.Integer({ minimum: 1 }),
  /** `asked`: they wanted to join, and something was in the way. */
  is: oneOf('asked', 'joined', 'left', 'agency', 'checkWaived'),
  at: Timestamp,
  /** A person, or `agency` for its systems. */
  by: PersonId,
  /** By which the jobseeker and the agency can refer to it. */
  receipt: Text(16),
  /** Of `joined`: the version of the text, its SHA-256, in which language it was read, and what was known of the device. Of `asked`: the version. */
  text: optional(Text(32)),
  digest: optional(Text(64)),
  language: optional(Language),
  check: optional(oneOf('passed', 'waived', 'notNeeded')),
  /** Of `asked`: what was in the way. */
  bar: optional(JoinObstacle),
  /** Of `left`: as far as it was said. */
  reason: optional(LeaveReason),
  /** Of `left`: who followed them. */
  advisor: optional(PersonId),
  /** Of `checkWaived`: why. */
  why: optional(Text(500)),
})
export type SchemeAct = Static<typeof SchemeAct>
