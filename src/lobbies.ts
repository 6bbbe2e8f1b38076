/** Lobbies wired to rooms, sessions and presence: who is in a talk, who is away for long, and tokens of those invited. */
import type { Logger } from 'pino'
import type { Tokens } from './auth/tokens.ts'
import type { EnrolmentFact } from './enrolment/enrolment.ts'
import { isInvitationToken } from './lobby/invitation-token.ts'
import { guestOf, type Invitations } from './lobby/invitations.ts'
import { type Lobby, type Talk, talkMs } from './lobby/lobby.ts'
import type { Rooms } from './media/rooms.ts'
import type { Presence } from './presence/presence.ts'
import { VisavisError } from './protocol/index.ts'

/** Tokens of the identity provider and, for sessions only, of invitations. */
export const tokensOrInvitations = (tokens: Tokens, invitations: Invitations): Tokens => ({
  ...tokens,
  async verify(token) {
    if (!isInvitationToken(token)) return tokens.verify(token)
    const found = await invitations.verify(token, Date.now()).catch((error: unknown) => {
      if (error instanceof VisavisError) throw error
      // Whoever writes their own token may write anything into it.
      return undefined
    })
    if (found === undefined) throw new VisavisError('UNAUTHENTICATED', 'the invitation is not valid any more')
    const { region, invitation } = found
    const { id, name, expiresAt } = invitation
    return { identity: { person: guestOf(id), role: 'guest', name, region }, expiresAt }
  },
})

export interface LobbyWatchOptions {
  readonly lobby: Lobby
  readonly invitations: Invitations
  readonly rooms: Rooms
  readonly presence: Presence
  /** The region of a session on this node. */
  readonly regionOf: (session: string) => string | undefined
  readonly regions: readonly string[]
  /** How long the place of somebody who is offline is kept (ms). */
  readonly keepMs: number
  readonly log: Logger
}

export interface LobbyWatch extends AsyncDisposable {
  /** Another advisor has other people in their line. */
  enrolmentChanged(fact: EnrolmentFact): void
}

/** Nobody is in a talk for so long: an admission that is older was forgotten. */
const longestTalkMs = 12 * 60 * 60 * 1_000
const sweepEveryMs = 15_000

/** Runs on every node until disposed; each step may be done twice. */
export function watchLobbies(options: LobbyWatchOptions): LobbyWatch {
  const { lobby, invitations, rooms, presence, regionOf, regions, keepMs, log } = options
  const talks = new Map<string, Talk & { readonly region: string }>()
  const say = (talk: Talk & { readonly region: string }, present: boolean) =>
    lobby
      .talks(talk.region, talk, present)
      .catch((err) => log.debug({ err }, 'a talk is not known in the lobby until it is said again'))

  rooms.on('joined', (room, { session, person, role }) => {
    const region = regionOf(session)
    if (role !== 'advisor' || region === undefined) return
    const talk = { region, advisor: person, room, session }
    talks.set(`${room} ${session}`, talk)
    void say(talk, true)
  })
  rooms.on('left', (room, session) => {
    const talk = talks.get(`${room} ${session}`)
    if (talk === undefined || !talks.delete(`${room} ${session}`)) return
    void say(talk, false)
  })

  const sweep = async () => {
    const now = Date.now()
    for (const region of regions) {
      const over = await invitations.over(region, now)
      const visits = await lobby.visits(region)
      const guests = new Set(over.map(({ id }) => guestOf(id)))
      const shown = await presence.of(
        region,
        visits.map(({ person }) => person),
      )
      for (const [n, visit] of visits.entries()) {
        const { state = 'offline', lastSeenAt = visit.changedAt } = shown[n] ?? {}
        const isAway = state === 'offline' && now - Math.max(lastSeenAt, visit.changedAt) > keepMs
        const isOld = visit.state === 'admitted' && now - visit.changedAt > longestTalkMs
        if (guests.has(visit.person)) await lobby.erase(region, visit.person)
        else if (isAway || isOld) await lobby.forget(region, visit)
      }
      for (const guest of guests) await presence.forget({ region, person: guest })
      await invitations.drop(
        region,
        over.map(({ id }) => id),
      )
    }
  }
  let running: Promise<unknown> | undefined
  const run = (what: () => Promise<unknown>) => {
    if (running !== undefined) return
    running = what()
      .catch((err) => log.debug({ err }, 'the lobbies could not be looked at; trying again'))
      .finally(() => {
        running = undefined
      })
  }
  const timers = [
    setInterval(() => run(sweep), sweepEveryMs),
    setInterval(() => run(() => Promise.all([...talks.values()].map((talk) => say(talk, true)))), talkMs.every),
  ]
  return {
    enrolmentChanged(fact) {
      if (fact.type !== 'personChanged' || fact.person.role !== 'jobseeker') return
      const { id, region, advisor = '' } = fact.person
      if (fact.before !== undefined && fact.before.advisor === fact.person.advisor) return
      lobby
        .follow(region, id, advisor)
        .catch((err) => log.warn({ err, jobseeker: id }, 'who waits does so in the line of the former advisor'))
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer)
      await running
    },
  }
}
