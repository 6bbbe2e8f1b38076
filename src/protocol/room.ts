/** Webcam rooms. The media words are mediasoup's; the order of calls is described in docs/architecture.md. */
import type { types } from 'mediasoup-client'
import { event, method } from './define.ts'
import {
  list,
  MediaId,
  Opaque,
  object,
  oneOf,
  optional,
  ParticipantId,
  PersonId,
  Role,
  RoomId,
  type Static,
  Text,
} from './schema.ts'
import { Type } from './type.ts'

export const MediaKind = oneOf('audio', 'video')
export const Source = oneOf('microphone', 'camera', 'screen')
export type Source = Static<typeof Source>

const Held = Type.Boolean({
  description: 'paused by the server, because the line of its sender would not carry the sound beside it',
})

export const ProducerInfo = object({
  id: MediaId,
  participant: ParticipantId,
  kind: MediaKind,
  source: Source,
  paused: Type.Boolean(),
  held: Held,
})
export type ProducerInfo = Static<typeof ProducerInfo>

export const Participant = object({ id: ParticipantId, person: PersonId, name: Text(120), role: Role })
export type Participant = Static<typeof Participant>

/** In one word, for both sides: what the worker knows of lost packets, delays, and tracks. */
export const Quality = oneOf('good', 'fair', 'poor')
export type Quality = Static<typeof Quality>

const RtpCapabilities = Opaque<types.RtpCapabilities>('mediasoup RtpCapabilities')
const RtpParameters = Opaque<types.RtpParameters>('mediasoup RtpParameters')

export const IceServer = object({
  urls: list(Text(256), 8),
  username: optional(Text(256)),
  credential: optional(Text(256)),
})

export const TransportOptions = object({
  id: MediaId,
  iceParameters: Opaque<types.IceParameters>('mediasoup IceParameters'),
  iceCandidates: Type.Unsafe<types.IceCandidate[]>({ type: 'array', maxItems: 32 }),
  dtlsParameters: Opaque<types.DtlsParameters>('mediasoup DtlsParameters'),
})

export const ConsumerOptions = object({
  id: MediaId,
  producer: ProducerInfo,
  rtpParameters: RtpParameters,
})

export const SrtpParameters = Opaque<{ cryptoSuite: string; keyBase64: string }>('mediasoup SrtpParameters')

/** `goodForMs` is there when there are credentials: for so long they open a relay; ask for new ones before. */
const iceServersTold = {
  iceServers: list(IceServer, 8),
  goodForMs: optional(Type.Integer({ minimum: 0 })),
}

const inRoom = { room: RoomId }
const people = ['jobseeker', 'advisor', 'guest'] as const
const everyone = [...people, 'operator'] as const

