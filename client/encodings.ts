/** *Pure.* How camera and microphone are encoded. */

interface Encoding {
  readonly scaleResolutionDownBy: number
  /** bits per second */
  readonly maxBitrate: number
  readonly scalabilityMode: 'L1T3'
}

const quarter: Encoding = { scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3' }
const half: Encoding = { scaleResolutionDownBy: 2, maxBitrate: 500_000, scalabilityMode: 'L1T3' }
const whole: Encoding = { scaleResolutionDownBy: 1, maxBitrate: 1_500_000, scalabilityMode: 'L1T3' }

/** Asked of the camera: with less than this Chromium never sends the third encoding. */
export const cameraSize = { width: 1280, height: 720 }

/** Simulcast as far as the camera's size allows; the smallest encoding first, as mediasoup wants it. */
export function encodingsOf({ width = cameraSize.width }: { width?: number }) {
  const encodings = width >= cameraSize.width ? [quarter, half, whole] : width >= 640 ? [half, whole] : [whole]
  return { encodings, codecOptions: { videoGoogleStartBitrate: 800 } }
}

/** One layer in full: of a smaller one nobody could read the text. */
export const screenEncoding = {
  encodings: [{ maxBitrate: 2_000_000, maxFramerate: 15, scalabilityMode: 'L1T3' as const }],
  codecOptions: { videoGoogleStartBitrate: 1_000 },
}

/** Speech: redundancy against loss, nothing sent in silence. */
export const microphoneOptions = { opusStereo: false, opusFec: true, opusDtx: true }
