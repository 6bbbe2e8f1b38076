/// <reference lib="esnext.disposable" preserve="true" />
/** How loud it is at a microphone, while somebody looks. */

export interface MicrophoneLevel extends Disposable {
  /** From 0 (silence) to 1. */
  readonly level: number
  /** The highest so far. */
  readonly peak: number
}

/** Speech at arm's length gives 0.02 to 0.3; a microphone that is muted in its system gives zeros, or next to it. */
export const audibleLevel = 0.01

const everyMs = 50

export function listenTo(stream: MediaStream, onLevel: (level: number) => void): MicrophoneLevel {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 1_024
  const source = context.createMediaStreamSource(stream)
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  let level = 0
  let peak = 0
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    // Root mean square: a single click is no voice.
    level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
    peak = Math.max(peak, level)
    onLevel(level)
  }, everyMs)
  return {
    get level() {
      return level
    },
    get peak() {
      return peak
    },
    [Symbol.dispose]() {
      clearInterval(timer)
      source.disconnect()
      void context.close().catch(() => {})
    },
  }
}
