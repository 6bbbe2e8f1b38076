/** *Pure.* What follows from a check of devices and network. The client says it at once; the server stores the same. */

export const deviceStates = ['ok', 'silent', 'missing', 'denied', 'busy', 'unsupported', 'skipped'] as const
export type DeviceState = (typeof deviceStates)[number]

export const speakerStates = ['heard', 'not-heard', 'skipped'] as const
export type SpeakerState = (typeof speakerStates)[number]

/** `not-offered`: the service has no such way; `untested`: nobody came to try it. */
export const pathStates = ['reached', 'blocked', 'not-offered', 'untested'] as const
export type PathState = (typeof pathStates)[number]

/** The ways media can take to the service, best first. */
export const pathNames = ['udp', 'tcp', 'relay'] as const
export type PathName = (typeof pathNames)[number]

/** What a test call has measured on the best way that is open. */
export interface NetworkMeasured {
  readonly path: PathName
  readonly roundTripMs: number
  /** Of a thousand packets. */
  readonly lostUpPermille: number
  readonly lostDownPermille: number
  readonly upKbps: number
  readonly downKbps: number
}

export interface Measured {
  readonly camera: DeviceState
  readonly microphone: DeviceState
  readonly speaker: SpeakerState
  readonly paths: Readonly<Record<PathName, PathState>>
  /** Absent when no way is open, or the call came to nothing. */
  readonly network?: NetworkMeasured | undefined
}

/** What a person can do about it, the most important first. */
export const adviceCodes = [
  'network-blocked',
  'network-failed',
  'allow-devices',
  'connect-microphone',
  'free-devices',
  'newer-browser',
  'speaker-silent',
  'microphone-silent',
  'network-too-slow',
  'network-lossy',
  'connect-camera',
  'audio-only',
  'network-slow',
  'network-far',
  'only-detours',
  'unfinished',
] as const
export type Advice = (typeof adviceCodes)[number]

/** `passed`: nothing stands in the way. `limited`: one can talk, not as well as one might. `failed`: one cannot. */
export const checkOutcomes = ['passed', 'limited', 'failed'] as const
export type CheckOutcome = (typeof checkOutcomes)[number]

export interface Judged {
  readonly outcome: CheckOutcome
  readonly advice: readonly Advice[]
}

/** Speech with its overhead; below it words go missing. kbit/s */
const speechKbps = 50
/** Speech with the smallest picture that is sent (client/encodings.ts). kbit/s */
const pictureKbps = 250
/** Speech with a picture on which faces can be read. kbit/s */
const goodPictureKbps = 600
/** Opus repairs single losses by itself up to about this; above the second nothing does. Permille */
const lossy = { noticed: 30, unusable: 200 }
/** From here on people begin to talk into each other (ITU-T G.114: 150 ms each way is unnoticed, 400 ms the limit). ms */
const farMs = 400

const failing: readonly Advice[] = [
  'network-blocked',
  'network-failed',
  'connect-microphone',
  'speaker-silent',
  'network-too-slow',
]

export function judge(measured: Measured): Judged {
  const found = new Set([...ofDevices(measured), ...ofNetwork(measured)])
  const advice = adviceCodes.filter((code) => found.has(code))
  const speechless = ['missing', 'denied', 'busy', 'unsupported'].includes(measured.microphone)
  const lostTooMuch = (measured.network === undefined ? 0 : worstLoss(measured.network)) >= lossy.unusable
  if (speechless || lostTooMuch || advice.some((code) => failing.includes(code))) return { outcome: 'failed', advice }
  return { outcome: advice.length === 0 ? 'passed' : 'limited', advice }
}

const worstLoss = ({ lostUpPermille, lostDownPermille }: NetworkMeasured): number =>
  Math.max(lostUpPermille, lostDownPermille)

function* ofDevices({ camera, microphone, speaker }: Measured): Generator<Advice> {
  const states = [camera, microphone]
  if (states.includes('denied')) yield 'allow-devices'
  if (states.includes('busy')) yield 'free-devices'
  if (states.includes('unsupported')) yield 'newer-browser'
  if (microphone === 'missing') yield 'connect-microphone'
  if (microphone === 'silent') yield 'microphone-silent'
  if (camera === 'missing') yield 'connect-camera'
  if (speaker === 'not-heard') yield 'speaker-silent'
  if (states.includes('skipped') || speaker === 'skipped') yield 'unfinished'
}

function* ofNetwork({ paths, network }: Measured): Generator<Advice> {
  if (network === undefined) {
    const tried = pathNames.some((path) => paths[path] === 'reached' || paths[path] === 'blocked')
    if (!tried) yield 'unfinished'
    else if (pathNames.some((path) => paths[path] === 'reached')) yield 'network-failed'
    else yield 'network-blocked'
    return
  }
  const { upKbps, downKbps, roundTripMs } = network
  const kbps = Math.min(upKbps, downKbps)
  if (kbps < speechKbps) yield 'network-too-slow'
  else if (kbps < pictureKbps) yield 'audio-only'
  else if (kbps < goodPictureKbps) yield 'network-slow'
  if (worstLoss(network) >= lossy.noticed) yield 'network-lossy'
  if (roundTripMs >= farMs) yield 'network-far'
  // Over TCP a lost packet holds up all that come after it.
  if (paths.udp === 'blocked') yield 'only-detours'
}
