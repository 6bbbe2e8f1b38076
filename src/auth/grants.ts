/**
 * Who may do what to whom. Pure: every rule is a function of the identity, the person it is about, and what the record
 * says of both at a moment; and of nothing else.
 *
 * | act | whoever it is about | their advisor | who stands in for that advisor now | their supervisor |
 * | --- | --- | --- | --- | --- |
 * | converse: chat, call, room | jobseeker | yes | yes | |
 * | keepNotes: see, write, remove notes about them | | yes | yes | |
 * | viewPerson | yes | yes | yes | yes |
 * | enterRoom | jobseeker | yes | yes | |
 * | viewQueue: callbacks, answers due | yes | yes | yes | yes |
 * | keepQueue: raise, give to another advisor | | | | yes |
 * | keepPerson: enrol, change, name the advisor | | | | jobseekers and advisors |
 * | keepCovers: name who stands in | | | | yes |
 * | viewAudit | | | | yes |
 * | an attendance record: see it, confirm its verdict (`mayViewAttendance`) | jobseekers see it | whom it names | | yes |
 * | transfer: hand over to a colleague (`isColleague`) | | jobseekers | | jobseekers |
 *
 * Whoever is in a callback with a jobseeker may enter their room and see that callback, as long as it lasts.
 *
 * A supervisor with a team is that team's, one without is the region's. An operator is nobody's: `mayOperate`. Whoever has
 * left or is disabled may do nothing, and nobody converses with a jobseeker who has left or is disabled, or hands them
 * over.
 */
import { type Role, VisavisError } from '../protocol/index.ts'
import type { Identity } from './identity.ts'

export type Act =
  | 'converse'
  | 'enterRoom'
  | 'keepNotes'
  | 'viewPerson'
  | 'viewQueue'
  | 'keepQueue'
  | 'keepPerson'
  | 'keepCovers'
  | 'viewAudit'
  | 'transfer'

/** What a rule needs to know of a person. */
export interface Subject {
  readonly id: string
  readonly role: Role
  readonly region: string
  /** A jobseeker without one belongs to their advisor's. */
  readonly team?: string | undefined
  /** The advisor who follows them; absent while none is named. */
  readonly advisor?: string | undefined
  readonly disabled: boolean
  readonly leftAt?: number | undefined
  /** They have yet to join. */
  readonly awaiting?: boolean | undefined
}

/** Somebody stands in for an advisor. */
export interface Covering {
  readonly region: string
  readonly advisor: string
  readonly cover: string
  readonly from: number
  readonly until: number
  readonly endedAt?: number | undefined
}

/** What else the record says. */
export interface Circumstances {
  /** The moment (ms). */
  readonly now: number
  /** The record of the one who acts; undefined when there is none. */
  readonly self: Subject | undefined
  /** At least those by the one who acts. */
  readonly covers?: readonly Covering[]
  /** The jobseekers whose callbacks they hold at the moment. */
  readonly calls?: readonly string[]
  /** The record of the subject's advisor, where there is one: the team of a jobseeker without one is theirs. */
  readonly advisor?: Subject | undefined
}

type Relation = 'self' | 'advisor' | 'cover' | 'caller' | 'supervisor'

const grants: Readonly<Record<Act, readonly Relation[]>> = {
  converse: ['self', 'advisor', 'cover'],
  enterRoom: ['self', 'advisor', 'cover', 'caller'],
  keepNotes: ['advisor', 'cover'],
  viewPerson: ['self', 'advisor', 'cover', 'supervisor'],
  viewQueue: ['self', 'advisor', 'cover', 'caller', 'supervisor'],
  keepQueue: ['supervisor'],
  keepPerson: ['supervisor'],
  keepCovers: ['supervisor'],
  viewAudit: ['supervisor'],
  transfer: ['advisor', 'supervisor'],
}

/** What is done with nobody but a jobseeker who is enrolled. */
const ofJobseekers: readonly Act[] = ['converse', 'enterRoom', 'transfer']

/** Roles that the record must know: for the others the identity provider alone may vouch. */
const enrolledRoles: readonly Role[] = ['jobseeker', 'advisor']

/**
 * Whether somebody may have a session at all, and act in it: they are neither disabled nor have they left, and their token
 * says of them what the record says.
 */
