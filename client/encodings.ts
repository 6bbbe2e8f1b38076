/** *Pure.* How camera and microphone are encoded. */

interface Encoding {
  /** Encoded from the start: the others begin when those who wait see something. */
  readonly active: boolean
  readonly scaleResolutionDownBy: number
  /** bits per second */
  readonly maxBitrate: number
  readonly scalabilityMode: 'L1T3'
}

const quarter: Encoding = { active: true, scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3' }
const half: Encoding = { active: true, scaleResolutionDownBy: 2, maxBitrate: 500_000, scalabilityMode: 'L1T3' }
const whole: Encoding = { active: true, scaleResolutionDownBy: 1, maxBitrate: 1_500_000, scalabilityMode: 'L1T3' }

/** Asked of the camera: with less than this Chromium never sends the third encoding. */
export const cameraSize = { width: 1280, height: 720 }

/**
 * Simulcast as far as the camera's size allows; the smallest encoding first, as mediasoup wants it.
 * @param beginsSmall with that one alone: it takes a sixteenth of the work of the largest, and a slow device shows its first
 * picture so much sooner.
 */
export function encodingsOf({ width = cameraSize.width }: { width?: number }, beginsSmall: boolean) {
  const all = width >= cameraSize.width ? [quarter, half, whole] : width >= 640 ? [half, whole] : [whole]
  const encodings = all.map((encoding, at) => ({ ...encoding, active: !beginsSmall || at === 0 }))
  return { encodings, codecOptions: { videoGoogleStartBitrate: 800 } }
}

/** One layer in full: of a smaller one nobody could read the text. */
export const screenEncoding = {
  encodings: [{ maxBitrate: 2_000_000, maxFramerate: 15, scalabilityMode: 'L1T3' as const }],
  codecOptions: { videoGoogleStartBitrate: 1_000 },
}

/** Speech: redundancy against loss, nothing sent in silence. */
export const microphoneOptions = { opusStereo: false, opusFec: true, opusDtx: true }