export const roomMethods = {
  'room.active': method({
    summary: 'The rooms this person may enter and somebody is in. From then on room.activated tells of changes.',
    roles: ['jobseeker', 'advisor'],
    params: object({}),
    result: object({ rooms: list(object({ ...inRoom, by: PersonId }), 1_000) }),
  }),
  'room.join': method({
    summary:
      'Enters the room of a jobseeker or of a workshop, opening it if it is not open; `withTransports` saves asking for both with room.openTransport. With the `rtpCapabilities` of the browser beside it, as it tells them itself, the answer has `consumers` of what the others send, which saves asking with room.consume: they flow once the transport is connected, so add them all before. What the browser cannot receive has none. In a workshop jobseekers are told only of the host and of whoever has the floor, by seats and chosen names. A second join of the same session replaces the first. ELSEWHERE: another node holds the room; session.open with the `ticket` of the details at its `url` opens a connection for this room alone. An operator may enter only rooms whose id begins with "synthetic-".',
    roles: everyone,
    params: object({
      ...inRoom,
      withTransports: optional(Type.Boolean()),
      rtpCapabilities: optional(RtpCapabilities),
    }),
    result: object({
      participant: ParticipantId,
      rtpCapabilities: RtpCapabilities,
      ...iceServersTold,
      participants: list(Participant, 64),
      producers: list(ProducerInfo, 256),
      transports: optional(object({ send: TransportOptions, receive: TransportOptions })),
      consumers: optional(list(ConsumerOptions, 256)),
    }),
    errors: ['NOT_FOUND', 'GONE', 'CONFLICT', 'ELSEWHERE'],
    audit: { record: 'acts', subject: { kind: 'room', path: 'params.room' }, details: ['result.participant'] },
  }),
  'room.resume': method({
    summary:
      'After a lost connection, on the next one of the same session: the participant is still in the room and its media went on. Tells how everything stands. ELSEWHERE: as for room.join. GONE: it is in no more; join again.',
    roles: everyone,
    params: object(inRoom),
    result: object({
      participant: ParticipantId,
      participants: list(Participant, 64),
      producers: list(ProducerInfo, 256),
      sent: list(ProducerInfo, 16),
    }),
    errors: ['GONE', 'ELSEWHERE'],
  }),
  'room.leave': method({
    summary: 'Leaves the room and closes everything the participant had in it. Leaving twice is harmless.',
    roles: everyone,
    params: object(inRoom),
    result: object({}),
    audit: { record: 'acts', subject: { kind: 'room', path: 'params.room' } },
  }),
  'room.openTransport': method({
    summary:
      'Opens the participant’s WebRTC transport for one direction; a second one for the same direction replaces the first.',
    roles: people,
    params: object({ ...inRoom, direction: oneOf('send', 'receive') }),
    result: TransportOptions,
    errors: ['GONE'],
  }),
  'room.connectTransport': method({
    summary: 'Gives the client’s DTLS parameters to a transport.',
    roles: people,
    params: object({
      ...inRoom,
      transport: MediaId,
      dtlsParameters: Opaque<types.DtlsParameters>('mediasoup DtlsParameters'),
    }),
    result: object({}),
    errors: ['GONE', 'CONFLICT'],
  }),
  'room.restartIce': method({
    summary: 'New ICE credentials for a transport, after the network changed under it.',
    roles: people,
    params: object({ ...inRoom, transport: MediaId }),
    result: object({ iceParameters: Opaque<types.IceParameters>('mediasoup IceParameters') }),
    errors: ['GONE'],
  }),
  'room.iceServers': method({
    summary: 'STUN and TURN servers with new credentials: before an ICE restart, and before the ones told last expire.',
    roles: people,
    params: object(inRoom),
    result: object(iceServersTold),
    errors: ['GONE'],
  }),
  'room.produce': method({
    summary:
      'Sends a track into the room. One producer per source: a second one replaces the first. One screen per room: while another participant shows theirs, CONFLICT with details.reason "screen-taken" and details.participant. In a workshop FORBIDDEN with details.reason "no-floor" for whoever may not send it. With a `producer` made by the client, unique in the room, it need not wait for the answer before it goes on.',
    roles: everyone,
    params: object({
      ...inRoom,
      transport: MediaId,
      kind: MediaKind,
      source: Source,
      rtpParameters: RtpParameters,
      paused: optional(Type.Boolean()),
      producer: optional(MediaId),
    }),
    result: object({ producer: MediaId }),
    errors: ['GONE', 'UNSUPPORTED', 'CONFLICT'],
  }),
  'room.setProducerPaused': method({
    summary: 'Mutes or unmutes one’s own producer at the server, so that a muted microphone sends nothing onward.',
    roles: everyone,
    params: object({ ...inRoom, producer: MediaId, paused: Type.Boolean() }),
    result: object({}),
    errors: ['GONE'],
  }),
  'room.closeProducer': method({
    summary: 'Stops sending a track. Closing twice is harmless.',
    roles: everyone,
    params: object({ ...inRoom, producer: MediaId }),
    result: object({}),
    errors: ['GONE'],
  }),
  'room.consume': method({
    summary:
      'Asks for a producer’s media. The consumer starts paused: resume it when the client has its track ready. With `paused: false` it flows as soon as the transport is connected, which is right for sound, and for what is received first.',
    roles: everyone,
    params: object({
      ...inRoom,
      producer: MediaId,
      rtpCapabilities: RtpCapabilities,
      paused: optional(Type.Boolean()),
    }),
    result: ConsumerOptions,
    errors: ['GONE', 'UNSUPPORTED'],
  }),
  'room.setConsumerPaused': method({
    summary:
      'Resumes or pauses one’s own consumer; one that nobody sees is best paused. While pictures are held back (room.videoHeld) a resumed one of video flows later.',
    roles: everyone,
    params: object({ ...inRoom, consumer: MediaId, paused: Type.Boolean() }),
    result: object({}),
    errors: ['GONE'],
  }),
  'room.setPreferredLayers': method({
    summary:
      'The highest simulcast layers wanted from a consumer, by the size at which it is shown. A picture begins with the smallest layer, and grows once it is seen. While pictures are held back (room.videoHeld) it is kept for later.',
    roles: everyone,
    params: object({
      ...inRoom,
      consumer: MediaId,
      spatialLayer: Type.Integer({ minimum: 0, maximum: 7 }),
      temporalLayer: optional(Type.Integer({ minimum: 0, maximum: 7 })),
    }),
    result: object({}),
    errors: ['GONE'],
  }),
  'room.openSyntheticTransport': method({
    summary:
      'For load benchmarks: a plain SRTP transport instead of a WebRTC one. Only in rooms whose id begins with "synthetic-".',
    roles: ['operator'],
    params: object({ ...inRoom, direction: oneOf('send', 'receive') }),
    result: object({
      id: MediaId,
      ip: Text(64),
      port: Type.Integer({ minimum: 1, maximum: 65_535 }),
      srtpParameters: SrtpParameters,
    }),
    errors: ['GONE'],
  }),
  'room.connectSyntheticTransport': method({
    summary: 'Where a synthetic participant’s packets come from and go to, and the SRTP key it sends with.',
    roles: ['operator'],
    params: object({
      ...inRoom,
      transport: MediaId,
      ip: Text(64),
      port: Type.Integer({ minimum: 1, maximum: 65_535 }),
      srtpParameters: SrtpParameters,
    }),
    result: object({}),
    errors: ['GONE', 'CONFLICT'],
  }),
}