export function mayTakePart(identity: Identity, self: Subject | undefined): boolean {
  if (self === undefined) return !enrolledRoles.includes(identity.role)
  return isSelf(identity, self) && !isGone(self)
}

/**
 * Whether somebody may check their devices and network, and do nothing else: a jobseeker who has yet to join, or has left and
 * may want to come back. Joining may need a passed check, so the check cannot need joining.
 */
export const mayOnlyCheck = (identity: Identity, self: Subject | undefined): boolean =>
  self !== undefined && isSelf(identity, self) && self.role === 'jobseeker' && !self.disabled && isGone(self)

const isSelf = ({ person, role, region }: Identity, self: Subject): boolean =>
  self.id === person && self.role === role && self.region === region

/** Whether somebody may do something to, or see something of, a person. */
export function may(identity: Identity, act: Act, subject: Subject, circumstances: Circumstances): boolean {
  if (!mayTakePart(identity, circumstances.self) || subject.region !== identity.region) return false
  if (ofJobseekers.includes(act) && (subject.role !== 'jobseeker' || isGone(subject))) return false
  // Nobody makes themselves or another supervisor: that is the agency's.
  if (act === 'keepPerson' && !enrolledRoles.includes(subject.role)) return false
  return grants[act].some((relation) => relations[relation](identity, subject, circumstances))
}

type Rule = (identity: Identity, subject: Subject, circumstances: Circumstances) => boolean

const relations: Readonly<Record<Relation, Rule>> = {
  self: ({ person, role }, { id, role: of }) => role !== 'operator' && person === id && role === of,
  advisor: ({ person, role }, subject) => role === 'advisor' && isFollowed(subject) && subject.advisor === person,
  cover: ({ person, role }, subject, { covers = [], now }) =>
    role === 'advisor' &&
    isFollowed(subject) &&
    covers.some(
      (covering) =>
        covering.cover === person &&
        covering.advisor === subject.advisor &&
        covering.region === subject.region &&
        isNow(covering, now),
    ),
  caller: ({ role }, { id, role: of }, { calls = [] }) =>
    role === 'advisor' && of === 'jobseeker' && calls.includes(id),
  supervisor: ({ role }, subject, { self, advisor }) => {
    if (role !== 'supervisor') return false
    if (self?.team === undefined) return true
    const followedBy = advisor?.id === subject.advisor ? advisor : undefined
    return self.team === (subject.team ?? followedBy?.team)
  },
}

const isGone = ({ disabled, leftAt, awaiting }: Subject): boolean =>
  disabled || leftAt !== undefined || awaiting === true

/** In a portfolio. */
const isFollowed = (subject: Subject): boolean =>
  subject.role === 'jobseeker' && subject.advisor !== undefined && !isGone(subject)

const isNow = ({ from, until, endedAt = until }: Covering, now: number): boolean =>
  from <= now && now < Math.min(until, endedAt)

/**
 * Whether a jobseeker may be handed over to this one: by an advisor to those who work in the same team, by a supervisor to
 * any advisor of theirs.
 */
export function isColleague(identity: Identity, to: Subject, self: Subject | undefined): boolean {
  if (!mayTakePart(identity, self) || to.region !== identity.region) return false
  if (to.role !== 'advisor' || isGone(to) || to.id === identity.person) return false
  if (identity.role === 'supervisor') return relations.supervisor(identity, to, { now: 0, self })
  return identity.role === 'advisor' && to.team !== undefined && to.team === self?.team
}

/** Whom an attendance record is between, as it says itself; somebody who is erased is not named any more. */
export interface AttendanceParties {
  readonly region: string
  readonly jobseeker?: string | undefined
  readonly advisor?: string | undefined
}

/** What the record of people says about those parties, as far as they are there. */
export interface AttendanceCircumstances {
  readonly self: Subject | undefined
  readonly jobseeker?: Subject | undefined
  readonly advisor?: Subject | undefined
  /** Whoever follows the jobseeker today: the team of a jobseeker without one is theirs. */
  readonly follower?: Subject | undefined
}

/**
 * The two parties see the same; besides them only the supervisor of the jobseeker's team, or of the advisor's where the jobseeker
 * is erased. Who follows the jobseeker today, or stands in, is no party.
 */
