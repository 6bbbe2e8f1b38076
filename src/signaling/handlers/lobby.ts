import type { Enrolment } from '../../enrolment/enrolment.ts'
import { guestOf, type Invitations, invitationOf } from '../../lobby/invitations.ts'
import type { Lobby } from '../../lobby/lobby.ts'
import type { Rooms } from '../../media/rooms.ts'
import { longestInvitationMs, VisavisError } from '../../protocol/index.ts'
import type { Caller, Handlers, MethodsOf } from '../handlers.ts'
import type { LobbyRelay } from '../lobby-relay.ts'
import type { RoomEntry } from '../room-entry.ts'

export interface LobbyHandlersOptions {
  readonly lobby: Lobby
  readonly invitations: Invitations
  readonly enrolment: Enrolment
  readonly rooms: Rooms
  readonly relay: LobbyRelay
  readonly entry: RoomEntry
}

export function lobbyHandlers(options: LobbyHandlersOptions): Handlers<MethodsOf<'lobby'>> {
  const { lobby, invitations, enrolment, rooms, relay, entry } = options

  /** Whose lobby it is, for somebody who may wait there. @throws VisavisError FORBIDDEN. */
  const advisorOf = async (caller: Caller, room: string): Promise<string> => {
    const { identity } = caller
    if (identity.role === 'jobseeker') return caller.requireConversation(room).advisor?.id ?? ''
    const id = invitationOf(identity.person)
    const invitation = id === undefined ? undefined : await invitations.find(identity.region, id)
    if (invitation === undefined || invitation.room !== room || invitation.withdrawnAt !== undefined)
      throw new VisavisError('FORBIDDEN', 'the invitation is not for this room')
    return (await enrolment.person(identity.region, room))?.advisor ?? ''
  }
  const withdraw = async (region: string, room: string, id: string, by: string) => {
    await invitations.withdraw(region, id, Date.now())
    const person = guestOf(id)
    await lobby.remove(region, { room, person }, by).catch((error: unknown) => {
      // They never came.
      if (!(error instanceof VisavisError) || error.code !== 'GONE') throw error
    })
  }

  return {
    async 'lobby.enter'(caller, { room }) {
      const { person, name, role, region } = caller.identity
      const advisor = await advisorOf(caller, room)
      const visitor = { room, person, name, role: role === 'guest' ? role : 'jobseeker', advisor } as const
      await lobby.arrive(region, visitor)
      return { visit: await relay.visits(caller, room) }
    },
    async 'lobby.leave'({ identity, connection }, { room }) {
      await lobby.leave(identity.region, { room, person: identity.person })
      relay.forget(connection, room)
      return {}
    },
    async 'lobby.waiting'(caller) {
      return { visits: await relay.watches(caller) }
    },
    async 'lobby.admit'(caller, { room, person }) {
      await entry.require(caller, room)
      await lobby.admit(caller.identity.region, { room, person }, caller.identity.person)
      return {}
    },
    async 'lobby.invite'(caller, { room, key, name, expiresAt }) {
      caller.requireConversation(room)
      const now = Date.now()
      if (expiresAt <= now || expiresAt > now + longestInvitationMs)
        throw new VisavisError('BAD_REQUEST', 'an invitation ends within seven days from now', {
          details: { path: '/expiresAt', longestMs: longestInvitationMs },
        })
      const { region, person: by } = caller.identity
      const { invitation, token } = await invitations.invite({ region, room, key, name, by, expiresAt })
      return { invitation: invitation.id, token, expiresAt: invitation.expiresAt }
    },
    async 'lobby.withdraw'(caller, { room, invitation: id }) {
      caller.requireConversation(room)
      const { region, person } = caller.identity
      const invitation = await invitations.find(region, id)
      if (invitation?.room !== room) throw new VisavisError('NOT_FOUND', 'there is no such invitation to this room')
      await withdraw(region, room, id, person)
      return {}
    },
    async 'lobby.remove'(caller, { room, participant }) {
      caller.requireConversation(room)
      const { region, person: by } = caller.identity
      const { person } = rooms.known(room, participant)
      const id = invitationOf(person)
      if (id === undefined) throw new VisavisError('FORBIDDEN', 'only third persons can be sent out of a room')
      await withdraw(region, room, id, by)
      return {}
    },
  }
}
