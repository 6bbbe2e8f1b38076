/** Whose conversations somebody takes part in at a moment. Pure: what is stored and the moment are arguments. */
import type { Role } from '../protocol/index.ts'
import { type Cover, isActive, nextChange } from './cover.ts'
import { isEnrolled, type Person } from './person.ts'

export interface Conversation {
  readonly jobseeker: Person
  /** Who follows the jobseeker; absent while nobody does. */
  readonly advisor?: Person
  /** Present when they take part as cover: until when (ms). */
  readonly coverUntil?: number
}

export interface Conversations {
  /** Their own record, if there is one. */
  readonly self?: Person
  readonly conversations: readonly Conversation[]
  /** Whose presence matters to them: the jobseekers for an advisor; advisor and active covers for a jobseeker. */
  readonly counterparts: readonly string[]
  /** Of an advisor or a supervisor: the team in which they work. */
  readonly team?: string
  /** When the next cover begins or ends that changes this answer (ms). */
  readonly changesAt?: number
  /** Whose changes may change this answer, besides the jobseekers of those advisors: see `concerns`. */
  readonly related: readonly string[]
}

/** What the record knows that matters to one person. */
export interface Known {
  readonly self: Person | undefined
  /** By an advisor, or of a jobseeker's advisor; those that are over may be missing. */
  readonly covers: readonly Cover[]
  readonly people: readonly Person[]
}

/** Nobody's: of who may not take part in any. */
const none = (person: string): Conversations => ({ conversations: [], counterparts: [], related: [person] })

const selfOf = ({ self }: Known): Pick<Conversations, 'self'> => (self === undefined ? {} : { self })

export function conversationsOf(
  { person, role }: { readonly person: string; readonly role: Role },
  known: Known,
  now: number,
): Conversations {
  return { ...whose({ person, role }, known, now), ...selfOf(known) }
}

function whose({ person, role }: { readonly person: string; readonly role: Role }, known: Known, now: number) {
  const { self } = known
  if (self === undefined || self.role !== role || !isEnrolled(self)) return none(person)
  if (role === 'jobseeker') return ofJobseeker(self, known, now)
  if (role === 'advisor') return { ...ofAdvisor(self, known, now), ...teamOf(self) }
  if (role === 'supervisor') return { ...none(person), ...teamOf(self) }
  return none(person)
}

function ofJobseeker(jobseeker: Person, { covers, people }: Known, now: number): Conversations {
  const advisor = people.find(({ id }) => id === jobseeker.advisor)
  const own = covers.filter((cover) => cover.advisor === jobseeker.advisor)
  const canTalk = (id: string) => people.some((person) => person.id === id && isAdvisor(person) && isEnrolled(person))
  const standIns = own.filter((cover) => isActive(cover, now)).map(({ cover }) => cover)
  const followers = advisor === undefined ? [] : [advisor.id, ...standIns]
  return {
    conversations: [{ jobseeker, ...(advisor === undefined ? {} : { advisor }) }],
    counterparts: [...new Set(followers.filter(canTalk))],
    ...changes(own, now),
    related: [...new Set([jobseeker.id, ...followers, ...own.map(({ cover }) => cover)])],
  }
}

function ofAdvisor(self: Person, { covers, people }: Known, now: number): Conversations {
  const own = covers.filter(({ cover, advisor }) => cover === self.id && advisor !== self.id)
  const portfolios = Map.groupBy(
    people.filter((person) => person.role === 'jobseeker' && isEnrolled(person)),
    ({ advisor }) => advisor,
  )
  const conversations: Conversation[] = (portfolios.get(self.id) ?? []).map((jobseeker) => ({
    jobseeker,
    advisor: self,
  }))
  const active = Map.groupBy(
    own.filter((cover) => isActive(cover, now)),
    ({ advisor }) => advisor,
  )
  for (const [id, those] of active) {
    const advisor = people.find((person) => person.id === id && isAdvisor(person))
    if (advisor === undefined) continue
    const coverUntil = Math.max(...those.map(({ until }) => until))
    for (const jobseeker of portfolios.get(id) ?? []) conversations.push({ jobseeker, advisor, coverUntil })
  }
  return {
    conversations,
    counterparts: conversations.map(({ jobseeker }) => jobseeker.id),
    ...changes(own, now),
    related: [self.id, ...new Set(own.map(({ advisor }) => advisor))],
  }
}

const teamOf = ({ team }: Person): { team?: string } => (team === undefined ? {} : { team })

const isAdvisor = ({ role }: Person): boolean => role === 'advisor'

const changes = (covers: readonly Cover[], now: number): { changesAt?: number } => {
  const changesAt = nextChange(covers, now)
  return changesAt === undefined ? {} : { changesAt }
}
