/** The check of devices and network before a talk: a test call that hears its own echo, and a report that is kept. */
import type { types } from 'mediasoup-client'
import { adviceCodes, checkOutcomes, deviceStates, pathNames, pathStates, speakerStates } from './check-rule.ts'
import { method } from './define.ts'
import { IceServer, TransportOptions } from './room.ts'
import {
  IdempotencyKey,
  list,
  MediaId,
  Opaque,
  object,
  oneOf,
  optional,
  PersonId,
  type Static,
  Timestamp,
} from './schema.ts'
import { Type } from './type.ts'

const Permille = Type.Integer({ minimum: 0, maximum: 1_000 })
const Kbps = Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'kbit/s' })
const PathState = oneOf(...pathStates)

export const CheckMeasured = object({
  camera: oneOf(...deviceStates),
  microphone: oneOf(...deviceStates),
  speaker: oneOf(...speakerStates),
  paths: object({ udp: PathState, tcp: PathState, relay: PathState }),
  network: optional(
    object({
      path: oneOf(...pathNames),
      roundTripMs: Type.Integer({ minimum: 0, maximum: 60_000 }),
      lostUpPermille: Permille,
      lostDownPermille: Permille,
      upKbps: Kbps,
      downKbps: Kbps,
    }),
  ),
})

export const CheckReport = object({
  at: Timestamp,
  outcome: oneOf(...checkOutcomes),
  advice: list(oneOf(...adviceCodes), adviceCodes.length),
  measured: CheckMeasured,
})
export type CheckReport = Static<typeof CheckReport>

const people = ['jobseeker', 'advisor', 'guest'] as const
const inCall = { call: MediaId }
const CheckRtpParameters = Opaque<types.RtpParameters>('mediasoup RtpParameters')

export const checkMethods = {
  'check.start': method({
    summary:
      'Begins a test call, in which the server sends back what it receives. One at a time for each person: a second one ends the first. It ends by itself after `longestMs`. UNAVAILABLE: this node carries as many as it may; try again.',
    roles: people,
    params: object({}),
    result: object({
      ...inCall,
      longestMs: Type.Integer({ minimum: 1 }),
      rtpCapabilities: Opaque<types.RtpCapabilities>('mediasoup RtpCapabilities'),
      iceServers: list(IceServer, 8),
    }),
    errors: ['CONFLICT', 'GONE'],
    cost: 5,
  }),
  'check.openTransport': method({
    summary: 'Opens a WebRTC transport of the test call; one for each way that is tried, and one for the echo.',
    roles: people,
    params: object(inCall),
    result: TransportOptions,
    errors: ['GONE', 'CONFLICT'],
  }),
  'check.connectTransport': method({
    summary: 'Gives the client’s DTLS parameters to a transport of the test call.',
    roles: people,
    params: object({
      ...inCall,
      transport: MediaId,
      dtlsParameters: Opaque<types.DtlsParameters>('mediasoup DtlsParameters'),
    }),
    result: object({}),
    errors: ['GONE', 'CONFLICT'],
  }),
  'check.produce': method({
    summary: 'Sends video into the test call. Nobody but the sender can receive it. One for each transport.',
    roles: people,
    params: object({ ...inCall, transport: MediaId, rtpParameters: CheckRtpParameters }),
    result: object({ producer: MediaId }),
    errors: ['GONE', 'UNSUPPORTED', 'CONFLICT'],
  }),
  'check.consume': method({
    summary: 'The echo of what is sent into the test call.',
    roles: people,
    params: object({
      ...inCall,
      transport: MediaId,
      producer: MediaId,
      rtpCapabilities: Opaque<types.RtpCapabilities>('mediasoup RtpCapabilities'),
    }),
    result: object({ id: MediaId, rtpParameters: CheckRtpParameters }),
    errors: ['GONE', 'UNSUPPORTED', 'CONFLICT'],
  }),
  'check.end': method({
    summary: 'Ends a test call. Ending it twice is harmless.',
    roles: people,
    params: object(inCall),
    result: object({}),
  }),
  'check.report': method({
    summary:
      'Hands in what a check has measured. The answer says what follows from it; it is kept as the newest report of the person, but for guests.',
    roles: people,
    params: object({ key: IdempotencyKey, measured: CheckMeasured }),
    result: object({ report: CheckReport }),
    errors: ['GONE'],
    audit: { record: 'acts', details: ['result.report.outcome'] },
  }),
  'check.last': method({
    summary: 'The newest report: one’s own, or for advisors that of a jobseeker they follow or cover.',
    roles: ['jobseeker', 'advisor'],
    params: object({ person: optional(PersonId) }),
    result: object({ report: optional(CheckReport) }),
    audit: { record: 'acts', subject: { kind: 'person', path: 'params.person' } },
  }),
}
