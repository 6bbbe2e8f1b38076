/** Three rising tones, made on the device, to find out whether its speaker can be heard. */

const tonesHz = [440, 554, 659]
const toneSeconds = 0.35

interface ChoosesSink {
  setSinkId(id: string): Promise<void>
}
const choosesSink = (element: unknown): element is ChoosesSink =>
  typeof element === 'object' && element !== null && 'setSinkId' in element

/** @param speaker id of an output device, where the browser can choose one. @throws DOMException when it may not play. */
export async function playTestSound(speaker?: string): Promise<void> {
  const context = new AudioContext()
  try {
    await context.resume()
    const output = context.createMediaStreamDestination()
    tonesHz.forEach((hz, n) => {
      const at = context.currentTime + 0.05 + n * toneSeconds
      const tone = context.createOscillator()
      const volume = context.createGain()
      tone.frequency.value = hz
      // Without a click at the ends.
      volume.gain.setValueAtTime(0, at)
      volume.gain.linearRampToValueAtTime(0.3, at + 0.03)
      volume.gain.linearRampToValueAtTime(0, at + toneSeconds)
      tone.connect(volume).connect(output)
      tone.start(at)
      tone.stop(at + toneSeconds)
    })
    const element = new Audio()
    element.srcObject = output.stream
    if (speaker !== undefined && choosesSink(element)) await element.setSinkId(speaker)
    await element.play()
    await new Promise((resolve) => setTimeout(resolve, (tonesHz.length * toneSeconds + 0.2) * 1_000))
    element.pause()
    element.srcObject = null
  } finally {
    await context.close().catch(() => {})
  }
}