export const roomEvents = {
  'room.participantJoined': event({
    summary: 'Somebody entered the room.',
    data: object({ ...inRoom, participant: Participant }),
  }),
  'room.participantLeft': event({
    summary: 'Somebody left the room: by their own will, or neither media nor signaling came from them any more.',
    data: object({ ...inRoom, participant: ParticipantId }),
  }),
  'room.producerOpened': event({
    summary: 'A participant sends a new track; room.consume asks for it.',
    data: object({ ...inRoom, producer: ProducerInfo }),
  }),
  'room.producerChanged': event({
    summary: 'A producer was paused (muted) or resumed, by its owner or, if it is held, to protect their sound.',
    data: object({ ...inRoom, producer: MediaId, paused: Type.Boolean(), held: Held }),
  }),
  'room.producerClosed': event({
    summary: 'A track ended; its consumers are closed.',
    data: object({ ...inRoom, producer: MediaId, participant: ParticipantId }),
  }),
  'room.qualityChanged': event({
    summary:
      'How good the line of everybody in the room is, both ways; the whole list each time. Told after a join, and when it changes, at most twice a second.',
    data: object({
      ...inRoom,
      lines: list(object({ participant: ParticipantId, sending: Quality, receiving: Quality }), 64),
    }),
    delivery: 'latest',
  }),
  'room.speakerChanged': event({
    summary:
      'Who speaks, in rooms of three and more: told when it changes, at most twice a second. Whoever spoke last is the speaker until somebody else is.',
    data: object({ ...inRoom, participant: ParticipantId }),
    delivery: 'latest',
  }),
  'room.videoHeld': event({
    summary:
      'Told to one participant: pictures to them (receiving) or from them (sending) are held back, because their line would not carry the sound beside them. They come back by themselves. While sending is held, the client sends no pictures.',
    data: object({ ...inRoom, sending: Type.Boolean(), receiving: Type.Boolean() }),
    delivery: 'latest',
  }),
  'room.activated': event({
    summary:
      'Told to the jobseeker and the advisor of the room when its first participant enters, and when it is empty again.',
    data: object({ ...inRoom, active: Type.Boolean(), by: optional(PersonId) }),
  }),
  'room.closed': event({
    summary:
      'The room’s media is gone (a worker died, the node is stopping, or another node holds the room now). Join again: it is rebuilt elsewhere. Of a workshop also: it has "ended", or the same person has taken their one seat from another device ("replaced").',
    data: object({ ...inRoom, reason: oneOf('worker-died', 'node-stopping', 'replaced', 'access-ended', 'ended') }),
  }),
}
