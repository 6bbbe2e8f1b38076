import { useEffect, useRef } from 'preact/hooks'
import { chosenDevices } from './chosen-devices.ts'

export interface VideoProps {
  readonly stream: MediaStream
  readonly label: string
  /** One's own picture: silent, and mirrored as people know themselves. */
  readonly self?: boolean
  /** Told of the element while it is there. */
  readonly onElement?: ((element: HTMLVideoElement) => () => void) | undefined
}

interface ChoosesSink {
  setSinkId(id: string): Promise<void>
}
const choosesSink = (element: object): element is ChoosesSink => 'setSinkId' in element

/** Sound comes out of the loudspeaker that was chosen on this device, also one chosen during the talk. */
function useSpeaker(element: { readonly current: HTMLVideoElement | null }, self: boolean): void {
  useEffect(() => {
    const apply = () => {
      const { speaker } = chosenDevices()
      const video = element.current
      // One that was unplugged: the browser goes on with its own choice.
      if (!self && speaker !== undefined && video !== null && choosesSink(video))
        video.setSinkId(speaker).catch(() => {})
    }
    apply()
    addEventListener('visavis:speaker', apply)
    return () => removeEventListener('visavis:speaker', apply)
  }, [self])
}

/** A live picture. */
export const Video = ({ stream, label, self = false, onElement }: VideoProps) => {
  const element = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const video = element.current
    if (video === null) return
    video.srcObject = stream
    video.muted = self
    // Refused when nobody has clicked on the page yet; the next click on it starts the picture.
    const play = () => void video.play().catch(() => document.addEventListener('click', play, { once: true }))
    play()
    const stopWatching = onElement?.(video)
    return () => {
      document.removeEventListener('click', play)
      stopWatching?.()
    }
  }, [stream, self])
  useSpeaker(element, self)
  return <video ref={element} class="video" data-self={self} aria-label={label} autoplay playsInline muted={self} />
}
