/** Pure: session descriptions between mediasoup transports of a generator, which speak ICE lite, and Janus. */
import type { types } from 'mediasoup'

/** One stream of a description. */
export interface Line {
  readonly mid: string
  readonly kind: types.MediaKind
  readonly payloadType: number
  readonly ssrc: number
}

export interface Remote {
  readonly ufrag: string
  readonly password: string
  /** Where it is, of its UDP candidates the first. */
  readonly address: string
  readonly port: number
  readonly fingerprint: types.DtlsFingerprint
  readonly lines: readonly Line[]
}

type Local = Pick<types.WebRtcTransport, 'iceParameters' | 'iceCandidates' | 'dtlsParameters'>

const names: Readonly<Record<types.MediaKind, string>> = { audio: 'opus/48000/2', video: 'VP8/90000' }

export interface Part {
  /** Who begins DTLS: in an offer it is left to the other side. */
  readonly setup: 'actpass' | 'passive'
  readonly direction: 'sendonly' | 'recvonly'
  /** Without candidates, which are told later: until then nobody looks for us. */
  readonly trickle?: boolean
}

export function describe(local: Local, lines: readonly Line[], { setup, direction, trickle = false }: Part): string {
  const { iceParameters, dtlsParameters } = local
  const print = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256')
  if (print === undefined) throw new Error('a transport without a fingerprint')
  const found = [...candidatesOf(local).map((candidate) => `a=${candidate}`), 'a=end-of-candidates']
  const media = lines.flatMap(({ mid, kind, payloadType, ssrc }) => [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 127.0.0.1',
    `a=mid:${mid}`,
    `a=${direction}`,
    'a=rtcp-mux',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `a=fingerprint:${print.algorithm} ${print.value}`,
    `a=setup:${setup}`,
    ...(trickle ? ['a=ice-options:trickle'] : found),
    `a=rtpmap:${payloadType} ${names[kind]}`,
    ...(kind === 'video' ? [`a=rtcp-fb:${payloadType} nack`, `a=rtcp-fb:${payloadType} nack pli`] : []),
    ...(direction === 'sendonly' ? [`a=ssrc:${ssrc} cname:generator`] : []),
  ])
  const group = `a=group:BUNDLE ${lines.map(({ mid }) => mid).join(' ')}`
  return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=ice-lite', group, ...media, ''].join('\r\n')
}

export const candidatesOf = ({ iceCandidates }: Pick<Local, 'iceCandidates'>): string[] =>
  iceCandidates.map(
    ({ foundation, protocol, priority, address, port, type }) =>
      `candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}`,
  )

/** What of Janus's description a mediasoup transport has to know. @throws Error when it is not there. */
export function readDescription(sdp: string): Remote {
  const found = (pattern: RegExp): readonly string[] => {
    const match = pattern.exec(sdp)
    if (match === null) throw new Error(`a description without ${pattern.source}`)
    return match.slice(1)
  }
  const [value = ''] = found(/^a=fingerprint:sha-256 (\S+)/im)
  const [ufrag = ''] = found(/^a=ice-ufrag:(\S+)/m)
  const [password = ''] = found(/^a=ice-pwd:(\S+)/m)
  const [address = '', port = ''] = found(/^a=candidate:\S+ 1 udp \d+ (\d+\.\S+) (\d+) typ host/im)
  const parts = sdp.split(/^m=/m).slice(1)
  return {
    ...{ ufrag, password, address, port: Number(port) },
    fingerprint: { algorithm: 'sha-256', value },
    lines: parts.map(lineOf),
  }
}

function lineOf(part: string): Line {
  const [, kind, first] = /^(audio|video) \d+ \S+ (\d+)/.exec(part) ?? []
  const mid = /^a=mid:(\S+)/m.exec(part)?.[1]
  if ((kind !== 'audio' && kind !== 'video') || mid === undefined) throw new Error('a description with a strange line')
  return { mid, kind, payloadType: Number(first), ssrc: Number(/^a=ssrc:(\d+)/m.exec(part)?.[1] ?? 0) }
}
