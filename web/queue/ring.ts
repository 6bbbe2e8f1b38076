/** The sound of an offer: two short tones, made here, so that nothing has to be loaded. Muted or not is remembered. */
import { signal } from '@preact/signals'

const storageKey = 'visavis.offer-sound'
/** Hz: a falling third. */
const tones = [880, 698] as const
const loudness = 0.18
const toneSeconds = 0.32
const betweenSeconds = 0.2

export const soundOn = signal(localStorage.getItem(storageKey) !== 'off')

export function setSound(on: boolean): void {
  localStorage.setItem(storageKey, on ? 'on' : 'off')
  soundOn.value = on
}

/** Browsers let a page be heard only after the person has done something in it. */
export const mayBeHeard = (): boolean => navigator.userActivation.hasBeenActive

export function ring(): void {
  if (!soundOn.peek() || !mayBeHeard()) return
  const context = new AudioContext()
  for (const [n, hertz] of tones.entries()) {
    const tone = context.createOscillator()
    const level = context.createGain()
    const begins = context.currentTime + n * betweenSeconds
    tone.frequency.value = hertz
    // Without a slope at both ends it would click.
    level.gain.setValueAtTime(0, begins)
    level.gain.linearRampToValueAtTime(loudness, begins + 0.02)
    level.gain.exponentialRampToValueAtTime(0.001, begins + toneSeconds)
    tone.connect(level).connect(context.destination)
    tone.start(begins)
    tone.stop(begins + toneSeconds)
    if (n === tones.length - 1) tone.onended = () => void context.close().catch(() => {})
  }
}
