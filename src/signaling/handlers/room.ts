import type { Lobby } from '../../lobby/lobby.ts'
import type { Line } from '../../media/reach.ts'
import type { Rooms } from '../../media/rooms.ts'
import { VisavisError } from '../../protocol/index.ts'
import type { Caller, Handlers, MethodsOf } from '../handlers.ts'
import type { RoomEntry } from '../room-entry.ts'
import type { RoomPlaces } from '../room-places.ts'

export interface RoomHandlersOptions {
  readonly rooms: Rooms
  readonly entry: RoomEntry
  readonly lobby: Lobby
  readonly places: RoomPlaces
}

export function roomHandlers({ rooms, entry, lobby, places }: RoomHandlersOptions): Handlers<MethodsOf<'room'>> {
  /** Being a participant is the permission for everything else: entry was checked at the join. */
  const self = (caller: Caller, room: string) => rooms.participant(room, caller.id)
  const lineOf = (caller: Caller): Line => ({
    connection: caller.connection,
    notify: caller.notify.bind(caller),
    probe: caller.probe.bind(caller),
  })

  return {
    async 'room.active'(caller) {
      return { rooms: await places.active(caller, [...caller.conversations.keys()]) }
    },
    async 'room.join'(caller, { room, ...options }) {
      if (options.withTransports === true && caller.identity.role === 'operator')
        throw new VisavisError('FORBIDDEN', 'an operator has synthetic transports only')
      const shown = await entry.require(caller, room)
      await places.enter(caller, room).catch((error: unknown) => {
        entry.goesElsewhere(caller, room)
        throw error
      })
      // Nothing may be awaited between this and the join: the clean-up of a closed session has run already.
      if (caller.closed) throw new VisavisError('GONE', 'the connection is closed')
      const { person, name, role } = caller.identity
      const { id: session, address } = caller
      return rooms.join(room, { session, address, person, name, role, shown, line: lineOf(caller) }, options)
    },
    async 'room.resume'(caller, { room }) {
      await entry.require(caller, room)
      if (!rooms.has(room, caller.id)) await places.find(caller, room)
      if (caller.closed) throw new VisavisError('GONE', 'the connection is closed')
      return rooms.resume(room, caller.id, lineOf(caller))
    },
    async 'room.leave'(caller, { room }) {
      await rooms.leave(room, caller.id)
      const { role, region, person } = caller.identity
      // Whoever comes again waits again.
      if (role === 'jobseeker' || role === 'guest') await lobby.leave(region, { room, person })
      return {}
    },
    async 'room.openTransport'(caller, { room, direction }) {
      return self(caller, room).openTransport(direction)
    },
    async 'room.connectTransport'(caller, { room, transport, dtlsParameters }) {
      await self(caller, room).connectTransport(transport, dtlsParameters)
      return {}
    },
    async 'room.restartIce'(caller, { room, transport }) {
      return { iceParameters: await self(caller, room).restartIce(transport) }
    },
    async 'room.iceServers'(caller, { room }) {
      return rooms.iceServers(self(caller, room).id)
    },
    async 'room.produce'(caller, { room, ...options }) {
      return { producer: await self(caller, room).produce(options) }
    },
    async 'room.setProducerPaused'(caller, { room, producer, paused }) {
      await self(caller, room).setProducerPaused(producer, paused)
      return {}
    },
    async 'room.closeProducer'(caller, { room, producer }) {
      await self(caller, room).closeProducer(producer)
      return {}
    },
    async 'room.consume'(caller, { room, producer, rtpCapabilities, paused }) {
      return self(caller, room).consume(producer, rtpCapabilities, paused)
    },
    async 'room.setConsumerPaused'(caller, { room, consumer, paused }) {
      await self(caller, room).setConsumerPaused(consumer, paused)
      return {}
    },
    async 'room.setPreferredLayers'(caller, { room, consumer, ...layers }) {
      await self(caller, room).setPreferredLayers(consumer, layers)
      return {}
    },
    async 'room.openSyntheticTransport'(caller, { room, direction }) {
      return self(caller, room).openSyntheticTransport(direction)
    },
    async 'room.connectSyntheticTransport'(caller, { room, transport, ...remote }) {
      await self(caller, room).connectSyntheticTransport(transport, remote)
      return {}
    },
  }
}
