import { useEffect, useRef } from 'preact/hooks'

export interface VideoProps {
  readonly stream: MediaStream
  readonly label: string
  /** One's own picture: silent, and mirrored as people know themselves. */
  readonly self?: boolean
}

/** A live picture. */
export const Video = ({ stream, label, self = false }: VideoProps) => {
  const element = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const video = element.current
    if (video === null) return
    video.srcObject = stream
    video.muted = self
    // Refused when nobody has clicked on the page yet; the next click on it starts the picture.
    const play = () => void video.play().catch(() => document.addEventListener('click', play, { once: true }))
    play()
    return () => document.removeEventListener('click', play)
  }, [stream, self])
  return <video ref={element} class="video" data-self={self} aria-label={label} autoplay playsInline muted={self} />
}
