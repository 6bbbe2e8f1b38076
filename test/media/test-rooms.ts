/** Rooms on real workers for a test, guests who remember what they are told, and what a browser would send. */
import { pino } from 'pino'
import type { Joiner, RoomParticipant } from '../../src/media/participant.ts'
import type { Line, RoomEventName } from '../../src/media/reach.ts'
import { openRooms, type Rooms, type RoomsOptions } from '../../src/media/rooms.ts'
import type { DataOf, ParamsOf, ResultOf } from '../../src/protocol/index.ts'

export const workerBin = new URL('../../.cache/mediasoup-worker', import.meta.url).pathname

export interface Told {
  readonly event: RoomEventName
  readonly data: DataOf<RoomEventName>
}

export interface Guest {
  readonly session: string
  readonly joined: ResultOf<'room.join'>
  readonly participant: RoomParticipant
  /** Everything told to this session since it joined, in order. */
  readonly told: readonly Told[]
  /** The names of those events. */
  events(): string[]
  /** How often it was asked whether anybody is there. */
  probes(): number
}

export interface TestRooms extends AsyncDisposable {
  readonly rooms: Rooms
  enter(room: string, session: string, joiner?: Partial<Joiner>): Promise<Guest>
}

/** @param t ends the workers with the test, even if its scope is left without disposing. */
export async function testRooms(
  t: { teardown(end: () => Promise<void>): void },
  options: Partial<RoomsOptions> = {},
): Promise<TestRooms> {
  const rooms = await openRooms({
    workers: 1,
    workerBin,
    listen: [{ ip: '127.0.0.1' }],
    basePort: 0,
    iceServers: { urls: [], turnCredentialMs: 600_000 },
    log: pino({ level: 'silent' }),
    ...options,
  })
  const close = () => rooms.close()
  t.teardown(close)
  return {
    rooms,
    async enter(room, session, joiner = {}) {
      const told: Told[] = []
      let probes = 0
      const probe = () => {
        probes += 1
      }
      const line = { ...lineTo(told, `connection-${session}`), probe }
      const joined = await rooms.join(room, { ...guest(session, line), ...joiner })
      const participant = rooms.participant(room, session)
      const events = () => told.map(({ event }) => event)
      return { session, joined, participant, told, events, probes: () => probes }
    },
    [Symbol.asyncDispose]: close,
  }
}

/** A connection that remembers what is told over it. */
export const lineTo = (told: Told[], connection: string): Line => ({
  connection,
  notify: (event, data) => void told.push({ event, data }),
  probe: () => {},
})

const guest = (session: string, line: Line): Joiner => ({
  session,
  person: `person-${session}`,
  name: `Person ${session}`,
  role: 'jobseeker',
  line,
})

type RtpParameters = ParamsOf<'room.produce'>['rtpParameters']

const ids = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  sendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  level: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
} as const

/** What Chromium sends for a microphone. */
export const microphone = (mid = '0'): RtpParameters => ({
  mid,
  codecs: [
    {
      mimeType: 'audio/opus',
      payloadType: 111,
      clockRate: 48_000,
      channels: 2,
      parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
      rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
    },
  ],
  headerExtensions: [
    { uri: ids.mid, id: 4, encrypt: false, parameters: {} },
    { uri: ids.level, id: 1, encrypt: false, parameters: {} },
    { uri: ids.transportCc, id: 3, encrypt: false, parameters: {} },
  ],
  encodings: [{ ssrc: 1_111_111_111, dtx: true }],
  rtcp: { cname: 'Yx3kP', reducedSize: true },
})

/** What Chromium sends for a camera with three simulcast layers. */
export const camera = (mid = '1'): RtpParameters => ({
  mid,
  codecs: [
    {
      mimeType: 'video/VP8',
      payloadType: 96,
      clockRate: 90_000,
      parameters: {},
      rtcpFeedback: [
        { type: 'goog-remb', parameter: '' },
        { type: 'transport-cc', parameter: '' },
        { type: 'ccm', parameter: 'fir' },
        { type: 'nack', parameter: '' },
        { type: 'nack', parameter: 'pli' },
      ],
    },
    { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 }, rtcpFeedback: [] },
  ],
  headerExtensions: [
    { uri: ids.mid, id: 4, encrypt: false, parameters: {} },
    { uri: ids.rid, id: 10, encrypt: false, parameters: {} },
    { uri: ids.repairedRid, id: 11, encrypt: false, parameters: {} },
    { uri: ids.sendTime, id: 2, encrypt: false, parameters: {} },
    { uri: ids.transportCc, id: 3, encrypt: false, parameters: {} },
  ],
  encodings: [
    { active: true, rid: 'r0', scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3', dtx: false },
    { active: true, rid: 'r1', scaleResolutionDownBy: 2, maxBitrate: 400_000, scalabilityMode: 'L1T3', dtx: false },
    { active: true, rid: 'r2', scaleResolutionDownBy: 1, maxBitrate: 950_000, scalabilityMode: 'L1T3', dtx: false },
  ],
  rtcp: { cname: 'Yx3kP', reducedSize: true },
})

/** A fingerprint of the right shape, of no certificate. */
export const dtls: ParamsOf<'room.connectTransport'>['dtlsParameters'] = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
}

/** Opens a sending transport and produces with it. @returns the producer's id. */
export async function send(guest: Guest, source: 'microphone' | 'camera' = 'microphone'): Promise<string> {
  const { id: transport } = await guest.participant.openTransport('send')
  const sound = source === 'microphone'
  const rtpParameters = sound ? microphone() : camera()
  return await guest.participant.produce({ transport, kind: sound ? 'audio' : 'video', source, rtpParameters })
}