export function mayViewAttendance(
  identity: Identity,
  { region, ...parties }: AttendanceParties,
  { self, jobseeker, advisor, follower }: AttendanceCircumstances,
): boolean {
  if (!mayTakePart(identity, self) || region !== identity.region) return false
  const { person, role } = identity
  if (role === 'jobseeker') return parties.jobseeker === person
  if (role === 'advisor') return parties.advisor === person
  const subject = jobseeker ?? advisor
  if (role !== 'supervisor' || subject === undefined) return false
  return relations.supervisor(identity, subject, { now: 0, self, advisor: follower })
}

/** Whoever may see it and is not the one it is about. */
export const mayConfirmAttendance = (
  identity: Identity,
  parties: AttendanceParties,
  circumstances: AttendanceCircumstances,
): boolean => identity.role !== 'jobseeker' && mayViewAttendance(identity, parties, circumstances)

/** Whose a set of canned replies is. */
export type ReplyOwner =
  | { readonly scope: 'own'; readonly region: string; readonly person: string }
  | { readonly scope: 'team'; readonly region: string; readonly team: string }

/** An advisor has their own, and those of the team they work in; a supervisor those of the team, or of every team. */
export function mayUseReplies(identity: Identity, owner: ReplyOwner, self: Subject | undefined): boolean {
  if (!mayTakePart(identity, self) || owner.region !== identity.region) return false
  if (owner.scope === 'own') return identity.role === 'advisor' && owner.person === identity.person
  if (identity.role === 'supervisor' && self?.team === undefined) return true
  return (identity.role === 'advisor' || identity.role === 'supervisor') && self?.team === owner.team
}

/** @param author of the reply; undefined when there is none yet. A team's is changed by its author and the supervisor. */
export const mayChangeReply = (
  identity: Identity,
  owner: ReplyOwner,
  self: Subject | undefined,
  author: string | undefined,
): boolean =>
  mayUseReplies(identity, owner, self) &&
  (author === undefined || author === identity.person || identity.role === 'supervisor')

/** A supervisor of the whole region: lists of everybody, and their import. */
export const maySuperviseRegion = (identity: Identity, region: string, self: Subject | undefined): boolean =>
  identity.role === 'supervisor' &&
  identity.region === region &&
  mayTakePart(identity, self) &&
  self?.team === undefined

/** Pauses and settings: of a team its supervisor and the region's, of the region only the latter. */
export const maySupervise = (
  identity: Identity,
  { region, team }: { readonly region: string; readonly team?: string | undefined },
  self: Subject | undefined,
): boolean =>
  maySuperviseRegion(identity, region, self) ||
  (identity.role === 'supervisor' &&
    identity.region === region &&
    mayTakePart(identity, self) &&
    team !== undefined &&
    self?.team === team)

/** Health, metrics, drain and benchmarks. */
export const mayOperate = (identity: Identity, self?: Subject): boolean =>
  identity.role === 'operator' && mayTakePart(identity, self)

/** The rooms an operator may enter: made by load benchmarks, never of a person. */
export const isSyntheticRoom = (room: string): boolean => room.startsWith('synthetic-')

/** A supervisor has to do with the people of their own region; with which of them, `may` tells. */
export const mayKeepPeople = (identity: Identity, region: string): boolean =>
  identity.role === 'supervisor' && identity.region === region

/**
 * @param circumstances what the record says; without it only the jobseeker and their own advisor are let in, and that the
 *   one who acts is still enrolled is left to whoever keeps the sessions.
 * @throws VisavisError FORBIDDEN. An unknown jobseeker is answered like a stranger's, so that ids cannot be probed.
 */
export function requireConversation<S extends Subject>(
  identity: Identity,
  jobseeker: S | undefined,
  circumstances: Circumstances = trusting(identity),
): S {
  if (jobseeker === undefined || !may(identity, 'converse', jobseeker, circumstances)) {
    throw new VisavisError('FORBIDDEN', `this ${identity.role} takes no part in that conversation`)
  }
  return jobseeker
}

const trusting = ({ person: id, role, region }: Identity): Circumstances => ({
  now: 0,
  self: { id, role, region, disabled: false },
})
